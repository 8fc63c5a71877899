/*
 * slice: comparing, finding and cutting borrowed bytes.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"

#include "base/slice.h"

#define S(text)                                                                \
	{                                                                      \
		text, sizeof(text) - 1                                         \
	}
#define NONE                                                                   \
	{                                                                      \
		NULL, 0                                                        \
	}

struct compare {
	struct slice a, b;
	int order; /* sign of slice_cmp */
	int case_equal, starts, ends, case_ends;
};

static const struct compare compares[] = {
	{ S(""), NONE, 0, 1, 1, 1, 1 },
	{ NONE, NONE, 0, 1, 1, 1, 1 },
	{ S("a"), NONE, 1, 0, 1, 1, 1 },
	{ NONE, S("a"), -1, 0, 0, 0, 0 },
	{ S("abc"), S("abc"), 0, 1, 1, 1, 1 },
	{ S("abc"), S("ABC"), 1, 1, 0, 0, 1 },
	{ S("abc"), S("ab"), 1, 0, 1, 0, 0 },
	{ S("abc"), S("bc"), -1, 0, 0, 1, 1 },
	{ S("abc"), S("BC"), 1, 0, 0, 0, 1 },
	{ S("ab"), S("abc"), -1, 0, 0, 0, 0 },
	{ S("a\0b"), S("a\0c"), -1, 0, 0, 0, 0 },
	{ S("\xc4"), S("\xe4"), -1, 0, 0, 0, 0 },
	{ S("\x7f"), S("\x80"), -1, 0, 0, 0, 0 },
	{ S("["), S("{"), -1, 0, 0, 0, 0 },
	{ S("@"), S("`"), -1, 0, 0, 0, 0 },
};

static int
sign(int n)
{
	return (n > 0) - (n < 0);
}

START_TEST(comparing)
{
	const struct compare *c = &compares[_i];

	ck_assert_int_eq(sign(slice_cmp(c->a, c->b)), c->order);
	ck_assert_int_eq(sign(slice_cmp(c->b, c->a)), -c->order);
	ck_assert_int_eq(slice_eq(c->a, c->b), c->order == 0);
	ck_assert_int_eq(slice_caseeq(c->a, c->b), c->case_equal);
	ck_assert_int_eq(slice_starts(c->a, c->b), c->starts);
	ck_assert_int_eq(slice_ends(c->a, c->b), c->ends);
	ck_assert_int_eq(slice_caseends(c->a, c->b), c->case_ends);
}
END_TEST

START_TEST(strings)
{
	ck_assert_uint_eq(slice_of(NULL).n, 0);
	ck_assert_uint_eq(slice_of("abc").n, 3);
	ck_assert(slice_eq_str(SLICE("abc"), "abc"));
	ck_assert(!slice_eq_str(SLICE("abc"), "abcd"));
	ck_assert(slice_eq_str(SLICE_EMPTY, NULL));
	ck_assert(slice_caseeq_str(SLICE("aBc"), "AbC"));
	ck_assert(!slice_caseeq_str(SLICE("abc"), "ab"));
}
END_TEST

struct find {
	struct slice s;
	char c;
	size_t first, last;
};

static const struct find finds[] = {
	{ NONE, 'a', 0, 0 },
	{ S("abcabc"), 'a', 0, 3 },
	{ S("abcabc"), 'c', 2, 5 },
	{ S("abcabc"), 'd', 6, 6 },
	{ S("a\0b\0"), '\0', 1, 3 },
};

START_TEST(finding_a_byte)
{
	const struct find *f = &finds[_i];

	ck_assert_uint_eq(slice_find(f->s, f->c), f->first);
	ck_assert_uint_eq(slice_rfind(f->s, f->c), f->last);
}
END_TEST

struct needle {
	struct slice s, needle;
	size_t at;
};

static const struct needle needles[] = {
	{ S("abcabd"), S("abd"), 3 },
	{ S("abc"), S("abcd"), 3 },
	{ S("abc"), S(""), 0 },
	{ NONE, S("a"), 0 },
	{ NONE, NONE, 0 },
	{ S("a\r\n\r\nb"), S("\r\n\r\n"), 1 },
};

START_TEST(searching)
{
	const struct needle *n = &needles[_i];

	ck_assert_uint_eq(slice_search(n->s, n->needle), n->at);
}
END_TEST

START_TEST(cutting)
{
	struct slice s = SLICE("abcdef");

	ck_assert(slice_eq_str(slice_sub(s, 1, 2), "bc"));
	ck_assert(slice_eq_str(slice_sub(s, 4, 99), "ef"));
	ck_assert(slice_eq_str(slice_sub(s, 99, 1), ""));
	ck_assert(slice_eq_str(slice_sub(s, 1, SIZE_MAX), "bcdef"));
	ck_assert(slice_eq_str(slice_from_idx(s, 6), ""));
	ck_assert(slice_eq_str(slice_from_idx(s, 7), ""));
	ck_assert_ptr_null(slice_sub(SLICE_EMPTY, 3, 3).p);
}
END_TEST

