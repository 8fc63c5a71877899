/*
 * scan: limits, order, and that nothing is left behind.
 */
#include <stdlib.h>
#include <string.h>

#include "suites.h"

#include "base/mem.h"
#include "credential/span.h"
#include "encode.h"
#include "found.h"

static struct slice
repeat(struct slice unit, size_t times)
{
	char *p = mem_alloc(unit.n * times);
	size_t i;

	for (i = 0; i < times; i++)
		memcpy(p + i * unit.n, unit.p, unit.n);
	return slice_from(p, unit.n * times);
}

START_TEST(order_is_by_rank)
{
	struct scan *scan = scan_new(&CREDENTIAL_LIMITS_DEFAULT);
	const struct candidate *list;
	size_t n, i;

	scan_body(scan, SLICE("note=hello+there&user=jdoe&pwd=secret1"));
	list = scan_candidates(scan, &n);
	ck_assert_uint_gt(n, 3);
	ck_assert(slice_eq_str(list[0].value, "secret1"));
	for (i = 1; i < n; i++)
		ck_assert_int_le(list[i - 1].rank, list[i].rank);
	scan_free(scan);
}
END_TEST

START_TEST(values_come_once)
{
	struct scan *scan = scan_new(&CREDENTIAL_LIMITS_DEFAULT);
	const struct candidate *list;
	size_t n, i, j;

	scan_body(
	    scan, SLICE("a=secret1&b=secret1&pw=secret1&c=[\"secret1\"]"));
	list = scan_candidates(scan, &n);
	for (i = 0; i < n; i++)
		for (j = 0; j < i; j++)
			ck_assert(!slice_eq(list[i].value, list[j].value));
	/* and as the best of what they were found as */
	ck_assert_int_eq(found(scan, SLICE("secret1"))->rank, RANK_NAMED);
	scan_free(scan);
}
END_TEST

START_TEST(depth)
{
	struct credential_limits limits = CREDENTIAL_LIMITS_DEFAULT;
	struct slice s = { slice_dup(SLICE("pw=secret1")), 10 }, next;
	struct scan *scan;
	unsigned i;

	for (i = 0; i < 5; i++) {
		next = encode(ENCODE_BASE64, s);
		free((char *)(uintptr_t)s.p);
		s = next;
	}
	/* five times base64, then the form */
	for (i = 5; i <= 7; i++) {
		limits.depth = i;
		scan = scan_new(&limits);
		scan_body(scan, s);
		ck_assert_int_eq(found(scan, SLICE("secret1")) != NULL, i >= 6);
		if (i < 6)
			ck_assert(scan_cuts(scan) & SCAN_CUT_DEPTH);
		scan_free(scan);
	}
	free((char *)(uintptr_t)s.p);
}
END_TEST

static const struct {
	struct slice unit;
	size_t times;
	unsigned cut;
} floods[] = {
	{ SLICE("["), 1 << 20, 0 },
	{ SLICE("{\"a\":"), 200000, 0 },
	{ SLICE("<a>"), 300000, 0 },
	{ SLICE("a=1234&"), 140000, 0 },
	{ SLICE("%41"), 300000, 0 },
	{ SLICE("\\u0041"), 170000, 0 },
	{ SLICE(
	      "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n"),
	    15000, 0 },
	{ SLICE("\x81\xa1"), 500000, 0 },
	{ SLICE("\xbf\x61\x61"), 300000, 0 },
	{ SLICE("\x0a\x04\x0a\x02\x0a\x00"), 170000, 0 },
	{ SLICE("\0\0\0\0\1a"), 170000, 0 },
	{ SLICE("\xff"), 1 << 20, 0 },
	{ SLICE("a b:c=d/"), 130000, 0 },
	{ SLICE("'\""), 500000, 0 },
	{ SLICE("=\""), 500000, 0 },
	{ SLICE(">"), 1 << 20, 0 },
	{ SLICE("a\n"), 500000, 0 },
	{ SLICE("://@"), 260000, 0 },
};

/* A body made to cost much costs a bounded amount, and the next request is
 * scanned as ever. */
