/*
 * fuzz_ldap: replies of a directory, made into accounts.
 *
 * The input is a reply as a server sends it: BER of an LDAPMessage with an
 * entry, which libldap takes apart.  Beyond not crashing: an account has a
 * name that is one, all of its names are folded and different, and DNs give
 * names without a NUL.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include <lber.h>

#include "base/must.h"
#include "directory/accounts.h"
#include "directory/ldap_account.h"

static const char *names[] = { "sAMAccountName", "userPrincipalName", "mail",
	"proxyAddresses" };

static const struct ldap_directory conf = {
	.name = "corp",
	.domain = "CORP",
	.member_of = "memberOf",
	.names = { .v = (void *)names, .n = 4 },
};

/* LDAPMessage { id, [APPLICATION 4] { dn, { { type, { value … } } … } } }:
 * what ldap_search.c reads by libldap, by the same library. */
static struct ldap_entry *
read_reply(const uint8_t *p, size_t n)
{
	struct berval bv = { n, (char *)(uintptr_t)p }, name, value;
	BerElement *ber = ber_init(&bv);
	struct ldap_entry *entry = NULL;
	ber_tag_t tag;
	ber_len_t len;
	ber_int_t id;
	char *end, *inner;

	if (!ber || ber_scanf(ber, "{it{m{", &id, &tag, &name) == LBER_ERROR ||
	    name.bv_len > LDAP_DN_MAX)
		goto out;
	entry = ldap_entry_new(slice_from(name.bv_val, name.bv_len));
	for (tag = ber_first_element(ber, &len, &end); tag != LBER_DEFAULT;
	     tag = ber_next_element(ber, &len, end)) {
		if (ber_scanf(ber, "{m", &name) == LBER_ERROR)
			break;
		for (tag = ber_first_element(ber, &len, &inner);
		     tag != LBER_DEFAULT;
		     tag = ber_next_element(ber, &len, inner)) {
			if (ber_scanf(ber, "m", &value) == LBER_ERROR)
				goto out;
			(void)ldap_entry_add(entry,
			    slice_from(name.bv_val, name.bv_len),
			    slice_from(value.bv_val, value.bv_len));
		}
	}
out:
	ber_free(ber, 1);
	return entry;
}

static void
try_account(const struct ldap_account *account)
{
	char buf[ACCOUNT_NAME_MAX];

	must(!account_name_check(slice_of(account->name)));
	must(account->nnames > 0 && account->nnames <= LDAP_NAMES_MAX);
	for (size_t i = 0; i < account->nnames; i++) {
		struct slice one = slice_of(account->names[i]);

		must(!account_name_check(one));
		must(slice_eq(one, account_name_fold(one, buf)));
		for (size_t j = 0; j < i; j++)
			must(strcmp(account->names[i], account->names[j]) != 0);
	}
	must(account->nlisted <= LDAP_GROUPS_MAX);
	must(account->listed_next <= LDAP_RANGE_MAX + 1u);
}

static void
try_groups(const struct ldap_account *account)
{
	struct ldap_group_names groups = { .text = NULL };
	char *name;

	for (size_t i = 0; i < account->nlisted; i++) {
		if (ldap_dn_name(account->listed[i], &name) < 0)
			continue;
		ldap_group_names_add(&groups, slice_of(name));
		free(name);
	}
	must(groups.n <= LDAP_GROUPS_BYTES);
	free(groups.text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct ldap_entry *entry = n ? read_reply(p, n) : NULL;
	struct ldap_account *account = NULL;

	if (entry && !ldap_account_read(entry, &conf, &account)) {
		try_account(account);
		try_groups(account);
	}
	ldap_account_unref(account);
	ldap_entry_free(entry);
	return 0;
}
