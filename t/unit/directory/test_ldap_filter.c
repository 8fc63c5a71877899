/*
 * What groups are looked for by; what a directory says stays a value in it.
 */
#include "directory/ldap_filter.h"

#include <stdio.h>
#include <string.h>

#include "suites.h"

#define CHAIN "member:1.2.840.113556.1.4.1941:="

static const struct {
	enum flavour flavour;
	enum groups_how groups;
	const char *dn, *uid, *gid, *primary;
	const char *filter;
} cases[] = {
	{ FLAVOUR_OPENLDAP, GROUPS_NESTED, "cn=a", NULL, NULL, NULL,
	    "(|(member=cn=a)(uniqueMember=cn=a))" },
	{ FLAVOUR_OPENLDAP, GROUPS_DIRECT, "cn=a", "al", "7", NULL,
	    "(|(member=cn=a)(uniqueMember=cn=a)(memberUid=al)"
	    "(&(objectClass=posixGroup)(gidNumber=7)))" },
	/* only domain controllers have primary groups */
	{ FLAVOUR_OPENLDAP, GROUPS_NESTED, "cn=a", NULL, NULL, "cn=p",
	    "(|(member=cn=a)(uniqueMember=cn=a))" },
	{ FLAVOUR_ACTIVE_DIRECTORY, GROUPS_DIRECT, "cn=a", "al", "7", "cn=p",
	    "(|(member=cn=a))" },
	{ FLAVOUR_ACTIVE_DIRECTORY, GROUPS_NESTED, "cn=a", NULL, NULL, NULL,
	    "(|(" CHAIN "cn=a))" },
	{ FLAVOUR_ACTIVE_DIRECTORY, GROUPS_NESTED, "cn=a", NULL, NULL, "cn=p",
	    "(|(" CHAIN "cn=a)(" CHAIN "cn=p))" },
	{ FLAVOUR_ACTIVE_DIRECTORY, GROUPS_NESTED, "cn=a)(cn=*", NULL, NULL,
	    "cn=\\p", "(|(" CHAIN "cn=a\\29\\28cn=\\2A)(" CHAIN "cn=\\5Cp))" },
	{ FLAVOUR_OPENLDAP, GROUPS_DIRECT, "cn=*", "(", "*", NULL,
	    "(|(member=cn=\\2A)(uniqueMember=cn=\\2A)(memberUid=\\28)"
	    "(&(objectClass=posixGroup)(gidNumber=\\2A)))" },
};

static int
make(int at, char *buf, size_t size)
{
	const struct ldap_directory conf = {
		.flavour = cases[at].flavour,
		.groups = cases[at].groups,
	};
	const struct ldap_account account = {
		.dn = (char *)(uintptr_t)cases[at].dn,
		.uid = (char *)(uintptr_t)cases[at].uid,
		.gid = (char *)(uintptr_t)cases[at].gid,
	};

	return ldap_members_filter(
	    &conf, &account, cases[at].primary, buf, size);
}

START_TEST(members)
{
	char buf[512];

	ck_assert_int_eq(make(_i, buf, sizeof(buf)), 0);
	ck_assert_str_eq(buf, cases[_i].filter);
	/* a byte too few, wherever that is missing */
	for (size_t n = 8; n <= strlen(cases[_i].filter); n++)
		ck_assert_int_eq(make(_i, buf, n), -1);
	ck_assert_int_eq(make(_i, buf, strlen(cases[_i].filter) + 1), 0);
}
END_TEST

START_TEST(of_groups)
{
	static const char *const dns[] = { "cn=a", "cn=(b)" };
	static const char wanted[] =
	    "(|(member=cn=a)(uniqueMember=cn=a)(member=cn=\\28b\\29)"
	    "(uniqueMember=cn=\\28b\\29))";
	char buf[512];

	ck_assert_int_eq(ldap_groups_filter(dns, 2, buf, sizeof(buf)), 0);
	ck_assert_str_eq(buf, wanted);
	ck_assert_int_eq(ldap_groups_filter(dns, 2, buf, sizeof(wanted)), 0);
	ck_assert_int_eq(
	    ldap_groups_filter(dns, 2, buf, sizeof(wanted) - 1), -1);
}
END_TEST

Suite *
suite_ldap_filter(void)
{
	Suite *suite = suite_create("ldap_filter");
	TCase *tcase = tcase_create("filter");

	tcase_add_loop_test(tcase, members, 0, COUNT(cases));
	tcase_add_test(tcase, of_groups);
	suite_add_tcase(suite, tcase);
	return suite;
}
