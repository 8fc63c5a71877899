/*
 * Budgets and what is known to be wrong, over a clock of the test's.
 */
#include "directory/warden.h"

#include <stdio.h>

#include "suites.h"

#define WINDOW 1000000
#define REMEMBER 500000

static const struct warden_limits limits = {
	.remember_ms = REMEMBER,
	.window_ms = WINDOW,
	.account = 3,
	.client = 5,
};

static struct warden *warden;

static void
setup(void)
{
	warden = warden_new();
}

static void
teardown(void)
{
	warden_free(warden);
}

static enum warden_says
begin(const char *account, const char *password, const char *from, uint64_t now)
{
	struct addr client;
	uint32_t retry_s = 0;
	enum warden_says says;

	if (from)
		ck_assert_int_eq(addr_parse(slice_of(from), &client), 0);
	says = warden_begin(warden, &limits, slice_of(account),
	    slice_of(password), from ? &client : NULL, now, &retry_s);
	if (says == WARDEN_SPENT)
		ck_assert_uint_gt(retry_s, 0);
	return says;
}

static void
end(const char *account, const char *password, const char *from,
    enum warden_end how, uint64_t now)
{
	struct addr client;

	if (from)
		ck_assert_int_eq(addr_parse(slice_of(from), &client), 0);
	warden_end(warden, &limits, slice_of(account), slice_of(password),
	    from ? &client : NULL, how, now);
}

static void
must_fail(
    const char *account, const char *password, const char *from, uint64_t now)
{
	ck_assert_int_eq(begin(account, password, from, now), WARDEN_ASK);
	end(account, password, from, WARDEN_WAS_WRONG, now);
}

START_TEST(wrong_is_sent_once)
{
	must_fail("a", "x", NULL, 1);
	ck_assert_int_eq(begin("a", "x", NULL, 2), WARDEN_WRONG);
	ck_assert_int_eq(begin("a", "x", NULL, REMEMBER), WARDEN_WRONG);
	/* another account, another password, another time */
	ck_assert_int_eq(begin("b", "x", NULL, 2), WARDEN_ASK);
	ck_assert_int_eq(begin("a", "y", NULL, 2), WARDEN_ASK);
	ck_assert_int_eq(begin("a", "x", NULL, REMEMBER + 1), WARDEN_ASK);
}
END_TEST

/* "ab" and "c" aren't "a" and "bc". */
START_TEST(account_and_password_dont_run_together)
{
	must_fail("ab", "c", NULL, 1);
	ck_assert_int_eq(begin("a", "bc", NULL, 2), WARDEN_ASK);
}
END_TEST

START_TEST(an_account_has_a_budget)
{
	must_fail("a", "1", NULL, 1);
	must_fail("a", "2", NULL, 2);
	must_fail("a", "3", NULL, 3);
	ck_assert_int_eq(begin("a", "4", NULL, 4), WARDEN_SPENT);
	ck_assert_int_eq(begin("a", "4", NULL, WINDOW), WARDEN_SPENT);
	ck_assert_int_eq(begin("b", "4", NULL, 4), WARDEN_ASK);
	/* the window has passed */
	ck_assert_int_eq(begin("a", "4", NULL, WINDOW + 1), WARDEN_ASK);
}
END_TEST

START_TEST(what_is_under_way_counts)
{
	ck_assert_int_eq(begin("a", "1", NULL, 1), WARDEN_ASK);
	ck_assert_int_eq(begin("a", "2", NULL, 1), WARDEN_ASK);
	ck_assert_int_eq(begin("a", "3", NULL, 1), WARDEN_ASK);
	ck_assert_int_eq(begin("a", "4", NULL, 1), WARDEN_SPENT);
	/* the same password twice is one */
	ck_assert_int_eq(begin("a", "3", NULL, 1), WARDEN_ASK);
	end("a", "1", NULL, WARDEN_NOT_KNOWN, 2);
	ck_assert_int_eq(begin("a", "4", NULL, 2), WARDEN_ASK);
	end("a", "3", NULL, WARDEN_WAS_WRONG, 3);
	end("a", "3", NULL, WARDEN_WAS_WRONG, 3);
	end("a", "2", NULL, WARDEN_NOT_KNOWN, 3);
	end("a", "4", NULL, WARDEN_NOT_KNOWN, 3);
	/* one failure, not two */
	must_fail("a", "5", NULL, 4);
	must_fail("a", "6", NULL, 4);
	ck_assert_int_eq(begin("a", "7", NULL, 5), WARDEN_SPENT);
}
END_TEST

