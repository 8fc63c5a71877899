/*
 * The filter's writer: what it learns is in the file, and in the next one.
 */
#include "directory/keeper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mapping.h"
#include "credential/filter.h"
#include "suites.h"

static const char key_text[] = "a key of this deployment\n";
static struct token_key *key;
static struct keeper *keeper;

/* A file that has gone from its directory. */
static int
file_of(const void *p, size_t n)
{
	char path[] = "/tmp/keeper.XXXXXX";
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	unlink(path);
	ck_assert_int_eq(write(fd, p, n), (ssize_t)n);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static int
new_filter(unsigned kinds)
{
	struct filter_params params = FILTER_PARAMS_DEFAULT;
	struct mapping mapping = { NULL, 0 };
	struct filter *filter;
	int fd = file_of("", 1);

	params.capacity = 1000;
	params.kinds = kinds;
	ck_assert_int_eq(ftruncate(fd, (off_t)filter_size(&params)), 0);
	ck_assert_int_eq(mapping_open(&mapping, fd, true), 0);
	ck_assert_ptr_null(
	    filter_create(mapping.p, mapping.n, &params, key, 1000, &filter));
	filter_seal(filter, 1000);
	filter_close(filter);
	mapping_close(&mapping);
	return fd;
}

static bool
filter_has(int fd, const char *account, const char *password)
{
	struct mapping mapping = { NULL, 0 };
	struct filter *filter;
	struct token token;
	bool found;

	ck_assert_int_eq(mapping_open(&mapping, fd, false), 0);
	ck_assert_ptr_null(
	    filter_open(mapping.p, mapping.n, key, FILTER_READ, &filter));
	ck_assert(token_of_password(key, filter_rule(filter), slice_of(account),
	    slice_of(password), &token));
	found = filter_test(filter, &token);
	filter_close(filter);
	mapping_close(&mapping);
	return found;
}

static void
give(int fd)
{
	keeper_set_key(keeper, file_of(key_text, sizeof(key_text) - 1));
	keeper_set_filter(keeper, dup(fd));
}

static void
setup(void)
{
	const char *why;

	key = token_key_new(slice_of(key_text), &why);
	ck_assert_ptr_nonnull(key);
	keeper = keeper_new();
	keeper_set_learning(keeper, true);
}

static void
teardown(void)
{
	keeper_free(keeper);
	token_key_free(key);
}

START_TEST(test_learns)
{
	int fd = new_filter(FILTER_PASSWORDS);

	ck_assert_ptr_nonnull(keeper_check(keeper));
	give(fd);
	ck_assert_ptr_null(keeper_check(keeper));
	keeper_hold(keeper, 1, 5, SLICE("Summer2026!"));
	keeper_hold(keeper, 1, 6, SLICE("Winter2026!"));
	keeper_hold(keeper, 2, 6, SLICE("Autumn2026!"));
	keeper_settle(keeper, 1, 6, SLICE_EMPTY); /* failed */
	keeper_forget_peer(keeper, 2);
	keeper_settle(keeper, 2, 6, SLICE("JDoe"));
	ck_assert(!filter_has(fd, "jdoe", "Summer2026!"));
	keeper_settle(keeper, 1, 5, SLICE("JDoe"));
	ck_assert(filter_has(fd, "jdoe", "Summer2026!"));
	ck_assert(!filter_has(fd, "jdoe", "Winter2026!"));
	ck_assert(!filter_has(fd, "jdoe", "Autumn2026!"));
	close(fd);
}
END_TEST

START_TEST(test_learns_nothing)
{
	int fd = new_filter(FILTER_PASSWORDS);

	give(fd);
	keeper_set_learning(keeper, false);
	keeper_hold(keeper, 1, 5, SLICE("Summer2026!"));
	keeper_settle(keeper, 1, 5, SLICE("jdoe"));
	ck_assert(!filter_has(fd, "jdoe", "Summer2026!"));
	close(fd);
}
END_TEST

/* A copy that was made before the last logins catches up. */
START_TEST(test_next_file)
{
	int fd = new_filter(FILTER_PASSWORDS);
	int next = new_filter(FILTER_PASSWORDS);

	give(fd);
	keeper_hold(keeper, 1, 5, SLICE("Summer2026!"));
	keeper_settle(keeper, 1, 5, SLICE("jdoe"));
	give(next);
	ck_assert(filter_has(next, "jdoe", "Summer2026!"));
	close(fd);
	close(next);
}
END_TEST

START_TEST(test_refuses)
{
	static const char other[] = "another key, of somebody else";
	int fd = new_filter(FILTER_PASSWORDS), bad = file_of("no filter", 9);

	give(fd);
	give(bad);
	ck_assert_ptr_nonnull(keeper_check(keeper));
	keeper_set_key(keeper, file_of(other, sizeof(other) - 1));
	keeper_set_filter(keeper, dup(fd));
	ck_assert_str_eq(
	    keeper_check(keeper), "the filter was made with another key");
	/* the old one is still written to */
	keeper_hold(keeper, 1, 5, SLICE("Summer2026!"));
	keeper_settle(keeper, 1, 5, SLICE("jdoe"));
	ck_assert(filter_has(fd, "jdoe", "Summer2026!"));
	keeper_set_key(keeper, file_of("short", 5));
	ck_assert_ptr_nonnull(keeper_check(keeper));
	keeper_set_filter(keeper, -1);
	ck_assert_ptr_nonnull(keeper_check(keeper));
	give(fd);
	ck_assert_ptr_null(keeper_check(keeper));
	close(fd);
	close(bad);
}
END_TEST

Suite *
suite_keeper(void)
{
	Suite *suite = suite_create("keeper");
	TCase *tcase = tcase_create("keeper");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, test_learns);
	tcase_add_test(tcase, test_learns_nothing);
	tcase_add_test(tcase, test_next_file);
	tcase_add_test(tcase, test_refuses);
	suite_add_tcase(suite, tcase);
	return suite;
}
