/*
 * ldap_filter: filters over all attributes that hold names or members.
 *
 * What a person typed, and what a directory said, gets into them through
 * libldap's escaping alone.
 */
#include "directory/ldap_filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "directory/ldap_search.h"

/* Active Directory: members of members, too (MS-ADTS section 3.1.1.3.4.4.3) */
#define IN_CHAIN "member:1.2.840.113556.1.4.1941:"

int
ldap_account_filter(const struct ldap_directory *conf, struct slice name,
    char *buf, size_t size)
{
	int n = snprintf(buf, size, "(&(objectClass=%s)(|", conf->class);
	size_t used;

	if (n < 0 || (size_t)n >= size)
		return -1;
	for (size_t i = 0; i < conf->names.n; i++) {
		const char *attr = conf->names.v[i];
		bool proxy = slice_caseeq_str(slice_of(attr), "proxyAddresses");
		char *text = mem_printf(
		    "%s%.*s", proxy ? "smtp:" : "", SLICE_ARG(name));
		int bad = ldap_filter_add(buf, size - 3, attr, slice_of(text));

		free(text);
		if (bad < 0)
			return -1;
	}
	used = strlen(buf);
	snprintf(buf + used, size - used, "))");
	return 0;
}

const char **
ldap_account_attrs(const struct ldap_directory *conf)
{
	static const char *const more[] = { "uid", "gidNumber", "objectSid",
		"primaryGroupID" };
	const size_t nmore = sizeof(more) / sizeof(more[0]);
	const char **attrs = mem_resize(
	    NULL, conf->names.n + nmore + 2, sizeof(*attrs));
	size_t n = 0;

	for (size_t i = 0; i < conf->names.n; i++)
		attrs[n++] = conf->names.v[i];
	for (size_t i = 0; i < nmore; i++)
		attrs[n++] = more[i];
	if (conf->member_of)
		attrs[n++] = conf->member_of;
	attrs[n] = NULL;
	return attrs;
}

/* --- groups ------------------------------------------------------------------ */

static int
put(char *buf, size_t size, const char *text)
{
	size_t used = strlen(buf);
	int n = snprintf(buf + used, size - used, "%s", text);

	return n >= 0 && (size_t)n < size - used ? 0 : -1;
}

static int
put_member(char *buf, size_t size, const char *dn)
{
	return ldap_filter_add(buf, size, "member", slice_of(dn)) |
	    ldap_filter_add(buf, size, "uniqueMember", slice_of(dn));
}

static int
put_posix(const struct ldap_account *account, char *buf, size_t size)
{
	int bad = 0;

	if (account->uid)
		bad |= ldap_filter_add(
		    buf, size, "memberUid", slice_of(account->uid));
	if (!account->gid)
		return bad;
	bad |= put(buf, size, "(&(objectClass=posixGroup)");
	bad |= ldap_filter_add(buf, size, "gidNumber", slice_of(account->gid));
	return bad | put(buf, size, ")");
}

static int
put_chain(const struct ldap_directory *conf, const struct ldap_account *account,
    const char *primary, char *buf, size_t size)
{
	bool nested = conf->groups == GROUPS_NESTED;
	int bad = ldap_filter_add(
	    buf, size, nested ? IN_CHAIN : "member", slice_of(account->dn));

	if (nested && primary)
		bad |= ldap_filter_add(buf, size, IN_CHAIN, slice_of(primary));
	return bad;
}

int
ldap_members_filter(const struct ldap_directory *conf,
    const struct ldap_account *account, const char *primary, char *buf,
    size_t size)
{
	int bad;

	buf[0] = '\0';
	bad = put(buf, size, "(|");
	if (conf->flavour == FLAVOUR_ACTIVE_DIRECTORY)
		bad |= put_chain(conf, account, primary, buf, size);
	else {
		bad |= put_member(buf, size, account->dn);
		bad |= put_posix(account, buf, size);
	}
	return bad | put(buf, size, ")");
}

int
ldap_groups_filter(const char *const *dns, size_t n, char *buf, size_t size)
{
	int bad;

	buf[0] = '\0';
	bad = put(buf, size, "(|");
	for (size_t i = 0; i < n; i++)
		bad |= put_member(buf, size, dns[i]);
	return bad | put(buf, size, ")");
}

/* --- what was found ------------------------------------------------------------ */

struct ldap_account *
ldap_account_pick(const struct ldap_directory *conf, struct slice name,
    struct ldap_entry *const *entries, size_t n)
{
	static struct log_limit limit;
	struct ldap_account *account = NULL;
	const char *why = NULL;
	char quoted[LOG_QUOTE_SIZE];
	unsigned missed;

	if (n > 1)
		why = "more than one account has that name";
	else if (n == 1)
		why = ldap_account_read(entries[0], conf, &account);
	if (why && log_allowed(&limit, 10, &missed))
		log_warn("directory %s: \"%s\" can't log in: %s", conf->name,
		    log_quote(quoted, name), why);
	return account;
}
