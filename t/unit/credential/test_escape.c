/*
 * escape: characters written as other characters.
 */
#include "suites.h"

#include "credential/escape.h"

enum how {
	PERCENT,
	PLUS,
	BACKSLASH,
	ENTITY,
	BASE64,
	HEX,
	CODES,
	CODES_HEX,
	QP,
};

static const struct {
	enum how how;
	struct slice in, out;
} rows[] = {
	{ PERCENT, SLICE("a%26b%3dc"), SLICE("a&b=c") },
	{ PERCENT, SLICE("a+b"), SLICE("a+b") },
	{ PLUS, SLICE("a+b%2B"), SLICE("a b+") },
	{ PERCENT, SLICE("100%"), SLICE("100%") },
	{ PERCENT, SLICE("100%4"), SLICE("100%4") },
	{ PERCENT, SLICE("%zz%41"), SLICE("%zzA") },
	{ PERCENT, SLICE("%u20ac%u00e4"), SLICE("\xe2\x82\xac\xc3\xa4") },
	{ PERCENT, SLICE("%uD83D%uDD11"), SLICE("\xf0\x9f\x94\x91") },
	{ PERCENT, SLICE("%uD83D"), SLICE("%uD83D") },
	{ PERCENT, SLICE("%u12"), SLICE("%u12") },
	{ PERCENT, SLICE(""), SLICE("") },
	{ BACKSLASH, SLICE("a\\\"b\\\\c\\/"), SLICE("a\"b\\c/") },
	{ BACKSLASH, SLICE("\\u0041\\u20AC"), SLICE("A\xe2\x82\xac") },
	{ BACKSLASH, SLICE("\\ud83d\\udd11"), SLICE("\xf0\x9f\x94\x91") },
	{ BACKSLASH, SLICE("\\ud83d"), SLICE("ud83d") },
	{ BACKSLASH, SLICE("\\x41\\n\\t"), SLICE("A\n\t") },
	{ BACKSLASH, SLICE("a\\"), SLICE("a\\") },
	{ ENTITY, SLICE("a&amp;b&#60;c&#x3e;"), SLICE("a&b<c>") },
	{ ENTITY, SLICE("&#1055;"), SLICE("\xd0\x9f") },
	{ ENTITY, SLICE("&bogus;&#;&#x;&#1114112;&"),
	    SLICE("&bogus;&#;&#x;&#1114112;&") },
	{ ENTITY, SLICE("&#0;"), SLICE("&#0;") },
	{ BASE64, SLICE("U3VtbWVy"), SLICE("Summer") },
	{ BASE64, SLICE("U3VtbWVyMg=="), SLICE("Summer2") },
	{ BASE64, SLICE("U3VtbWVyMg"), SLICE("Summer2") },
	{ BASE64, SLICE("U3Vt\r\nbWVy"), SLICE("Summer") },
	{ BASE64, SLICE("_-8"), SLICE("\xff\xef") },
	{ BASE64, SLICE("/+8="), SLICE("\xff\xef") },
	{ BASE64, SLICE("QQ==Qg=="), SLICE("AB") },
	{ BASE64, SLICE("U3Vtb"), SLICE("") },
	{ BASE64, SLICE("a:b"), SLICE("") },
	{ HEX, SLICE("53756d6D6572"), SLICE("Summer") },
	{ HEX, SLICE("537"), SLICE("") },
	{ HEX, SLICE("5g"), SLICE("") },
	{ CODES, SLICE("[83, 117,8364]"), SLICE("Su\xe2\x82\xac") },
	{ CODES, SLICE("83,q"), SLICE("") },
	{ CODES, SLICE("55296"), SLICE("") },
	{ CODES, SLICE("99999999"), SLICE("") },
	{ CODES_HEX, SLICE("53:7:6d"), SLICE("S\x07m") },
	{ CODES_HEX, SLICE("\\x53\\x75"), SLICE("Su") },
	{ CODES_HEX, SLICE("53756d"), SLICE("") },
	{ QP, SLICE("a=3Db=\r\nc=\nd=Z"), SLICE("a=bcd=Z") },
};

static struct slice
undo(struct scan *scan, enum how how, struct slice in)
{
	switch (how) {
	case PERCENT:
		return escape_percent(scan, in, ESCAPE_PERCENT);
	case PLUS:
		return escape_percent(scan, in, ESCAPE_PLUS);
	case BACKSLASH:
		return escape_backslash(scan, in);
	case ENTITY:
		return escape_entity(scan, in);
	case BASE64:
		return escape_base64(scan, in);
	case HEX:
		return escape_hex(scan, in);
	case CODES:
	case CODES_HEX:
		return escape_codes(scan, in, how == CODES_HEX);
	case QP:
		return escape_quoted_printable(scan, in);
	}
	return SLICE_EMPTY;
}

START_TEST(undoing)
{
	struct scan *scan = scan_new(&CREDENTIAL_LIMITS_DEFAULT);
	struct slice got = undo(scan, rows[_i].how, rows[_i].in);

	ck_assert_msg(slice_eq(got, rows[_i].out), "%.*s", SLICE_ARG(got));
	scan_free(scan);
}
END_TEST

START_TEST(no_room)
{
	struct credential_limits limits = CREDENTIAL_LIMITS_DEFAULT;
	struct scan *scan;

	limits.pool = 4;
	scan = scan_new(&limits);
	/* as it was, and said so */
	ck_assert(slice_eq_str(
	    escape_percent(scan, SLICE("%41%42"), ESCAPE_PLUS), "%41%42"));
	ck_assert_uint_eq(escape_base64(scan, SLICE("U3VtbWVy")).n, 0);
	ck_assert_uint_eq(scan_cuts(scan), SCAN_CUT_MEMORY);
	scan_free(scan);
}
END_TEST

Suite *
suite_escape(void)
{
	Suite *suite = suite_create("escape");
	TCase *tcase = tcase_create("escape");

	tcase_add_loop_test(tcase, undoing, 0, (int)COUNT(rows));
	tcase_add_test(tcase, no_room);
	suite_add_tcase(suite, tcase);
	return suite;
}
