/*
 * Principals, and whose accounts they are.
 */
#include "directory/realms.h"

#include <stdio.h>
#include <string.h>

#include "suites.h"

static struct realm_rule rules[] = {
	{ .realm = "KEPT.TEST", .how = REALM_KEEP },
	{ .realm = "EU.TEST", .how = REALM_AS, .as = "EU" },
	{ .realm = "BOUGHT.TEST", .how = REALM_STRIP },
	{ .realm = "SOLD.TEST", .how = REALM_REFUSE },
};

static const struct authenticate authenticate = {
	.realms = { .v = rules, .n = COUNT(rules) },
};

static const struct {
	const char *principal;
	enum realms_ret ret;
	const char *name; /* or part of why */
} cases[] = {
	{ "alice@CORP.TEST", REALMS_OK, "alice" },
	{ "alice@KEPT.TEST", REALMS_OK, "alice@KEPT.TEST" },
	{ "alice@EU.TEST", REALMS_OK, "EU\\alice" },
	{ "alice@BOUGHT.TEST", REALMS_OK, "alice" },
	{ "alice@SOLD.TEST", REALMS_UNKNOWN, "" },
	{ "alice@OTHER.TEST", REALMS_UNKNOWN, "" },
	{ "alice@", REALMS_UNKNOWN, "" },
	/* the case of a realm counts */
	{ "alice@corp.test", REALMS_UNKNOWN, "" },
	{ "alice@eu.TEST", REALMS_UNKNOWN, "" },
	{ "alice", REALMS_NOBODY, "person" },
	{ "", REALMS_NOBODY, "person" },
	{ "host/x@CORP.TEST", REALMS_NOBODY, "person" },
	{ "host/x@OTHER.TEST", REALMS_NOBODY, "person" },
	{ "alice\\@KEPT.TEST@CORP.TEST", REALMS_NOBODY, "person" },
	{ "alice@KEPT.TEST@CORP.TEST", REALMS_OK, "alice@KEPT.TEST" },
	{ "@CORP.TEST", REALMS_NOBODY, "empty" },
	{ "a:b@CORP.TEST", REALMS_NOBODY, ":" },
};

START_TEST(principals)
{
	struct realms *realms = realms_new(&authenticate);
	char out[ACCOUNT_NAME_MAX + 1];
	const char *why;
	enum realms_ret ret = realms_map(realms, SLICE("CORP.TEST"),
	    slice_of(cases[_i].principal), out, &why);

	ck_assert_int_eq(ret, cases[_i].ret);
	if (ret == REALMS_OK)
		ck_assert_str_eq(out, cases[_i].name);
	if (ret == REALMS_NOBODY)
		ck_assert_ptr_nonnull(strstr(why, cases[_i].name));
	realms_free(realms);
}
END_TEST

/* As long as an account's name may be, with what stands before it. */
START_TEST(bounds)
{
	static const char *const realm[] = { "CORP.TEST", "EU.TEST" };
	size_t before = _i ? strlen("EU\\") : 0;
	struct realms *realms = realms_new(&authenticate);
	char principal[ACCOUNT_NAME_MAX + 32], name[ACCOUNT_NAME_MAX + 2];
	char out[ACCOUNT_NAME_MAX + 1];
	const char *why;

	for (int over = -1; over <= 1; over++) {
		size_t n = (size_t)(ACCOUNT_NAME_MAX + over) - before;

		memset(name, 'a', n);
		name[n] = '\0';
		snprintf(
		    principal, sizeof(principal), "%s@%s", name, realm[_i]);
		ck_assert_int_eq(realms_map(realms, SLICE("CORP.TEST"),
				     slice_of(principal), out, &why),
		    over > 0 ? REALMS_NOBODY : REALMS_OK);
	}
	realms_free(realms);
}
END_TEST

/* Nothing is said of any realm. */
START_TEST(unsaid)
{
	static const struct authenticate nothing;
	struct realms *realms = realms_new(&nothing);
	char out[ACCOUNT_NAME_MAX + 1];
	const char *why;

	ck_assert_int_eq(realms_map(realms, SLICE("CORP.TEST"),
			     SLICE("alice@CORP.TEST"), out, &why),
	    REALMS_OK);
	ck_assert_str_eq(out, "alice");
	ck_assert_int_eq(realms_map(realms, SLICE("CORP.TEST"),
			     SLICE("alice@EU.TEST"), out, &why),
	    REALMS_UNKNOWN);
	realms_free(realms);
}
END_TEST

Suite *
suite_realms(void)
{
	Suite *suite = suite_create("realms");
	TCase *tcase = tcase_create("realms");

	tcase_add_loop_test(tcase, principals, 0, COUNT(cases));
	tcase_add_loop_test(tcase, bounds, 0, 2);
	tcase_add_test(tcase, unsaid);
	suite_add_tcase(suite, tcase);
	return suite;
}
