/*
 * charset: other codings of characters, made UTF-8.
 */
#include "suites.h"

#include "credential/charset.h"

static const struct {
	const char *name;
	struct slice in;
	struct slice out; /* empty: not valid in it */
} conversions[] = {
	{ "ISO-8859-1", SLICE("Gr\xfc\xdf"), SLICE("Gr\xc3\xbc\xc3\x9f") },
	{ "windows-1252", SLICE("\x80"), SLICE("\xe2\x82\xac") },
	{ "windows-1252", SLICE("\x81"), SLICE("") },
	{ "Windows-1251", SLICE("\xcf\xe0"), SLICE("\xd0\x9f\xd0\xb0") },
	{ "koi8-r", SLICE("\xf0"), SLICE("\xd0\x9f") },
	{ "shift_jis", SLICE("\x93\x8c\x8b\x9e"),
	    SLICE("\xe6\x9d\xb1\xe4\xba\xac") },
	{ "gbk", SLICE("\xb6\xab"), SLICE("\xe4\xb8\x9c") },
	{ "big5", SLICE("\xa4\xa4"), SLICE("\xe4\xb8\xad") },
	{ "euc-kr", SLICE("\xb0\xa1"), SLICE("\xea\xb0\x80") },
	{ "utf-16le", SLICE("a\0\xac\x20"), SLICE("a\xe2\x82\xac") },
	{ "utf-16be", SLICE("\0a\x20\xac"), SLICE("a\xe2\x82\xac") },
	{ "utf-16le", SLICE("\x3d\xd8\x11\xdd"), SLICE("\xf0\x9f\x94\x91") },
	{ "utf-16le", SLICE("\x3d\xd8"), SLICE("") },
	{ "utf-16le", SLICE("a"), SLICE("") },
	{ "shift_jis", SLICE("\x93"), SLICE("") },
	{ "utf-8", SLICE("x"), SLICE("") },
	{ "x-user-defined", SLICE("x"), SLICE("") },
};

START_TEST(converting)
{
	struct charsets *set = charsets_new();
	struct slice in = conversions[_i].in;
	char out[64];
	size_t n;

	n = charset_convert(set,
	    charset_of_name(slice_of(conversions[_i].name)), in, out, in.n * 3);
	ck_assert(slice_eq(slice_from(out, n), conversions[_i].out));
	charsets_free(set);
}
END_TEST

START_TEST(room_is_kept)
{
	struct charsets *set = charsets_new();
	char out[4] = { 0, 0, 0, 'x' };

	ck_assert_uint_eq(
	    charset_convert(set, CHARSET_CP1252, SLICE("\xfc\xfc"), out, 3), 0);
	ck_assert_int_eq(out[3], 'x');
	/* and the converter is usable after that */
	ck_assert_uint_eq(
	    charset_convert(set, CHARSET_CP1252, SLICE("\xfc"), out, 3), 2);
	charsets_free(set);
	charsets_free(NULL);
}
END_TEST

Suite *
suite_charset(void)
{
	Suite *suite = suite_create("charset");
	TCase *tcase = tcase_create("charset");

	tcase_add_loop_test(tcase, converting, 0, (int)COUNT(conversions));
	tcase_add_test(tcase, room_is_kept);
	suite_add_tcase(suite, tcase);
	return suite;
}
