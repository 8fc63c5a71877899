/*
 * filter: adding, testing, generations, and the rate that was asked for.
 */
#include <math.h>
#include <string.h>

#include "suites.h"

#include "region.h"

#define KEY "0123456789abcdef"
#define DEFAULTS .kinds = FILTER_PASSWORDS, .rule = { 1, 1, 3, 4 }

static const struct {
	struct filter_params params;
	bool good;
} checks[] = {
	{ { 1, 0.1, 1, DEFAULTS }, true },
	{ { 0, 0.1, 1, DEFAULTS }, false },
	{ { FILTER_CAPACITY_MAX, 1e-6, 2, DEFAULTS }, true },
	{ { FILTER_CAPACITY_MAX + 1, 1e-6, 2, DEFAULTS }, false },
	{ { 10, 0, 2, DEFAULTS }, false },
	{ { 10, 1e-10, 2, DEFAULTS }, false },
	{ { 10, 0.11, 2, DEFAULTS }, false },
	{ { 10, NAN, 2, DEFAULTS }, false },
	{ { 10, 1e-3, 0, DEFAULTS }, false },
	{ { 10, 1e-3, 3, DEFAULTS }, false },
	{ { 10, 1e-3, 4, DEFAULTS }, true },
	{ { 10, 1e-3, 8, DEFAULTS }, false },
	{ { 10, 1e-3, 2, 0, { 1, 1, 3, 4 } }, false },
	{ { 10, 1e-3, 2, 4, { 1, 1, 3, 4 } }, false },
	{ { 10, 1e-3, 2, 3, { 1, 1, 3, 4 } }, true },
	{ { 10, 1e-3, 2, 1, { 1, 1, 2, 4 } }, false },
};

START_TEST(params)
{
	ck_assert_int_eq(
	    filter_params_check(&checks[_i].params) == NULL, checks[_i].good);
}
END_TEST

static const struct filter_params rates[] = {
	{ 5000, 1e-2, 1, DEFAULTS },
	{ 5000, 1e-2, 2, DEFAULTS },
	{ 5000, 1e-3, 4, DEFAULTS },
	{ 5000, 1e-4, 2, DEFAULTS },
};

/* All entries are in; what isn't is "maybe" about as often as asked for. */
START_TEST(rate)
{
	enum {
		TRIES = 400000
	};
	const struct filter_params *want = &rates[_i];
	struct token_key *key = region_key(KEY);
	struct region region, next;
	struct filter *filter = region_filter(&region, want, key), *turned;
	struct filter_info info;
	struct token token;
	uint64_t i, wrong = 0;
	unsigned lane;

	/* fill every generation */
	for (lane = 0; lane < want->lanes; lane++) {
		for (i = 0; i < want->capacity; i++) {
			token = entry(i + lane * want->capacity);
			filter_add(filter, &token, 2000);
		}
		if (lane + 1 == want->lanes)
			break;
		region_init(&next, region.size);
		ck_assert_ptr_null(filter_rotate(
		    filter, next.mem, next.size, 3000 + lane, &turned));
		filter_close(filter);
		region_clear(&region);
		filter = turned;
		region = next;
	}
	for (i = 0; i < want->capacity * want->lanes; i++) {
		token = entry(i);
		ck_assert(filter_test(filter, &token));
	}
	for (i = 0; i < TRIES; i++) {
		token = entry(i + 100000000);
		wrong += filter_test(filter, &token);
	}
	filter_info(filter, &info);
	/* six standard deviations of the count, and a tenth for the model */
	ck_assert_double_le(fabs((double)wrong - info.true_rate * TRIES),
	    6 * sqrt(info.true_rate * TRIES) + 2);
	ck_assert_double_le(info.true_rate, want->rate * 1.1);
	ck_assert_double_ge(info.true_rate, want->rate * 0.5);
	filter_close(filter);
	region_clear(&region);
	token_key_free(key);
}
END_TEST

START_TEST(adding_twice)
{
	static const struct filter_params p = { 100, 1e-4, 2, DEFAULTS };
	struct token_key *key = region_key(KEY);
	struct region region;
	struct filter *filter = region_filter(&region, &p, key);
	struct token a = entry(1), b = entry(2);
	struct filter_info info;

	ck_assert(!filter_test(filter, &a));
	ck_assert(filter_add(filter, &a, 5));
	ck_assert(!filter_add(filter, &a, 6));
	ck_assert(filter_add(filter, &b, 7));
	ck_assert(filter_test(filter, &a));
	filter_info(filter, &info);
	ck_assert_uint_eq(info.lane[0].entries, 2);
	ck_assert_uint_eq(info.lane[1].entries, 0);
	ck_assert_uint_eq(info.changed, 7);
	ck_assert_uint_eq(info.created, 1000);
	ck_assert_uint_eq(info.params.capacity, 100);
	ck_assert_double_eq_tol(info.params.rate, 1e-4, 1e-12);
	ck_assert_uint_eq(info.params.rule.min_chars, 4);
	ck_assert(!info.over);
	ck_assert_double_gt(info.lane[0].fill, 0);
	ck_assert_double_eq(info.lane[1].fill, 0);
	filter_close(filter);
	region_clear(&region);
	token_key_free(key);
}
END_TEST

