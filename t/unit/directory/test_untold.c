/*
 * What people are still to be told: once, where it belongs, not for ever.
 */
#include "directory/untold.h"

#include <stdio.h>
#include <string.h>

#include "suites.h"

static struct untold *untold;

static void
setup(void)
{
	untold = untold_new();
}

static void
teardown(void)
{
	untold_free(untold);
}

static bool
add(const char *account, const char *site, const char *token)
{
	return untold_add(
	    untold, slice_of(account), slice_of(site), slice_of(token));
}

static bool
take(const char *account, const char *site, char token[UNTOLD_TOKEN_MAX + 1])
{
	return untold_take(untold, slice_of(account), slice_of(site), token);
}

START_TEST(test_once)
{
	char token[UNTOLD_TOKEN_MAX + 1];

	ck_assert(add("alice", "a.test", "old"));
	ck_assert(add("alice", "a.test", "abc"));
	ck_assert(!take("bob", "a.test", token));
	ck_assert(!take("alice", "b.test", token));
	ck_assert(!take("alic", "ea.test", token));
	ck_assert(take("alice", "a.test", token));
	ck_assert_str_eq(token, "abc");
	ck_assert(!take("alice", "a.test", token));
}
END_TEST

START_TEST(test_lengths)
{
	char text[300];

	memset(text, 'x', sizeof(text));
	for (size_t n = 127; n <= 129; n++)
		ck_assert_int_eq(untold_add(untold, slice_from(text, n),
				     SLICE("a.test"), SLICE_EMPTY),
		    n <= 128);
	for (size_t n = 252; n <= 254; n++)
		ck_assert_int_eq(untold_add(untold, SLICE("alice"),
				     slice_from(text, n), SLICE_EMPTY),
		    n <= 253);
	for (size_t n = 63; n <= 65; n++)
		ck_assert_int_eq(untold_add(untold, SLICE("alice"),
				     SLICE("a.test"), slice_from(text, n)),
		    n <= 64);
	ck_assert(!add("", "a.test", ""));
	ck_assert(!add("alice", "", ""));
}
END_TEST

static void
count(struct slice account, struct slice site, void *arg)
{
	ck_assert(slice_starts(account, SLICE("user")));
	ck_assert(slice_eq_str(site, "a.test"));
	++*(size_t *)arg;
}

START_TEST(test_many)
{
	char account[32], token[UNTOLD_TOKEN_MAX + 1];
	size_t n = 0;

	for (int i = 0; i < UNTOLD_MAX + 5; i++) {
		snprintf(account, sizeof(account), "user%d", i);
		ck_assert(add(account, "a.test", ""));
	}
	ck_assert_uint_eq(untold_count(untold), UNTOLD_MAX);
	untold_each(untold, count, &n);
	ck_assert_uint_eq(n, UNTOLD_MAX);
	ck_assert(!take("user4", "a.test", token));
	ck_assert(take("user5", "a.test", token));
	ck_assert_str_eq(token, "");
}
END_TEST

Suite *
suite_untold(void)
{
	Suite *suite = suite_create("untold");
	TCase *tcase = tcase_create("untold");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, test_once);
	tcase_add_test(tcase, test_lengths);
	tcase_add_test(tcase, test_many);
	suite_add_tcase(suite, tcase);
	return suite;
}
