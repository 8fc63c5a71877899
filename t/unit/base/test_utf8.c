/*
 * utf8: every way of not being a character.
 */
#include <stdint.h>

#include "suites.h"

#include "base/utf8.h"

#define S(text)                                                                \
	{                                                                      \
		text, sizeof(text) - 1                                         \
	}

static const struct {
	struct slice s;
	size_t len;
	uint32_t c;
} chars[] = {
	{ { NULL, 0 }, 0, 0 },
	{ S("\0"), 1, 0 },
	{ S("a"), 1, 'a' },
	{ S("\x7f"), 1, 0x7f },
	{ S("\xc2\x80"), 2, 0x80 },
	{ S("\xdf\xbf"), 2, 0x7ff },
	{ S("\xe0\xa0\x80"), 3, 0x800 },
	{ S("\xed\x9f\xbf"), 3, 0xd7ff },
	{ S("\xee\x80\x80"), 3, 0xe000 },
	{ S("\xef\xbf\xbf"), 3, 0xffff },
	{ S("\xf0\x90\x80\x80"), 4, 0x10000 },
	{ S("\xf4\x8f\xbf\xbf"), 4, 0x10ffff },
	{ S("\xc3\xa4more"), 2, 0xe4 },
	/* overlong */
	{ S("\xc0\x80"), 0, 0 },
	{ S("\xc1\xbf"), 0, 0 },
	{ S("\xe0\x9f\xbf"), 0, 0 },
	{ S("\xf0\x8f\xbf\xbf"), 0, 0 },
	/* surrogates, too large */
	{ S("\xed\xa0\x80"), 0, 0 },
	{ S("\xed\xbf\xbf"), 0, 0 },
	{ S("\xf4\x90\x80\x80"), 0, 0 },
	{ S("\xf8\x88\x80\x80\x80"), 0, 0 },
	{ S("\xff"), 0, 0 },
	/* cut, or going on wrong */
	{ S("\x80"), 0, 0 },
	{ S("\xc3"), 0, 0 },
	{ S("\xe2\x82"), 0, 0 },
	{ S("\xf0\x9f\x98"), 0, 0 },
	{ S("\xc3\x28"), 0, 0 },
	{ S("\xe2\x28\xa1"), 0, 0 },
	{ S("\xe2\x82\xc0"), 0, 0 },
};

START_TEST(decoding)
{
	uint32_t c = 77;

	ck_assert_uint_eq(utf8_decode(chars[_i].s, &c), chars[_i].len);
	ck_assert_uint_eq(c, chars[_i].len ? chars[_i].c : 77);
}
END_TEST

START_TEST(validity)
{
	ck_assert(utf8_valid(SLICE_EMPTY));
	ck_assert(utf8_valid(SLICE("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80z")));
	ck_assert(!utf8_valid(SLICE("a\xc3")));
	ck_assert(!utf8_valid(SLICE("\xa4z")));
}
END_TEST

static const struct {
	uint32_t c;
	int is_control;
} controls[] = {
	{ 0, 1 },
	{ 0x1b, 1 },
	{ ' ', 0 },
	{ '~', 0 },
	{ 0x7f, 1 },
	{ 0x9b, 1 },
	{ 0xa0, 0 },
	{ 0xe4, 0 },
	{ 0x200d, 0 },
	{ 0x200e, 1 },
	{ 0x2028, 1 },
	{ 0x202e, 1 },
	{ 0x202f, 0 },
	{ 0x2066, 1 },
	{ 0x206a, 0 },
	{ 0x1f600, 0 },
};

START_TEST(control_characters)
{
	ck_assert_int_eq(
	    utf8_is_control(controls[_i].c), controls[_i].is_control);
}
END_TEST

static const struct {
	struct slice s;
	int is_plain;
} plain[] = {
	{ { "", 0 }, 0 },
	{ { "abcd", 4 }, 1 },
	{ { "abcde", 5 }, 0 },
	{ { "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4", 8 }, 1 },
	{ { "a\xc3", 2 }, 0 },
	{ { "a\0b", 3 }, 0 },
	{ { "a\n", 2 }, 0 },
	{ { "\xe2\x80\xae", 3 }, 0 },
};

START_TEST(plain_texts)
{
	ck_assert_int_eq(utf8_is_plain(plain[_i].s, 4), plain[_i].is_plain);
}
END_TEST

Suite *
suite_utf8(void)
{
	Suite *suite = suite_create("utf8");
	TCase *tcase = tcase_create("utf8");

	tcase_add_loop_test(tcase, decoding, 0, COUNT(chars));
	tcase_add_test(tcase, validity);
	tcase_add_loop_test(tcase, control_characters, 0, COUNT(controls));
	tcase_add_loop_test(tcase, plain_texts, 0, COUNT(plain));
	suite_add_tcase(suite, tcase);
	return suite;
}
