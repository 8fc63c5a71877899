/*
 * Entries, good and hostile, and the accounts that they make.
 */
#include "directory/ldap_account.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"

static const char *names[] = { "sAMAccountName", "userPrincipalName",
	"proxyAddresses" };

static const struct ldap_directory conf = {
	.name = "corp",
	.domain = "CORP",
	.member_of = "memberOf",
	.names = { .v = (void *)names, .n = COUNT(names) },
};

static const struct {
	const char *attrs; /* "name=value" a line */
	const char *why;   /* part of it; NULL: it is an account */
	const char *shown, *all;
} cases[] = {
	{ "sAMAccountName=Alice", NULL, "Alice", "alice corp\\alice" },
	{ "samaccountname=Alice\nuserPrincipalName=alice@corp.test\n"
	  "proxyAddresses=SMTP:a@corp.test\nproxyAddresses=smtp:b@corp.test\n"
	  "proxyAddresses=X400:c=de\nproxyAddresses=smtp:",
	    NULL, "Alice",
	    "alice alice@corp.test a@corp.test b@corp.test corp\\alice" },
	{ "sAMAccountName;lang-en=Alice", NULL, "Alice", "alice corp\\alice" },
	{ "userPrincipalName=a@corp.test", "first attribute", NULL, NULL },
	{ "sAMAccountName=", "empty", NULL, NULL },
	{ "sAMAccountName=a\tb", "control", NULL, NULL },
	{ "sAMAccountName=a:b", ":", NULL, NULL },
	{ "sAMAccountName=\xff", "UTF-8", NULL, NULL },
	{ "sAMAccountName=ok\nuserPrincipalName=bad\x01name", NULL, "ok",
	    "ok corp\\ok" },
};

static struct ldap_entry *
entry_of(const char *text)
{
	struct ldap_entry *entry = ldap_entry_new(SLICE("cn=x,dc=corp"));
	struct slice rest = slice_of(text), line;

	while (rest.n && slice_split(&rest, '\n', &line)) {
		size_t at = slice_find(line, '=');

		(void)ldap_entry_add(entry, slice_sub(line, 0, at),
		    slice_from_idx(line, at + 1));
	}
	return entry;
}

START_TEST(names_of_an_entry)
{
	struct ldap_entry *entry = entry_of(cases[_i].attrs);
	struct ldap_account *account = NULL;
	const char *why = ldap_account_read(entry, &conf, &account);
	char all[300] = "";

	ck_assert_int_eq(why == NULL, cases[_i].why == NULL);
	ck_assert_int_eq(account == NULL, cases[_i].why != NULL);
	if (why)
		ck_assert_ptr_nonnull(strstr(why, cases[_i].why));
	for (size_t i = 0; account && i < account->nnames; i++) {
		strcat(all, i ? " " : "");
		strcat(all, account->names[i]);
	}
	if (account) {
		ck_assert_str_eq(account->name, cases[_i].shown);
		ck_assert_str_eq(all, cases[_i].all);
	}
	ldap_account_unref(account);
	ldap_entry_free(entry);
}
END_TEST

START_TEST(bounds_of_an_entry)
{
	struct ldap_entry *entry = ldap_entry_new(SLICE("cn=x"));
	static char big[LDAP_VALUE_MAX + 1];
	char name[16];

	memset(big, 'x', sizeof(big));
	ck_assert_int_eq(
	    ldap_entry_add(entry, SLICE("a"), slice_from(big, LDAP_VALUE_MAX)),
	    0);
	ck_assert_int_eq(ldap_entry_add(entry, SLICE("a"),
			     slice_from(big, LDAP_VALUE_MAX + 1)),
	    -1);
	ck_assert_int_eq(ldap_entry_add(entry, SLICE(""), SLICE("x")), -1);
	for (int i = 1; i < LDAP_ATTRS_MAX; i++) {
		snprintf(name, sizeof(name), "b%d", i);
		ck_assert_int_eq(
		    ldap_entry_add(entry, slice_of(name), SLICE("x")), 0);
	}
	ck_assert_int_eq(ldap_entry_add(entry, SLICE("c"), SLICE("x")), -1);
	while (entry->values < LDAP_VALUES_MAX)
		ck_assert_int_eq(
		    ldap_entry_add(entry, SLICE("a"), SLICE("x")), 0);
	ck_assert_int_eq(ldap_entry_add(entry, SLICE("a"), SLICE("x")), -1);
	ldap_entry_free(entry);
}
END_TEST

static const struct {
	const char *name; /* as a server spells it */
	uint32_t next;
} ranges[] = {
	{ "memberOf", 0 },
	{ "memberOf;range=0-1499", 1500 },
	{ "memberof;RANGE=1500-1999", 2000 },
	{ "memberOf;lang-en;range=0-9", 10 },
	{ "memberOf;range=0-*", 0 },
	{ "memberOf;range=", 0 },
	{ "memberOf;range=-", 0 },
	{ "memberOf;range=9-0", 0 },
	{ "memberOf;range=0-9999999", 10000000 },
	{ "memberOf;range=0-10000000", 10000001 },
	{ "memberOf;range=0-10000001", 0 },
	{ "memberOf;range=0-99999999999999999999", 0 },
	{ "memberOf;;;", 0 },
};

