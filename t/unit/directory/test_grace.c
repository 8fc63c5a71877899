/*
 * What was right, by name and password, and for how long.
 */
#include "directory/grace.h"

#include "suites.h"

START_TEST(it_knows_what_was_right)
{
	struct grace *grace = grace_new();
	struct grace_login login = { SLICE("Alice"), SLICE("staff\nall") };
	struct grace_login out = { SLICE_EMPTY, SLICE_EMPTY };

	grace_remember(grace, SLICE("alice"), SLICE("secret"), &login, 1000);
	ck_assert_int_eq(
	    grace_find(grace, SLICE("alice"), SLICE("secret"), 500, 1500, &out),
	    0);
	ck_assert(slice_eq_str(out.account, "Alice"));
	ck_assert(slice_eq_str(out.groups, "staff\nall"));
	/* too long ago; another password; another name; run together */
	ck_assert_int_eq(
	    grace_find(grace, SLICE("alice"), SLICE("secret"), 500, 1501, &out),
	    -1);
	ck_assert_int_eq(
	    grace_find(grace, SLICE("alice"), SLICE("Secret"), 500, 1000, &out),
	    -1);
	ck_assert_int_eq(
	    grace_find(grace, SLICE("bob"), SLICE("secret"), 500, 1000, &out),
	    -1);
	ck_assert_int_eq(
	    grace_find(grace, SLICE("alices"), SLICE("ecret"), 500, 1000, &out),
	    -1);
	grace_forget(grace, SLICE("alice"), SLICE("secret"));
	ck_assert_int_eq(
	    grace_find(grace, SLICE("alice"), SLICE("secret"), 500, 1000, &out),
	    -1);
	ck_assert_uint_eq(grace_count(grace), 0);
	grace_free(grace);
}
END_TEST

Suite *
suite_grace(void)
{
	Suite *suite = suite_create("grace");
	TCase *tcase = tcase_create("grace");

	tcase_add_test(tcase, it_knows_what_was_right);
	suite_add_tcase(suite, tcase);
	return suite;
}