START_TEST(flood)
{
	struct scan *scan = scan_new(&CREDENTIAL_LIMITS_DEFAULT);
	struct slice s = repeat(floods[_i].unit, floods[_i].times);

	scan_body(scan, s);
	if (floods[_i].cut)
		ck_assert(scan_cuts(scan) & floods[_i].cut);
	free((char *)(uintptr_t)s.p);
	scan_body(scan, SLICE("pw=secret1"));
	ck_assert_uint_eq(scan_cuts(scan), 0);
	ck_assert_ptr_nonnull(found(scan, SLICE("secret1")));
	scan_free(scan);
}
END_TEST

START_TEST(candidates_are_bounded)
{
	struct credential_limits limits = CREDENTIAL_LIMITS_DEFAULT;
	struct scan *scan;
	size_t n;

	limits.candidates = 3;
	scan = scan_new(&limits);
	scan_body(scan, SLICE("a=word1&b=word2&c=word3&d=word4"));
	scan_candidates(scan, &n);
	ck_assert_uint_eq(n, 3);
	ck_assert_uint_eq(scan_cuts(scan), SCAN_CUT_CANDIDATES);
	ck_assert_str_eq(scan_cut_words(scan_cuts(scan)), "too many values");
	scan_free(scan);
}
END_TEST

START_TEST(length_of_values)
{
	struct scan *scan = scan_new(&CREDENTIAL_LIMITS_DEFAULT);
	char body[CREDENTIAL_VALUE_MAX + 8];
	size_t n;

	memset(body, 'v', sizeof(body));
	memcpy(body, "p=", 2);
	for (n = CREDENTIAL_VALUE_MAX - 1; n <= CREDENTIAL_VALUE_MAX + 1; n++) {
		scan_body(scan, slice_from(body, n + 2));
		ck_assert_int_eq(found(scan, slice_from(body + 2, n)) != NULL,
		    n <= CREDENTIAL_VALUE_MAX);
	}
	scan_body(scan, SLICE("p=abc&q=abcd"));
	ck_assert_ptr_null(found(scan, SLICE("abc")));
	ck_assert_ptr_nonnull(found(scan, SLICE("abcd")));
	scan_free(scan);
}
END_TEST

START_TEST(bodies_are_cut)
{
	struct credential_limits limits = CREDENTIAL_LIMITS_DEFAULT;
	struct scan *scan;

	limits.body = 16;
	scan = scan_new(&limits);
	scan_body(scan, SLICE("first=one1&second=two2"));
	ck_assert_ptr_nonnull(found(scan, SLICE("one1")));
	ck_assert_ptr_null(found(scan, SLICE("two2")));
	ck_assert_uint_eq(scan_cuts(scan), SCAN_CUT_BODY);
	scan_free(scan);
}
END_TEST

START_TEST(nothing_is_left)
{
	struct scan *scan = scan_new(&CREDENTIAL_LIMITS_DEFAULT);
	const struct candidate *one;
	size_t n;
	const char *p;

	scan_body(scan, SLICE("p=s%65cret1"));
	one = found(scan, SLICE("secret1"));
	ck_assert_ptr_nonnull(one);
	p = one->value.p;
	scan_clear(scan);
	scan_candidates(scan, &n);
	ck_assert_uint_eq(n, 0);
	/* the pool is still the scan's: it was wiped */
	ck_assert_int_eq(p[0], 0);
	ck_assert_int_eq(p[6], 0);
	scan_free(scan);
	scan_free(NULL);
}
END_TEST

START_TEST(cut_words)
{
	unsigned bit;

	ck_assert_str_eq(scan_cut_words(0), "nothing was left out");
	for (bit = 1; bit <= SCAN_CUT_BROKEN; bit <<= 1)
		ck_assert_str_ne(scan_cut_words(bit), "nothing was left out");
}
END_TEST

Suite *
suite_scan(void)
{
	Suite *suite = suite_create("scan");
	TCase *tcase = tcase_create("scan");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, order_is_by_rank);
	tcase_add_test(tcase, values_come_once);
	tcase_add_test(tcase, depth);
	tcase_add_loop_test(tcase, flood, 0, (int)COUNT(floods));
	tcase_add_test(tcase, candidates_are_bounded);
	tcase_add_test(tcase, length_of_values);
	tcase_add_test(tcase, bodies_are_cut);
	tcase_add_test(tcase, nothing_is_left);
	tcase_add_test(tcase, cut_words);
	suite_add_tcase(suite, tcase);
	return suite;
}
