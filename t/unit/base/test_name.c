/*
 * name: one form for every spelling of a host, or a refusal in words.
 */
#include <stdio.h>
#include <string.h>

#include "suites.h"

#include "base/name.h"

#define S(text)                                                                \
	{                                                                      \
		text, sizeof(text) - 1                                         \
	}

/* 63 and 64 letters */
#define L63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define L61 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define L253 L63 "." L63 "." L63 "." L61

static const struct {
	struct slice s;
	const char *name;
} names[] = {
	{ S("example.com"), "example.com" },
	{ S("Example.COM."), "example.com" },
	{ S("localhost"), "localhost" },
	{ S("_dmarc.Example.com"), "_dmarc.example.com" },
	{ S("a--b.-c-.example"), "a--b.-c-.example" },
	{ S("1.example"), "1.example" },
	{ S("1.2.3.4.example"), "1.2.3.4.example" },
	{ S("4a"), "4a" },
	{ S("0xg"), "0xg" },
	{ S("x0"), "x0" },
	{ S("xn--bcher-kva.example"), "xn--bcher-kva.example" },
	{ S("b\xc3\xbc"
	    "cher.example"),
	    "xn--bcher-kva.example" },
	{ S("B\xc3\x9c"
	    "CHER.example"),
	    "xn--bcher-kva.example" },
	/* u and a combining diaeresis */
	{ S("bu\xcc\x88"
	    "cher.example"),
	    "xn--bcher-kva.example" },
	/* non-transitional: sharp s stays itself */
	{ S("fa\xc3\x9f.example"), "xn--fa-hia.example" },
	/* full-width letters, ideographic full stop */
	{ S("\xef\xbd\x85xample\xe3\x80\x82"
	    "com"),
	    "example.com" },
	/* soft hyphens are nothing */
	{ S("exam\xc2\xadple.com"), "example.com" },
	{ S("\xe4\xbe\x8b\xe3\x81\x88.\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88"),
	    "xn--r8jz45g.xn--zckzah" },
	{ S(L63 ".example"), L63 ".example" },
	{ S(L253), L253 },
	{ S(L253 "."), L253 },
};

START_TEST(spellings_of_names)
{
	struct host host, again;
	const char *wrong = host_parse(names[_i].s, &host);

	ck_assert_msg(!wrong, "%s: %s", names[_i].name, wrong);
	ck_assert(!host.is_addr);
	ck_assert_str_eq(host.name, names[_i].name);
	ck_assert_uint_eq(host.len, strlen(host.name));
	ck_assert_ptr_null(host_parse(host_slice(&host), &again));
	ck_assert(host_eq(&host, &again));
}
END_TEST

static const struct {
	struct slice s;
	const char *text;
} addresses[] = {
	{ S("127.0.0.1"), "127.0.0.1" },
	{ S("127.0.0.1."), "127.0.0.1" },
	{ S("127.1"), "127.0.0.1" },
	{ S("0x7f.1"), "127.0.0.1" },
	{ S("0X7F.0x1"), "127.0.0.1" },
	{ S("2130706433"), "127.0.0.1" },
	{ S("017700000001"), "127.0.0.1" },
	{ S("0"), "0.0.0.0" },
	{ S("[::1]"), "::1" },
	{ S("::1"), "::1" },
	{ S("[2001:DB8:0:0::1]"), "2001:db8::1" },
	{ S("[::ffff:127.0.0.1]"), "127.0.0.1" },
	/* full-width digits, ideographic full stops */
	{ S("\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1"), "127.0.0.1" },
	{ S("127\xe3\x80\x82"
	    "0\xe3\x80\x82"
	    "0\xe3\x80\x82"
	    "1"),
	    "127.0.0.1" },
	{ S("0\xef\xbd\x98"
	    "7f.1"),
	    "127.0.0.1" },
};

START_TEST(spellings_of_addresses)
{
	struct host host;
	const char *wrong = host_parse(addresses[_i].s, &host);

	ck_assert_msg(!wrong, "%s: %s", addresses[_i].text, wrong);
	ck_assert(host.is_addr);
	ck_assert_uint_eq(host.addr.port, 0);
	ck_assert_str_eq(host.name, addresses[_i].text);
	ck_assert_uint_eq(host.len, strlen(host.name));
}
END_TEST