START_TEST(right_clears_the_account)
{
	must_fail("a", "1", NULL, 1);
	must_fail("a", "2", NULL, 1);
	ck_assert_int_eq(begin("a", "right", NULL, 2), WARDEN_ASK);
	end("a", "right", NULL, WARDEN_WAS_RIGHT, 2);
	must_fail("a", "3", NULL, 3);
	must_fail("a", "4", NULL, 3);
	must_fail("a", "5", NULL, 3);
	ck_assert_int_eq(begin("a", "6", NULL, 4), WARDEN_SPENT);
}
END_TEST

START_TEST(an_address_has_a_budget)
{
	static const char *const accounts[] = { "a", "b", "c", "d", "e" };

	/* many at once, as long as nothing fails */
	for (int i = 0; i < 100; i++) {
		char name[8];

		snprintf(name, sizeof(name), "n%d", i);
		ck_assert_int_eq(begin(name, "p", "192.0.2.1", 1), WARDEN_ASK);
		end(name, "p", "192.0.2.1", WARDEN_WAS_RIGHT, 1);
	}
	for (size_t i = 0; i < COUNT(accounts); i++)
		must_fail(accounts[i], "x", "192.0.2.2", 2);
	ck_assert_int_eq(begin("f", "x", "192.0.2.2", 3), WARDEN_SPENT);
	ck_assert_int_eq(begin("f", "x", "192.0.2.3", 3), WARDEN_ASK);
}
END_TEST

/* A hundred people mistype more often than one: one failure more for each
 * account that was right there, in every window; once for each. */
START_TEST(an_address_has_more_for_its_people)
{
	uint64_t now = 1;
	char name[16];

	for (int i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "n%d", i % 100);
		ck_assert_int_eq(
		    begin(name, "p", "192.0.2.1", now), WARDEN_ASK);
		end(name, "p", "192.0.2.1", WARDEN_WAS_RIGHT, now);
	}
	for (int window = 0; window < 2; window++) {
		for (int i = 0; i < 105; i++) {
			snprintf(name, sizeof(name), "w%d-%d", window, i);
			must_fail(name, "x", "192.0.2.1", now);
		}
		ck_assert_int_eq(
		    begin("f", "x", "192.0.2.1", now), WARDEN_SPENT);
		now += WINDOW + 1;
	}
}
END_TEST

START_TEST(a_slash_64_is_one_address)
{
	static const char *const accounts[] = { "a", "b", "c", "d", "e" };

	for (size_t i = 0; i < COUNT(accounts); i++)
		must_fail(accounts[i], "x", "2001:db8::1", 2);
	ck_assert_int_eq(begin("f", "x", "2001:db8::ffff", 3), WARDEN_SPENT);
	ck_assert_int_eq(begin("f", "x", "2001:db8:0:1::1", 3), WARDEN_ASK);
}
END_TEST

Suite *
suite_warden(void)
{
	Suite *suite = suite_create("warden");
	TCase *tcase = tcase_create("warden");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, wrong_is_sent_once);
	tcase_add_test(tcase, account_and_password_dont_run_together);
	tcase_add_test(tcase, an_account_has_a_budget);
	tcase_add_test(tcase, what_is_under_way_counts);
	tcase_add_test(tcase, right_clears_the_account);
	tcase_add_test(tcase, an_address_has_a_budget);
	tcase_add_test(tcase, an_address_has_more_for_its_people);
	tcase_add_test(tcase, a_slash_64_is_one_address);
	suite_add_tcase(suite, tcase);
	return suite;
}