START_TEST(parts_of_a_list)
{
	struct ldap_entry *entry = entry_of("sAMAccountName=a");
	struct ldap_account *account = NULL;

	ck_assert_int_eq(ldap_entry_add(entry, slice_of(ranges[_i].name),
			     SLICE("cn=g,dc=corp")),
	    0);
	ck_assert_ptr_null(ldap_account_read(entry, &conf, &account));
	ck_assert_uint_eq(account->nlisted, 1);
	ck_assert_uint_eq(account->listed_next, ranges[_i].next);
	ldap_account_unref(account);
	ldap_entry_free(entry);
}
END_TEST

static const struct {
	const char *typed, *out; /* NULL: of another domain */
} typed[] = {
	{ "alice", "alice" },
	{ "CORP\\alice", "alice" },
	{ "corp\\alice", "alice" },
	{ "other\\alice", NULL },
	{ "\\alice", NULL },
	{ "corp\\", NULL },
	{ "alice@corp.test", "alice@corp.test" },
};

START_TEST(what_people_type)
{
	struct slice out;
	bool ours = ldap_account_typed(&conf, slice_of(typed[_i].typed), &out);

	ck_assert_int_eq(ours, typed[_i].out != NULL);
	if (ours)
		ck_assert(slice_eq_str(out, typed[_i].out));
}
END_TEST

static const struct {
	const char *dn, *name; /* NULL: none */
} dns[] = {
	{ "CN=Staff,OU=groups,DC=corp", "Staff" },
	{ "cn=Staff\\, all,dc=corp", "Staff, all" },
	{ "cn=a+ou=b,dc=corp", "a" },
	{ "cn=\\00x,dc=corp", NULL },
	{ "", NULL },
	{ "nonsense", NULL },
	{ "cn=", "" },
};

START_TEST(names_in_dns)
{
	char *name = NULL;
	int rc = ldap_dn_name(dns[_i].dn, &name);

	ck_assert_int_eq(rc == 0, dns[_i].name != NULL);
	if (rc == 0) {
		ck_assert_str_eq(name, dns[_i].name);
		free(name);
	}
}
END_TEST

/* S-1-5-21-1-2-3-1104 with primary group 513 */
START_TEST(primary_group)
{
	static const char sid[] = "\1\5\0\0\0\0\0\5\x15\0\0\0\1\0\0\0\2\0\0\0"
				  "\3\0\0\0\x50\4\0\0";
	struct ldap_entry *entry = entry_of("sAMAccountName=a\n"
					    "primaryGroupID=513");
	struct ldap_account *account = NULL;

	ck_assert_int_eq(ldap_entry_add(entry, SLICE("objectSid"),
			     slice_from(sid, sizeof(sid) - 1)),
	    0);
	ck_assert_ptr_null(ldap_account_read(entry, &conf, &account));
	ck_assert_uint_eq(account->primary.n, sizeof(sid) - 1);
	ck_assert_mem_eq(account->primary.p, sid, sizeof(sid) - 5);
	ck_assert_mem_eq(account->primary.p + sizeof(sid) - 5, "\1\2\0\0", 4);
	ldap_account_unref(account);
	ldap_entry_free(entry);
}
END_TEST

START_TEST(group_names)
{
	struct ldap_group_names groups = { .text = NULL };
	char name[32];

	ldap_group_names_add(&groups, SLICE("Staff"));
	ldap_group_names_add(&groups, SLICE("staff"));
	ldap_group_names_add(&groups, SLICE("two\nlines"));
	ldap_group_names_add(&groups, SLICE(""));
	ldap_group_names_add(&groups, SLICE("all"));
	ck_assert_str_eq(groups.text, "Staff\nall");
	for (int i = 0; i < LDAP_GROUPS_MAX - 2; i++) {
		snprintf(name, sizeof(name), "group %d", i);
		ldap_group_names_add(&groups, slice_of(name));
	}
	ck_assert_uint_eq(groups.count, LDAP_GROUPS_MAX);
	ck_assert(!groups.cut);
	ldap_group_names_add(&groups, SLICE("one too many"));
	ck_assert(groups.cut);
	free(groups.text);
}
END_TEST

Suite *
suite_ldap_account(void)
{
	Suite *suite = suite_create("ldap_account");
	TCase *tcase = tcase_create("account");

	tcase_add_loop_test(tcase, names_of_an_entry, 0, COUNT(cases));
	tcase_add_test(tcase, bounds_of_an_entry);
	tcase_add_loop_test(tcase, what_people_type, 0, COUNT(typed));
	tcase_add_loop_test(tcase, names_in_dns, 0, COUNT(dns));
	tcase_add_loop_test(tcase, parts_of_a_list, 0, COUNT(ranges));
	tcase_add_test(tcase, primary_group);
	tcase_add_test(tcase, group_names);
	suite_add_tcase(suite, tcase);
	return suite;
}
