/*
 * The filter's file, changed as a whole.
 */
#include "cli/filter_store.h"

#include <sys/stat.h>

#include <string.h>
#include <unistd.h>

#include "suites.h"

static struct filter_params params;

static struct filter_store
store_of(void)
{
	return (struct filter_store){ .path = scratch_path("filter"),
		.key_path = scratch_path("key") };
}

static struct token
token_of(const struct filter_store *store, const char *password)
{
	struct token token;

	ck_assert(token_of_password(store->key, filter_rule(store->filter),
	    SLICE("jdoe"), slice_of(password), &token));
	return token;
}

static void
setup(void)
{
	struct filter_store store = store_of();

	params = FILTER_PARAMS_DEFAULT;
	params.capacity = 1000;
	ck_assert_ptr_null(filter_store_key(&store, true));
	ck_assert_ptr_null(filter_store_fresh(&store, &params));
	filter_seal(store.filter, 1000);
	ck_assert_ptr_null(filter_store_commit(&store));
	filter_store_close(&store);
}

static mode_t
mode_of(const char *name)
{
	struct stat st;

	ck_assert_int_eq(stat(scratch_path(name), &st), 0);
	return st.st_mode & 0777;
}

START_TEST(makes_key_and_filter)
{
	struct filter_store store = store_of();
	const char *why;

	ck_assert_uint_eq(mode_of("filter"), 0600);
	ck_assert_uint_eq(mode_of("key"), 0600);
	ck_assert_ptr_null(filter_store_key(&store, true));
	why = filter_store_fresh(&store, &params);
	ck_assert_ptr_nonnull(strstr(why, "File exists"));
	filter_store_close(&store);
	ck_assert_uint_gt(params.capacity, 0);
	ck_assert_int_eq(access(scratch_path("filter"), F_OK), 0);
}
END_TEST

START_TEST(changes_what_is_committed)
{
	struct filter_store store = store_of();
	struct token token;

	ck_assert_ptr_null(filter_store_key(&store, false));
	ck_assert_ptr_null(filter_store_open(&store));
	token = token_of(&store, "Summer2026!");
	ck_assert(filter_add(store.filter, &token, 1000));
	filter_store_close(&store); /* not committed */
	for (int i = 0; i < 2; i++) {
		ck_assert_ptr_null(filter_store_key(&store, false));
		ck_assert_ptr_null(filter_store_open(&store));
		ck_assert_int_eq(filter_test(store.filter, &token), i);
		filter_add(store.filter, &token, 1000);
		ck_assert_ptr_null(filter_store_commit(&store));
		filter_store_close(&store);
	}
}
END_TEST

START_TEST(rotates)
{
	struct filter_store store = store_of();
	struct token token;

	ck_assert_ptr_null(filter_store_key(&store, false));
	ck_assert_ptr_null(filter_store_open(&store));
	token = token_of(&store, "Summer2026!");
	filter_add(store.filter, &token, 1000);
	ck_assert_ptr_null(filter_store_rotate(&store));
	ck_assert(filter_test(store.filter, &token));
	ck_assert_ptr_null(filter_store_rotate(&store));
	ck_assert(!filter_test(store.filter, &token));
	ck_assert_ptr_null(filter_store_commit(&store));
	filter_store_close(&store);
}
END_TEST

START_TEST(refuses_by_name)
{
	struct filter_store store = store_of();
	const char *why;

	scratch_write("key", "another key altogether");
	ck_assert_ptr_null(filter_store_key(&store, true));
	why = filter_store_open(&store);
	ck_assert_ptr_nonnull(strstr(why, "made with another key"));
	filter_store_close(&store);
	scratch_write("key", "short");
	ck_assert_ptr_nonnull(filter_store_key(&store, true));
	filter_store_close(&store);
	unlink(scratch_path("key"));
	ck_assert_ptr_nonnull(filter_store_key(&store, false));
	filter_store_close(&store);
}
END_TEST

/* What was claimed for a filter that never came is taken away again. */
START_TEST(leaves_nothing)
{
	struct filter_store store = store_of();

	unlink(scratch_path("filter"));
	ck_assert_ptr_null(filter_store_key(&store, false));
	ck_assert_ptr_null(filter_store_fresh(&store, &params));
	filter_store_close(&store);
	ck_assert_int_lt(access(scratch_path("filter"), F_OK), 0);
}
END_TEST

Suite *
suite_filter_store(void)
{
	Suite *suite = suite_create("filter_store");
	TCase *tcase = tcase_create("filter_store");

	tcase_add_checked_fixture(tcase, setup, scratch_clear);
	tcase_add_test(tcase, makes_key_and_filter);
	tcase_add_test(tcase, changes_what_is_committed);
	tcase_add_test(tcase, rotates);
	tcase_add_test(tcase, refuses_by_name);
	tcase_add_test(tcase, leaves_nothing);
	suite_add_tcase(suite, tcase);
	return suite;
}