static const struct {
	struct slice s;
	const char *wrong;
} refused[] = {
	{ { NULL, 0 }, "host name is empty" },
	{ S("."), "host name is empty" },
	{ S(".."), "host name has an empty label" },
	{ S("a..b"), "host name has an empty label" },
	{ S(".a"), "host name has an empty label" },
	{ S("a.."), "host name has an empty label" },
	{ S(L63 "a.example"), "host name has a label of more than 63 bytes" },
	{ S(L253 "a"), "host name is longer than 253 bytes" },
	{ S("a b"), "host name has a character that is not allowed" },
	{ S("a%41"), "host name has a character that is not allowed" },
	{ S("a/b"), "host name has a character that is not allowed" },
	{ S("user@a"), "host name has a character that is not allowed" },
	{ S("a\0b"), "host name has a character that is not allowed" },
	{ S("a\n"), "host name has a character that is not allowed" },
	{ S("*.example"), "host name has a character that is not allowed" },
	{ S("a:443"), "not an IPv6 address" },
	{ S("[::1"), "not an IPv6 address" },
	{ S("[]"), "not an IPv6 address" },
	{ S("[1.2.3.4]"), "not an IPv6 address" },
	{ S("[example.com]"), "not an IPv6 address" },
	{ S("fe80::1%eth0"), "not an IPv6 address" },
	{ S("1.2.3.256"), "host name ends in a number but is no address" },
	{ S("1.2.3.4.5"), "host name ends in a number but is no address" },
	{ S("example.1"), "host name ends in a number but is no address" },
	{ S("example.0x1f"), "host name ends in a number but is no address" },
	{ S("1.2.3.08"), "host name ends in a number but is no address" },
	{ S("0x"), "host name ends in a number but is no address" },
	{ S("4294967296"), "host name ends in a number but is no address" },
	{ S("\xff.example"), "host name is not UTF-8" },
	{ S("\xc3\xbc\0"), "host name is not UTF-8" },
	/* a right-to-left mark, and a letter of each direction */
	{ S("\xd7\x90z.example"),
	    "host name is not a valid international name" },
	/* full-width slash */
	{ S("a\xef\xbc\x8f"
	    "b"),
	    NULL },
	/* full-width colon */
	{ S("a\xef\xbc\x9a"
	    "80"),
	    NULL },
};

START_TEST(refusals)
{
	struct host host = { .len = 77 };
	const char *wrong = host_parse(refused[_i].s, &host);

	ck_assert_ptr_nonnull(wrong);
	if (refused[_i].wrong)
		ck_assert_str_eq(wrong, refused[_i].wrong);
	ck_assert_uint_eq(host.len, 77);
}
END_TEST

/* 57 times u with a diaeresis make a label of 63 bytes, 58 one of 64. */
START_TEST(very_long_unicode)
{
	char text[4096];
	struct host host;

	for (size_t i = 0; i < sizeof(text); i += 2)
		memcpy(text + i, "\xc3\xbc", 2);
	for (size_t n = 2; n <= sizeof(text); n += 2)
		ck_assert_int_eq(
		    host_parse(slice_from(text, n), &host) == NULL, n <= 114);
}
END_TEST

static const struct {
	struct slice a, b;
	int equal;
} equals[] = {
	{ S("a.example"), S("A.EXAMPLE."), 1 },
	{ S("a.example"), S("b.example"), 0 },
	{ S("127.0.0.1"), S("0x7f.1"), 1 },
	{ S("127.0.0.1"), S("[::ffff:7f00:1]"), 1 },
	{ S("127.0.0.1"), S("127.0.0.2"), 0 },
	{ S("127.0.0.1"), S("localhost"), 0 },
};

START_TEST(equality)
{
	struct host a, b;

	ck_assert_ptr_null(host_parse(equals[_i].a, &a));
	ck_assert_ptr_null(host_parse(equals[_i].b, &b));
	ck_assert_int_eq(host_eq(&a, &b), equals[_i].equal);
	ck_assert_int_eq(host_eq(&b, &a), equals[_i].equal);
}
END_TEST

static const struct {
	struct slice pattern, name;
	int matches;
} matches[] = {
	{ S("example.com"), S("example.com"), 1 },
	{ S("Example.COM."), S("example.com"), 1 },
	{ S("example.com"), S("www.example.com"), 0 },
	{ S("*.example.com"), S("www.example.com"), 1 },
	{ S("*.example.com"), S("a.b.example.com"), 1 },
	{ S("*.example.com"), S("example.com"), 0 },
	{ S("*.example.com"), S(".example.com"), 0 },
	{ S("*.example.com"), S("badexample.com"), 0 },
	{ S("*.example.com"), S("com"), 0 },
	{ S("*.com"), S("example.com"), 1 },
	{ S("*.b\xc3\xbc"
	    "cher.example"),
	    S("a.xn--bcher-kva.example"), 1 },
	{ S("example.com"), { NULL, 0 }, 0 },
	{ S("*.example.com"), { NULL, 0 }, 0 },
};

