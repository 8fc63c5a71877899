/*
 * ldap_account: judging names that a directory gives.
 *
 * Pure: a directory is believed about who somebody is, and about nothing
 * else; a name with a control character in it is no name.
 */
#include "directory/ldap_account.h"

#include <stdlib.h>
#include <string.h>

#include <ldap.h>

#include "base/mem.h"
#include "base/must.h"
#include "directory/accounts.h"

#define GROUP_NAME_MAX 255

/* --- names --------------------------------------------------------------------- */

static bool
has_name(const struct ldap_account *account, struct slice folded)
{
	for (size_t i = 0; i < account->nnames; i++)
		if (slice_eq_str(folded, account->names[i]))
			return true;
	return false;
}

static void
add_name(struct ldap_account *account, struct slice name)
{
	char buf[ACCOUNT_NAME_MAX];
	struct slice folded;

	if (account_name_check(name) || account->nnames == LDAP_NAMES_MAX)
		return;
	folded = account_name_fold(name, buf);
	if (has_name(account, folded))
		return;
	account->names = mem_resize(
	    account->names, account->nnames + 1, sizeof(*account->names));
	account->names[account->nnames++] = slice_dup(folded);
}

/* "smtp:alice@corp.example" of proxyAddresses; of other kinds, nothing. */
static struct slice
plain_name(const char *attr, struct slice value)
{
	if (!slice_caseeq_str(slice_of(attr), "proxyAddresses"))
		return value;
	if (value.n < 5 || !slice_caseeq_str(slice_sub(value, 0, 5), "smtp:"))
		return SLICE_EMPTY;
	return slice_from_idx(value, 5);
}

static void
add_names(struct ldap_account *account, const struct ldap_entry *entry,
    const char *attr)
{
	const struct ldap_attr *values = ldap_entry_get(entry, attr);

	for (size_t i = 0; values && i < values->n; i++)
		add_name(account, plain_name(attr, values->v[i]));
}

static const char *
set_shown(struct ldap_account *account, const struct ldap_entry *entry,
    const struct ldap_directory *conf)
{
	const struct ldap_attr *values = ldap_entry_get(
	    entry, conf->names.v[0]);
	struct slice name;

	if (!values || values->n == 0)
		return "it has no value of the first attribute of \"names\"";
	name = plain_name(conf->names.v[0], values->v[0]);
	if (account_name_check(name))
		return account_name_check(name);
	account->name = slice_dup(name);
	add_name(account, name);
	return NULL;
}

static void
add_domain_name(struct ldap_account *account, const struct ldap_directory *conf)
{
	char *text;

	if (!conf->domain)
		return;
	text = mem_printf("%s\\%s", conf->domain, account->name);
	add_name(account, slice_of(text));
	free(text);
}

static char *
join_names(const struct ldap_account *account)
{
	char *text = mem_zalloc(account->nnames * (ACCOUNT_NAME_MAX + 1) + 1);
	size_t n = 0;

	for (size_t i = 0; i < account->nnames; i++) {
		size_t len = strlen(account->names[i]);

		if (i > 0)
			text[n++] = '\n';
		memcpy(text + n, account->names[i], len);
		n += len;
	}
	return text;
}

/* --- what groups are found by --------------------------------------------------------- */

static char *
first_text(const struct ldap_entry *entry, const char *attr)
{
	const struct ldap_attr *values = ldap_entry_get(entry, attr);

	if (!values || values->n == 0 ||
	    slice_find(values->v[0], '\0') < values->v[0].n)
		return NULL;
	return slice_dup(values->v[0]);
}

/* MS-DTYP section 2.4.2.2: the domain's SID is the account's without its last
 * number, and primaryGroupID is the group's. */
#define SID_MIN 12
#define SID_MAX 68

static void
set_primary(struct ldap_account *account, const struct ldap_entry *entry)
{
	const struct ldap_attr *sid = ldap_entry_get(entry, "objectSid");
	const struct ldap_attr *id = ldap_entry_get(entry, "primaryGroupID");
	uint64_t number;
	char *p;

	if (!sid || !id || sid->n != 1 || id->n != 1 || sid->v[0].n < SID_MIN ||
	    sid->v[0].n > SID_MAX ||
	    slice_to_u64(id->v[0], UINT32_MAX, &number) < 0)
		return;
	p = slice_dup(sid->v[0]);
	for (size_t i = 0; i < 4; i++)
		p[sid->v[0].n - 4 + i] = (char)(number >> (8 * i));
	account->primary = slice_from(p, sid->v[0].n);
}