static const struct {
	struct slice s;
	const char *trimmed;
} trims[] = {
	{ NONE, "" },
	{ S(" \t "), "" },
	{ S("a"), "a" },
	{ S(" \ta b\t "), "a b" },
	{ S("\r\na"), "\r\na" },
};

START_TEST(trimming)
{
	ck_assert(slice_eq_str(slice_trim(trims[_i].s), trims[_i].trimmed));
}
END_TEST

static const struct {
	struct slice s;
	size_t count;
	const char *parts[4];
} splits[] = {
	{ NONE, 0, { NULL } },
	{ S(""), 1, { "" } },
	{ S("a"), 1, { "a" } },
	{ S("a,,b"), 3, { "a", "", "b" } },
	{ S("a,"), 2, { "a", "" } },
	{ S(",a"), 2, { "", "a" } },
	{ S(",,"), 3, { "", "", "" } },
};

START_TEST(splitting)
{
	struct slice rest = splits[_i].s;
	struct slice part;
	size_t count = 0;

	while (slice_split(&rest, ',', &part)) {
		ck_assert_uint_lt(count, splits[_i].count);
		ck_assert(slice_eq_str(part, splits[_i].parts[count]));
		count++;
	}
	ck_assert_uint_eq(count, splits[_i].count);
}
END_TEST

static const struct {
	struct slice s;
	uint64_t max;
	int rc;
	uint64_t value;
} numbers[] = {
	{ S("0"), 0, 0, 0 },
	{ S("007"), 7, 0, 7 },
	{ S("65535"), 65535, 0, 65535 },
	{ S("65536"), 65535, -1, 0 },
	{ S("18446744073709551615"), UINT64_MAX, 0, UINT64_MAX },
	{ S("18446744073709551616"), UINT64_MAX, -1, 0 },
	{ S("99999999999999999999999"), UINT64_MAX, -1, 0 },
	{ NONE, 9, -1, 0 },
	{ S("+1"), 9, -1, 0 },
	{ S("-1"), 9, -1, 0 },
	{ S(" 1"), 9, -1, 0 },
	{ S("1 "), 9, -1, 0 },
	{ S("0x1"), 9, -1, 0 },
	{ S("1\0"), 9, -1, 0 },
	{ S("\xd9\xa1"), 9, -1, 0 },
};

START_TEST(reading_numbers)
{
	uint64_t out = 77;

	ck_assert_int_eq(
	    slice_to_u64(numbers[_i].s, numbers[_i].max, &out), numbers[_i].rc);
	ck_assert_uint_eq(out, numbers[_i].rc ? 77 : numbers[_i].value);
}
END_TEST

START_TEST(hex_digits)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";

	for (int c = -128; c < 128; c++) {
		const char *at = c ? strchr(digits, c) : NULL;

		ck_assert_int_eq(slice_hex_digit((char)c),
		    at ? (int)((at - digits) % 16) : -1);
	}
}
END_TEST

START_TEST(copying_and_hashing)
{
	char *copy = slice_dup(SLICE("a\0b"));

	ck_assert_mem_eq(copy, "a\0b", 4);
	free(copy);
	ck_assert_uint_eq(
	    slice_hash(SLICE("abc"), 1), slice_hash(slice_of("abc"), 1));
	ck_assert_uint_ne(
	    slice_hash(SLICE("abc"), 1), slice_hash(SLICE("abc"), 2));
	ck_assert_uint_eq(slice_hash(SLICE_EMPTY, 1), slice_hash(SLICE(""), 1));
}
END_TEST

Suite *
suite_slice(void)
{
	Suite *suite = suite_create("slice");
	TCase *tcase = tcase_create("slice");

	tcase_add_loop_test(tcase, comparing, 0, COUNT(compares));
	tcase_add_test(tcase, strings);
	tcase_add_loop_test(tcase, finding_a_byte, 0, COUNT(finds));
	tcase_add_loop_test(tcase, searching, 0, COUNT(needles));
	tcase_add_test(tcase, cutting);
	tcase_add_loop_test(tcase, trimming, 0, COUNT(trims));
	tcase_add_loop_test(tcase, splitting, 0, COUNT(splits));
	tcase_add_loop_test(tcase, reading_numbers, 0, COUNT(numbers));
	tcase_add_test(tcase, hex_digits);
	tcase_add_test(tcase, copying_and_hashing);
	suite_add_tcase(suite, tcase);
	return suite;
}