START_TEST(patterns)
{
	struct name_pattern pattern;

	ck_assert_ptr_null(pattern_parse(matches[_i].pattern, &pattern));
	ck_assert_int_eq(
	    pattern_matches(&pattern, matches[_i].name), matches[_i].matches);
}
END_TEST

static const struct slice bad_patterns[] = {
	{ NULL, 0 },
	S("*"),
	S("*."),
	S("**.example"),
	S("a.*.example"),
	S("*example"),
	S("*.*.example"),
	S("*.1.2.3.4"),
	S("127.0.0.1"),
	S("::1"),
	S("*.[::1]"),
	S("*.."),
	S("a b"),
};

START_TEST(pattern_refusals)
{
	struct name_pattern pattern = { .len = 77 };

	ck_assert_ptr_nonnull(pattern_parse(bad_patterns[_i], &pattern));
	ck_assert_uint_eq(pattern.len, 77);
}
END_TEST

static const struct {
	const char *name, *host;
	int covers; /* -1: the name is refused */
} cert_names[] = {
	{ "a.example", "A.example.", 1 },
	{ "a.example", "b.a.example", 0 },
	{ "*.a.example", "b.a.example", 1 },
	{ "*.A.Example.", "b.a.example", 1 },
	{ "*.a.example", "a.example", 0 },
	{ "*.a.example", "c.b.a.example", 0 },
	{ "*.a.example", "ba.example", 0 },
	{ "192.0.2.1", "0xc0000201", 1 },
	{ "192.0.2.1", "192.0.2.2", 0 },
	{ "2001:db8::1", "[2001:DB8:0::1]", 1 },
	{ "*.example", "a.example", -1 },
	{ "*.192.0.2.1", "a.example", -1 },
	{ "*.", "a.example", -1 },
	{ "*", "a.example", -1 },
	{ "*a.b.example", "a.b.example", -1 },
	{ "*.*.a.example", "a.example", -1 },
	{ "", "a.example", -1 },
};

START_TEST(names_of_certificates)
{
	struct host name, host;
	const char *why = cert_name_parse(slice_of(cert_names[_i].name), &name);

	ck_assert_int_eq(why != NULL, cert_names[_i].covers < 0);
	ck_assert_ptr_null(host_parse(slice_of(cert_names[_i].host), &host));
	if (!why)
		ck_assert_int_eq(
		    cert_name_covers(&name, &host), cert_names[_i].covers);
}
END_TEST

/* "*." counts: 253 bytes and no more. */
START_TEST(long_names_of_certificates)
{
	char text[NAME_SIZE + 8];
	struct host host;
	size_t n = NAME_MAX_LEN - 1 + (size_t)_i;

	memset(text, 'a', sizeof(text));
	text[0] = '*';
	for (size_t i = 1; i < n - 1; i += 50)
		text[i] = '.';
	ck_assert_int_eq(cert_name_parse(slice_from(text, n), &host) == NULL,
	    n <= NAME_MAX_LEN);
}
END_TEST

Suite *
suite_name(void)
{
	Suite *suite = suite_create("name");
	TCase *tcase = tcase_create("name");

	tcase_add_loop_test(tcase, spellings_of_names, 0, COUNT(names));
	tcase_add_loop_test(tcase, spellings_of_addresses, 0, COUNT(addresses));
	tcase_add_loop_test(tcase, refusals, 0, COUNT(refused));
	tcase_add_test(tcase, very_long_unicode);
	tcase_add_loop_test(tcase, equality, 0, COUNT(equals));
	tcase_add_loop_test(tcase, patterns, 0, COUNT(matches));
	tcase_add_loop_test(tcase, pattern_refusals, 0, COUNT(bad_patterns));
	tcase_add_loop_test(tcase, names_of_certificates, 0, COUNT(cert_names));
	tcase_add_loop_test(tcase, long_names_of_certificates, 0, 3);
	suite_add_tcase(suite, tcase);
	return suite;
}
