/*
 * addr: every spelling, and the forms it goes out in.
 */
#include <arpa/inet.h>
#include <netinet/in.h>

#include <stdio.h>
#include <string.h>

#include "suites.h"

#include "base/addr.h"

static struct addr
parsed(const char *text)
{
	struct addr addr;

	ck_assert_msg(addr_parse(slice_of(text), &addr) == 0, "%s", text);
	return addr;
}

/* What is no text is refused by the strict (loose) reader. */
static const struct {
	const char *s, *strict, *loose;
} spellings[] = {
	{ "127.0.0.1", "127.0.0.1", "127.0.0.1" },
	{ "0.0.0.0", "0.0.0.0", "0.0.0.0" },
	{ "255.255.255.255", "255.255.255.255", "255.255.255.255" },
	/* parts: fewer than four, the last one takes the rest */
	{ "127.1", NULL, "127.0.0.1" },
	{ "127.0.1", NULL, "127.0.0.1" },
	{ "127.65535", NULL, "127.0.255.255" },
	{ "127.16777215", NULL, "127.255.255.255" },
	{ "127.16777216", NULL, NULL },
	{ "1.2.65535", NULL, "1.2.255.255" },
	{ "1.2.65536", NULL, NULL },
	{ "1.256.1", NULL, NULL },
	{ "256.1", NULL, NULL },
	{ "1.2.3.255", "1.2.3.255", "1.2.3.255" },
	{ "1.2.3.256", NULL, NULL },
	{ "2130706433", NULL, "127.0.0.1" },
	{ "0", NULL, "0.0.0.0" },
	{ "4294967295", NULL, "255.255.255.255" },
	{ "4294967296", NULL, NULL },
	{ "18446744073709551617", NULL, NULL },
	/* hexadecimal and octal */
	{ "0x7f.1", NULL, "127.0.0.1" },
	{ "0x7F000001", NULL, "127.0.0.1" },
	{ "0X7f.0X0.0x0.0x1", NULL, "127.0.0.1" },
	{ "0x00000000007f.1", NULL, "127.0.0.1" },
	{ "0x100000000", NULL, NULL },
	{ "0x7f.0x", NULL, NULL },
	{ "0x", NULL, NULL },
	{ "0xg", NULL, NULL },
	{ "017700000001", NULL, "127.0.0.1" },
	{ "0177.0.0.01", NULL, "127.0.0.1" },
	{ "0000000000000177.1", NULL, "127.0.0.1" },
	{ "010.8.8.8", NULL, "8.8.8.8" },
	{ "00", NULL, "0.0.0.0" },
	{ "08.8.8.8", NULL, NULL },
	{ "040000000000", NULL, NULL },
	{ "1.2.3.0377", NULL, "1.2.3.255" },
	{ "1.2.3.0400", NULL, NULL },
	/* no address at all */
	{ "", NULL, NULL },
	{ ".", NULL, NULL },
	{ "1.2.3.", NULL, NULL },
	{ ".1.2.3", NULL, NULL },
	{ "1..2", NULL, NULL },
	{ "1.2.3.4.", NULL, NULL },
	{ "1.2.3.4.5", NULL, NULL },
	{ "1.2.3.4 ", NULL, NULL },
	{ " 1.2.3.4", NULL, NULL },
	{ "1.2.3.4 x", NULL, NULL },
	{ "1.2.3.4/8", NULL, NULL },
	{ "+1.2.3.4", NULL, NULL },
	{ "-1", NULL, NULL },
	{ "1.2.3.4a", NULL, NULL },
	{ "[1.2.3.4]", NULL, NULL },
	{ "example.com", NULL, NULL },
	/* IPv6 */
	{ "::", "::", "::" },
	{ "::1", "::1", "::1" },
	{ "[::1]", "::1", "::1" },
	{ "2001:DB8::A", "2001:db8::a", "2001:db8::a" },
	{ "2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1",
	    "2001:db8::1" },
	{ "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1",
	    "2001:db8:0:1:1:1:1:1" },
	{ "2001:0:0:1:0:0:0:1", "2001:0:0:1::1", "2001:0:0:1::1" },
	{ "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1", "2001:db8::1:0:0:1" },
	{ "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0", "1:2:3:4:5:6:7:0" },
	{ "::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1" },
	{ "::ffff:c000:201", "192.0.2.1", "192.0.2.1" },
	{ "64:ff9b::192.0.2.1", "64:ff9b::c000:201", "64:ff9b::c000:201" },
	{ "::ffff:0x7f.1", NULL, NULL },
	{ "::ffff:127.1", NULL, NULL },
	{ "::ffff:127.0.0.01", NULL, NULL },
	{ ":", NULL, NULL },
	{ ":::", NULL, NULL },
	{ "1::2::3", NULL, NULL },
	{ "1:2:3:4:5:6:7", NULL, NULL },
	{ "1:2:3:4:5:6:7:8:9", NULL, NULL },
	{ "00001::", NULL, NULL },
	{ "g::", NULL, NULL },
	{ "::1]", NULL, NULL },
	{ "[::1", NULL, NULL },
	{ "[[::1]]", NULL, NULL },
	{ "[]", NULL, NULL },
	{ "[", NULL, NULL },
	{ "fe80::1%eth0", NULL, NULL },
	{ "fe80::1%25eth0", NULL, NULL },
	{ "0000:0000:0000:0000:0000:ffff:255.255.255.255", "255.255.255.255",
	    "255.255.255.255" },
	{ "0000:0000:0000:0000:0000:ffff:255.255.255.2555", NULL, NULL },
};

