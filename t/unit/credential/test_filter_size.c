/*
 * filter_size: what a wanted rate takes.
 */
#include "suites.h"

#include "credential/filter_size.h"

static const struct {
	uint64_t entries;
	double rate;
	unsigned lanes;
	double bits_min, bits_max; /* an entry and lane */
} rows[] = {
	/* a plain Bloom filter takes 9.6, 19.2, 28.8, blocked ones more */
	{ 1000000, 1e-2, 1, 9.6, 11 },
	{ 1000000, 1e-4, 1, 19.2, 24 },
	{ 1000000, 1e-6, 1, 28.8, 40 },
	{ 1000000, 1e-6, 2, 28.8, 60 },
	{ 1000000, 1e-6, 4, 28.8, 120 },
	{ 1000000, 1e-9, 1, 43, 100 },
};

START_TEST(choosing)
{
	uint64_t blocks;
	unsigned probes;
	double bits, got;

	filter_choose(rows[_i].entries, rows[_i].rate, rows[_i].lanes, 64,
	    &blocks, &probes);
	ck_assert_uint_eq(blocks % 64, 0);
	ck_assert_uint_ge(probes, 1);
	ck_assert_uint_le(probes, FILTER_PROBES_MAX);
	got = filter_rate(blocks, rows[_i].lanes, probes, rows[_i].entries);
	ck_assert_double_le(got, rows[_i].rate);
	ck_assert_double_gt(
	    filter_rate(blocks - 64, rows[_i].lanes, probes, rows[_i].entries),
	    rows[_i].rate);
	bits = (double)blocks * FILTER_BLOCK_BITS / rows[_i].lanes /
	    (double)rows[_i].entries;
	ck_assert_double_ge(bits, rows[_i].bits_min);
	ck_assert_double_le(bits, rows[_i].bits_max);
}
END_TEST

START_TEST(few_entries)
{
	uint64_t blocks;
	unsigned probes;

	filter_choose(1, 1e-9, 4, 64, &blocks, &probes);
	ck_assert_uint_ge(blocks, 64);
	ck_assert_double_eq(filter_rate(64, 1, 4, 0), 0);
}
END_TEST

Suite *
suite_filter_size(void)
{
	Suite *suite = suite_create("filter_size");
	TCase *tcase = tcase_create("filter_size");

	tcase_add_loop_test(tcase, choosing, 0, (int)COUNT(rows));
	tcase_add_test(tcase, few_entries);
	suite_add_tcase(suite, tcase);
	return suite;
}