static void
set_listed(struct ldap_account *account, const struct ldap_entry *entry,
    const struct ldap_directory *conf)
{
	const struct ldap_attr *values = conf->member_of
	    ? ldap_entry_get(entry, conf->member_of)
	    : NULL;

	account->listed_next = values ? values->next : 0;
	for (size_t i = 0; values && i < values->n; i++) {
		if (account->nlisted == LDAP_GROUPS_MAX)
			return;
		account->listed = mem_resize(account->listed,
		    account->nlisted + 1, sizeof(*account->listed));
		account->listed[account->nlisted++] = slice_dup(values->v[i]);
	}
}

const char *
ldap_account_read(const struct ldap_entry *entry,
    const struct ldap_directory *conf, struct ldap_account **out)
{
	struct ldap_account *account = mem_zalloc(sizeof(*account));
	const char *why;

	account->refs = 1;
	account->dn = mem_dup(entry->dn);
	why = *entry->dn ? set_shown(account, entry, conf) : "it has no DN";
	if (why) {
		ldap_account_unref(account);
		return why;
	}
	for (size_t i = 0; i < conf->names.n; i++)
		add_names(account, entry, conf->names.v[i]);
	add_domain_name(account, conf);
	account->lines = join_names(account);
	account->uid = first_text(entry, "uid");
	account->gid = first_text(entry, "gidNumber");
	set_primary(account, entry);
	set_listed(account, entry, conf);
	*out = account;
	return NULL;
}

struct ldap_account *
ldap_account_ref(struct ldap_account *account)
{
	must(account->refs > 0);
	account->refs++;
	return account;
}

void
ldap_account_unref(struct ldap_account *account)
{
	if (!account || --account->refs > 0)
		return;
	for (size_t i = 0; i < account->nnames; i++)
		free(account->names[i]);
	for (size_t i = 0; i < account->nlisted; i++)
		free(account->listed[i]);
	free(account->names);
	free(account->listed);
	free((char *)(uintptr_t)account->primary.p);
	free(account->lines);
	free(account->dn);
	free(account->name);
	free(account->uid);
	free(account->gid);
	free(account->groups);
	free(account);
}

void
ldap_account_set_groups(
    struct ldap_account *account, char *text, uint64_t now_ms)
{
	free(account->groups);
	account->groups = text;
	account->fetched_ms = now_ms;
}

bool
ldap_account_typed(
    const struct ldap_directory *conf, struct slice typed, struct slice *out)
{
	size_t at = slice_find(typed, '\\');

	*out = typed;
	if (at == typed.n)
		return true;
	*out = slice_from_idx(typed, at + 1);
	return conf->domain &&
	    slice_caseeq_str(slice_sub(typed, 0, at), conf->domain) &&
	    out->n > 0;
}

/* --- groups ------------------------------------------------------------------------------ */

int
ldap_dn_name(const char *dn, char **out)
{
	LDAPDN parts = NULL;
	int rc = -1;

	if (ldap_str2dn(dn, &parts, LDAP_DN_FORMAT_LDAPV3) != LDAP_SUCCESS)
		return -1;
	if (parts && parts[0] && parts[0][0]) {
		const struct berval *value = &parts[0][0]->la_value;

		*out = mem_dupn(value->bv_val, value->bv_len);
		rc = strlen(*out) == value->bv_len ? 0 : -1;
		if (rc < 0)
			free(*out);
	}
	ldap_dnfree(parts);
	return rc;
}

bool
ldap_group_names_have(const struct ldap_group_names *names, struct slice name)
{
	struct slice rest = slice_from(names->text, names->n), one;

	while (rest.n && slice_split(&rest, '\n', &one))
		if (slice_caseeq(one, name))
			return true;
	return false;
}

static bool
is_group_name(struct slice name)
{
	if (name.n == 0 || name.n > GROUP_NAME_MAX)
		return false;
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] < ' ' || name.p[i] == 0x7f)
			return false;
	return true;
}

void
ldap_group_names_add(struct ldap_group_names *names, struct slice name)
{
	if (!is_group_name(name) || ldap_group_names_have(names, name))
		return;
	if (names->count == LDAP_GROUPS_MAX ||
	    names->n + name.n + 2 > LDAP_GROUPS_BYTES) {
		names->cut = true;
		return;
	}
	if (!names->text)
		names->text = mem_zalloc(LDAP_GROUPS_BYTES);
	if (names->n)
		names->text[names->n++] = '\n';
	memcpy(names->text + names->n, name.p, name.n);
	names->n += name.n;
	names->text[names->n] = '\0';
	names->count++;
}
