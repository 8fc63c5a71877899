/*
 * must: true is nothing, false is the end.
 */
#include <signal.h>
#include <stdio.h>

#include "suites.h"

#include "base/must.h"

START_TEST(true_goes_on)
{
	int calls = 0;

	must(++calls == 1);
	ck_assert_int_eq(calls, 1);
}
END_TEST

START_TEST(false_aborts)
{
	/* what it says is not for the test's own log */
	ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
	must(1 == 2);
}
END_TEST

Suite *
suite_must(void)
{
	Suite *suite = suite_create("must");
	TCase *tcase = tcase_create("must");

	tcase_add_test(tcase, true_goes_on);
	tcase_add_test_raise_signal(tcase, false_aborts, SIGABRT);
	suite_add_tcase(suite, tcase);
	return suite;
}
