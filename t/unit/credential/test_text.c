/*
 * text: what bytes look like.
 */
#include <string.h>

#include "suites.h"

#include "credential/text.h"

static const struct {
	struct slice s;
	unsigned has, hasnt;
} masks[] = {
	{ SLICE(""), 0, ~0u },
	{ SLICE("abc"), HAS_LETTER, HAS_NON64 | HAS_DIGIT },
	{ SLICE("12ab"), HAS_DIGIT | HAS_LETTER, HAS_NONHEX },
	{ SLICE("g"), HAS_NONHEX, HAS_NON64 },
	{ SLICE("a b"), HAS_BLANK | HAS_NON64, HAS_LINE },
	{ SLICE("a\nb"), HAS_LINE | HAS_NONHEX, HAS_NON64 | HAS_CONTROL },
	{ SLICE("a\0b"), HAS_NUL | HAS_CONTROL, HAS_HIGH },
	{ SLICE("\x7f"), HAS_CONTROL, HAS_NUL },
	{ SLICE("\x80"), HAS_HIGH, HAS_CONTROL },
	{ SLICE("\"'<&=%+\\:{|;/"),
	    HAS_QUOTE | HAS_TICK | HAS_ANGLE | HAS_AMP | HAS_EQUALS |
		HAS_PERCENT | HAS_PLUS | HAS_BACKSLASH | HAS_COLON |
		HAS_BRACKET | HAS_PIPE | HAS_SEMICOLON | HAS_SLASH,
	    HAS_LETTER | HAS_CONTROL },
};

START_TEST(mask)
{
	unsigned got = text_mask(masks[_i].s);

	ck_assert_uint_eq(got & masks[_i].has, masks[_i].has);
	ck_assert_uint_eq(got & masks[_i].hasnt, 0);
}
END_TEST

static const struct {
	struct slice in, out; /* out empty: refused */
} surrogates[] = {
	{ SLICE("abc"), SLICE("abc") },
	{ SLICE("\xed\xa0\xbd\xed\xb4\x91"), SLICE("\xf0\x9f\x94\x91") },
	{ SLICE("a\xc0\x80z"), SLICE("az") },
	{ SLICE("\xed\xa0\xbd"), SLICE("") },
	{ SLICE("\xed\xb4\x91\xed\xa0\xbd"), SLICE("") },
	{ SLICE("\xed\xa0\xbd\xed"), SLICE("") },
	{ SLICE("\xff"), SLICE("") },
};

START_TEST(joining_surrogates)
{
	char out[64];
	size_t n = text_join_surrogates(surrogates[_i].in, out);

	ck_assert(slice_eq(slice_from(out, n), surrogates[_i].out));
}
END_TEST

START_TEST(characters)
{
	char out[4];

	ck_assert_uint_eq(text_chars(SLICE("a\xc3\xa4\xe2\x82\xac")), 3);
	ck_assert(text_is_utf8(SLICE("\xf0\x9f\x94\x91")));
	ck_assert(!text_is_utf8(SLICE("\xc0\x80")));
	ck_assert(!text_is_utf8(SLICE("\xed\xa0\x80")));
	ck_assert_uint_eq(text_put(out, 0x20ac), 3);
	ck_assert_uint_eq(text_put(out, 0xd800), 0);
	ck_assert_uint_eq(text_put(out, 0x110000), 0);
	ck_assert(slice_eq_str(text_trim(SLICE(" \r\na b\t\n")), "a b"));
	ck_assert_uint_eq(text_trim(SLICE(" \n ")).n, 0);
}
END_TEST

Suite *
suite_text(void)
{
	Suite *suite = suite_create("text");
	TCase *tcase = tcase_create("text");

	tcase_add_loop_test(tcase, mask, 0, (int)COUNT(masks));
	tcase_add_loop_test(
	    tcase, joining_surrogates, 0, (int)COUNT(surrogates));
	tcase_add_test(tcase, characters);
	suite_add_tcase(suite, tcase);
	return suite;
}
