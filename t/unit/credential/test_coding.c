/*
 * coding: content codings, whole, cut, broken and exploding.
 */
#include <stdlib.h>
#include <string.h>

#include "suites.h"

#include "base/mem.h"
#include "credential/coding.h"
#include "encode.h"

static const struct {
	const char *name;
	enum coding coding;
} names[] = {
	{ "gzip", CODING_GZIP },
	{ "X-GZIP", CODING_GZIP },
	{ "deflate", CODING_DEFLATE },
	{ "br", CODING_BROTLI },
	{ "zstd", CODING_ZSTD },
	{ "identity", CODING_COUNT },
	{ "compress", CODING_COUNT },
	{ "", CODING_COUNT },
};

START_TEST(naming)
{
	ck_assert_int_eq(
	    coding_of_name(slice_of(names[_i].name)), names[_i].coding);
}
END_TEST

static const struct slice text = SLICE("user=jdoe&password=Summer2024%21");

static struct slice
packed(int i, enum coding *coding)
{
	switch (i) {
	case 0:
		*coding = CODING_GZIP;
		return encode_deflate(text, 31);
	case 1:
		*coding = CODING_DEFLATE;
		return encode_deflate(text, 15);
	case 2:
		*coding = CODING_DEFLATE;
		return encode_deflate(text, -15);
	case 3:
		*coding = CODING_BROTLI;
		return encode_brotli(text);
	case 4:
		*coding = CODING_ZSTD;
		return encode(ENCODE_ZSTD, text);
	default:
		/* a server that says gzip and sends zlib */
		*coding = CODING_GZIP;
		return encode_deflate(text, 15);
	}
}

START_TEST(round_trip)
{
	struct scan *scan = scan_new(&CREDENTIAL_LIMITS_DEFAULT);
	enum coding coding;
	struct slice in = packed(_i, &coding), out;
	bool whole;
	size_t n;

	out = coding_decode(scan, coding, in, &whole);
	ck_assert(whole);
	ck_assert(slice_eq(out, text));
	/* every shorter one gives a part, or nothing, and says so */
	for (n = 0; n < in.n; n++) {
		scan_clear(scan);
		out = coding_decode(scan, coding, slice_sub(in, 0, n), &whole);
		ck_assert(!whole || out.n == text.n);
		ck_assert_uint_le(out.n, text.n);
		ck_assert(slice_starts(text, out));
	}
	free((char *)(uintptr_t)in.p);
	scan_free(scan);
}
END_TEST

START_TEST(members)
{
	struct scan *scan = scan_new(&CREDENTIAL_LIMITS_DEFAULT);
	struct slice a = encode_deflate(SLICE("user=jdoe&"), 31);
	struct slice b = encode_deflate(SLICE("password=x"), 31), out;
	char *both = mem_alloc(a.n + b.n);
	bool whole;

	memcpy(both, a.p, a.n);
	memcpy(both + a.n, b.p, b.n);
	out = coding_decode(
	    scan, CODING_GZIP, slice_from(both, a.n + b.n), &whole);
	ck_assert(whole);
	ck_assert(slice_eq_str(out, "user=jdoe&password=x"));
	/* with anything behind its end it is not all that was sent */
	both[a.n] = 'x';
	out = coding_decode(
	    scan, CODING_GZIP, slice_from(both, a.n + 1), &whole);
	ck_assert(!whole);
	ck_assert(slice_eq_str(out, "user=jdoe&"));
	free((char *)(uintptr_t)a.p);
	free((char *)(uintptr_t)b.p);
	free(both);
	scan_free(scan);
}
END_TEST

static struct slice
bomb(int i, struct slice zeros, enum coding *coding)
{
	if (i == 0) {
		*coding = CODING_GZIP;
		return encode_deflate(zeros, 31);
	}
	*coding = CODING_ZSTD;
	return encode(ENCODE_ZSTD, zeros);
}

START_TEST(bombs)
{
	struct credential_limits limits = CREDENTIAL_LIMITS_DEFAULT;
	struct slice zeros = { mem_zalloc((size_t)16 << 20), (size_t)16 << 20 };
	struct slice in, out;
	enum coding coding;
	struct scan *scan;
	bool whole;

	limits.ratio = 8;
	scan = scan_new(&limits);
	in = bomb(_i, zeros, &coding);
	out = coding_decode(scan, coding, in, &whole);
	ck_assert(!whole);
	ck_assert_uint_eq(out.n, in.n * 8 + (64 << 10));
	ck_assert_uint_eq(scan_cuts(scan), SCAN_CUT_RATIO);
	free((char *)(uintptr_t)in.p);
	free((char *)(uintptr_t)zeros.p);
	scan_free(scan);
}
END_TEST

static const struct {
	struct slice s;
	enum coding coding;
} magics[] = {
	{ SLICE("\x1f\x8b\x08\0\0\0\0\0\0\x03"), CODING_GZIP },
	{ SLICE("\x1f\x8b\x08"), CODING_COUNT },
	{ SLICE("\x28\xb5\x2f\xfd\0\0\0\0"), CODING_ZSTD },
	{ SLICE("\x78\x9c\0\0\0\0\0\0"), CODING_DEFLATE },
	{ SLICE("\x78\x9d\0\0\0\0\0\0"), CODING_COUNT },
	{ SLICE(""), CODING_COUNT },
	{ SLICE("user=jdoe"), CODING_COUNT },
};

START_TEST(magic)
{
	ck_assert_int_eq(coding_of_magic(magics[_i].s), magics[_i].coding);
}
END_TEST

Suite *
suite_coding(void)
{
	Suite *suite = suite_create("coding");
	TCase *tcase = tcase_create("coding");

	tcase_add_loop_test(tcase, naming, 0, (int)COUNT(names));
	tcase_add_loop_test(tcase, round_trip, 0, 6);
	tcase_add_test(tcase, members);
	tcase_add_loop_test(tcase, bombs, 0, 2);
	tcase_add_loop_test(tcase, magic, 0, (int)COUNT(magics));
	suite_add_tcase(suite, tcase);
	return suite;
}