static void
check_spelling(const char *wanted, int rc, const struct addr *addr)
{
	char text[ADDR_TEXT_SIZE];

	ck_assert_int_eq(rc, wanted ? 0 : -1);
	if (!wanted) {
		ck_assert_uint_eq(addr->port, 77); /* untouched */
		return;
	}
	ck_assert_str_eq(addr_text(text, addr), wanted);
	ck_assert_uint_eq(addr->port, 0);
	ck_assert_uint_eq(addr->scope, 0);
}

START_TEST(spelling)
{
	struct addr strict = { .port = 77 }, loose = { .port = 77 };
	struct slice s = slice_of(spellings[_i].s);

	check_spelling(spellings[_i].strict, addr_parse(s, &strict), &strict);
	check_spelling(
	    spellings[_i].loose, addr_parse_loose(s, &loose), &loose);
}
END_TEST

START_TEST(bytes_behind_are_not_read)
{
	struct addr addr;

	ck_assert_int_eq(addr_parse(slice_from("1.2.3.45", 7), &addr), 0);
	ck_assert_uint_eq(addr.ip[15], 4);
	ck_assert_int_eq(addr_parse(SLICE("1.2.3.4\0"), &addr), -1);
	ck_assert_int_eq(addr_parse(SLICE("::1\0"), &addr), -1);
	ck_assert_int_eq(addr_parse_loose(SLICE("127.1\0"), &addr), -1);
	ck_assert_int_eq(addr_parse(SLICE_EMPTY, &addr), -1);
	ck_assert_int_eq(addr_parse_loose(SLICE_EMPTY, &addr), -1);
}
END_TEST

START_TEST(sockaddrs)
{
	static const struct {
		const char *text;
		sa_family_t family;
		socklen_t len;
	} rows[] = {
		{ "192.0.2.1", AF_INET, sizeof(struct sockaddr_in) },
		{ "::ffff:192.0.2.1", AF_INET, sizeof(struct sockaddr_in) },
		{ "fe80::1", AF_INET6, sizeof(struct sockaddr_in6) },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct addr addr = parsed(rows[i].text);
		struct addr back = { 0 };
		struct sockaddr_storage ss;

		addr.port = 443;
		addr.scope = rows[i].family == AF_INET6 ? 3 : 0;
		ck_assert_uint_eq(addr_to_sockaddr(&addr, &ss), rows[i].len);
		ck_assert_uint_eq(ss.ss_family, rows[i].family);
		ck_assert_int_eq(
		    addr_from_sockaddr((struct sockaddr *)&ss, &back), 0);
		ck_assert(addr_eq(&addr, &back));
	}
}
END_TEST

START_TEST(sockaddr_of_another_kind)
{
	struct sockaddr_storage ss = { .ss_family = AF_UNIX };
	struct addr addr = { .port = 77 };

	ck_assert_int_eq(addr_from_sockaddr((struct sockaddr *)&ss, &addr), -1);
	ck_assert_uint_eq(addr.port, 77);
}
END_TEST

START_TEST(mapped_sockaddr_is_v4)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
		.sin6_port = htons(80) };
	struct addr addr;

	inet_pton(AF_INET6, "::ffff:10.0.0.1", &in6.sin6_addr);
	ck_assert_int_eq(addr_from_sockaddr((struct sockaddr *)&in6, &addr), 0);
	ck_assert(addr_is_v4(&addr));
	ck_assert_uint_eq(addr.port, 80);
}
END_TEST

START_TEST(comparing)
{
	struct addr a = parsed("192.0.2.1");
	struct addr b = a;

	ck_assert(addr_eq(&a, &b));
	b.port = 1;
	ck_assert(!addr_eq(&a, &b));
	ck_assert(addr_same_ip(&a, &b));
	b = a;
	b.scope = 1;
	ck_assert(!addr_eq(&a, &b));
	b = parsed("192.0.2.2");
	ck_assert(!addr_same_ip(&a, &b));
}
END_TEST

START_TEST(text_with_port)
{
	struct addr addr = parsed("192.0.2.1");
	char buf[ADDR_TEXT_SIZE];

	addr.port = 443;
	ck_assert_str_eq(addr_text_port(buf, &addr), "192.0.2.1:443");
	addr = parsed("2001:db8::1");
	addr.port = 65535;
	ck_assert_str_eq(addr_text_port(buf, &addr), "[2001:db8::1]:65535");
	addr = parsed("1111:2222:3333:4444:5555:6666:7777:8888");
	ck_assert_str_eq(addr_text_port(buf, &addr),
	    "[1111:2222:3333:4444:5555:6666:7777:8888]:0");
}
END_TEST

Suite *
suite_addr(void)
{
	Suite *suite = suite_create("addr");
	TCase *tcase = tcase_create("addr");

	tcase_add_loop_test(tcase, spelling, 0, COUNT(spellings));
	tcase_add_test(tcase, bytes_behind_are_not_read);
	tcase_add_test(tcase, sockaddrs);
	tcase_add_test(tcase, sockaddr_of_another_kind);
	tcase_add_test(tcase, mapped_sockaddr_is_v4);
	tcase_add_test(tcase, comparing);
	tcase_add_test(tcase, text_with_port);
	suite_add_tcase(suite, tcase);
	return suite;
}