START_TEST(many_at_once)
{
	static const struct filter_params p = { 1000, 1e-6, 2, DEFAULTS };
	struct token_key *key = region_key(KEY);
	struct region region;
	struct filter *filter = region_filter(&region, &p, key);
	struct token tokens[64];
	uint64_t want = 0;
	size_t i, n;

	for (i = 0; i < 64; i++) {
		tokens[i] = entry(i);
		if (i % 3 == 0) {
			filter_add(filter, &tokens[i], 1);
			want |= (uint64_t)1 << i;
		}
	}
	for (n = 0; n <= 64; n++)
		ck_assert_uint_eq(filter_test_many(filter, tokens, n),
		    n == 64 ? want : want & (((uint64_t)1 << n) - 1));
	filter_close(filter);
	region_clear(&region);
	token_key_free(key);
}
END_TEST

/* An entry that isn't added again leaves with the second rotation. */
START_TEST(generations)
{
	static const struct filter_params p = { 100, 1e-6, 2, DEFAULTS };
	struct token_key *key = region_key(KEY);
	struct region region[3];
	struct filter *f[3];
	struct token old = entry(1), kept = entry(2);
	struct filter_info info;

	f[0] = region_filter(&region[0], &p, key);
	filter_add(f[0], &old, 1);
	filter_add(f[0], &kept, 1);
	region_init(&region[1], region[0].size);
	ck_assert_ptr_null(
	    filter_rotate(f[0], region[1].mem, region[1].size, 2000, &f[1]));
	ck_assert(filter_test(f[1], &old));
	/* it is new to the new generation */
	ck_assert(filter_add(f[1], &kept, 2001));
	region_init(&region[2], region[0].size);
	ck_assert_ptr_null(
	    filter_rotate(f[1], region[2].mem, region[2].size, 3000, &f[2]));
	ck_assert(!filter_test(f[2], &old));
	ck_assert(filter_test(f[2], &kept));
	filter_info(f[2], &info);
	ck_assert_uint_eq(info.newest, 0);
	ck_assert_uint_eq(info.lane[0].started, 3000);
	ck_assert_uint_eq(info.lane[0].entries, 0);
	ck_assert_uint_eq(info.lane[1].started, 2000);
	ck_assert_uint_eq(info.lane[1].entries, 1);
	for (int i = 0; i < 3; i++) {
		filter_close(f[i]);
		region_clear(&region[i]);
	}
	token_key_free(key);
}
END_TEST

START_TEST(one_generation)
{
	static const struct filter_params p = { 100, 1e-6, 1, DEFAULTS };
	struct token_key *key = region_key(KEY);
	struct region region, next;
	struct filter *filter = region_filter(&region, &p, key), *out = NULL;

	region_init(&next, region.size);
	ck_assert_ptr_nonnull(
	    filter_rotate(filter, next.mem, next.size, 1, &out));
	ck_assert_ptr_null(out);
	filter_close(filter);
	region_clear(&region);
	region_clear(&next);
	token_key_free(key);
}
END_TEST

START_TEST(over_capacity)
{
	static const struct filter_params p = { 10, 1e-3, 1, DEFAULTS };
	struct token_key *key = region_key(KEY);
	struct region region;
	struct filter *filter = region_filter(&region, &p, key);
	struct filter_info info;
	struct token token;
	uint64_t i;

	for (i = 0; i < 11; i++) {
		filter_info(filter, &info);
		ck_assert(!info.over);
		token = entry(i);
		ck_assert(filter_add(filter, &token, 1));
	}
	filter_info(filter, &info);
	ck_assert(info.over);
	filter_close(filter);
	region_clear(&region);
	token_key_free(key);
}
END_TEST

/* A reader that opened earlier sees what is added later. */
START_TEST(readers_see)
{
	static const struct filter_params p = { 100, 1e-6, 2, DEFAULTS };
	struct token_key *key = region_key(KEY);
	struct region region;
	struct filter *writer = region_filter(&region, &p, key), *reader;
	struct token token = entry(1);

	ck_assert_ptr_null(
	    filter_open(region.mem, region.size, key, FILTER_READ, &reader));
	ck_assert(!filter_test(reader, &token));
	filter_add(writer, &token, 1);
	ck_assert(filter_test(reader, &token));
	ck_assert_uint_eq(filter_kinds(reader), FILTER_PASSWORDS);
	ck_assert_uint_eq(filter_rule(reader)->of, 3);
	filter_close(reader);
	filter_close(writer);
	filter_close(NULL);
	region_clear(&region);
	token_key_free(key);
}
END_TEST

Suite *
suite_filter(void)
{
	Suite *suite = suite_create("filter");
	TCase *tcase = tcase_create("filter");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, params, 0, (int)COUNT(checks));
	tcase_add_loop_test(tcase, rate, 0, (int)COUNT(rates));
	tcase_add_test(tcase, adding_twice);
	tcase_add_test(tcase, many_at_once);
	tcase_add_test(tcase, generations);
	tcase_add_test(tcase, one_generation);
	tcase_add_test(tcase, over_capacity);
	tcase_add_test(tcase, readers_see);
	suite_add_tcase(suite, tcase);
	return suite;
}
