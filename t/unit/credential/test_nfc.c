/*
 * nfc: what is composed, what stays, and what does not fit.
 */
#include "suites.h"

#include "credential/nfc.h"

static const struct {
	const char *text;
	size_t cap;
	const char *want; /* NULL: nothing */
} rows[] = {
	{ "plain", 5, "plain" },
	{ "plain", 4, NULL },
	{ "", 5, NULL },
	{ "u\xcc\x88x", 3, "\xc3\xbcx" },
	{ "\xc3\xbcx", 3, "\xc3\xbcx" },
	{ "\xc3\xbcx", 2, NULL },
	{ "\xe2\x84\xab", 2, "\xc3\x85" }, /* the sign of Angstrom */
	{ "a\xff", 5, NULL },
	{ "\xed\x95\x9c", 3, "\xed\x95\x9c" },
	{ "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", 9, "\xed\x95\x9c" },
};

START_TEST(writing)
{
	char out[16];
	size_t n = nfc_write(slice_of(rows[_i].text), out, rows[_i].cap);

	if (rows[_i].want == NULL)
		ck_assert_int_eq(n, 0);
	else
		ck_assert(slice_eq_str(slice_from(out, n), rows[_i].want));
}
END_TEST

Suite *
suite_nfc(void)
{
	Suite *suite = suite_create("nfc");
	TCase *tcase = tcase_create("nfc");

	tcase_add_loop_test(tcase, writing, 0, (int)COUNT(rows));
	suite_add_tcase(suite, tcase);
	return suite;
}
