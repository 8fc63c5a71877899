/*
 * addr: every spelling, what lies inside of an address, and where it is.
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

static struct prefix
parsed_prefix(const char *text)
{
	struct prefix prefix;
	const char *wrong = prefix_parse(slice_of(text), &prefix);

	ck_assert_msg(!wrong, "%s: %s", text, wrong);
	return prefix;
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

static const struct {
	const char *folded, *inside;
} folds[] = {
	{ "192.0.2.1", "192.0.2.1" },
	{ "2001:db8::1", "2001:db8::1" },
	{ "2606:4700::1111", "2606:4700::1111" },
	{ "::", "::" },
	{ "::1", "::1" },
	{ "::ffff:127.0.0.1", "127.0.0.1" },
	/* compatible */
	{ "::127.0.0.1", "127.0.0.1" },
	{ "::2", "0.0.0.2" },
	{ "::a00:1", "10.0.0.1" },
	/* translated */
	{ "::ffff:0:127.0.0.1", "127.0.0.1" },
	/* NAT64, well known */
	{ "64:ff9b::127.0.0.1", "127.0.0.1" },
	{ "64:ff9b::808:808", "8.8.8.8" },
	{ "64:ff9b:0:0:0:1:7f00:1", "64:ff9b::1:7f00:1" },
	/* NAT64, local: /96, /48, /56, /64 */
	{ "64:ff9b:1::10.0.0.1", "10.0.0.1" },
	{ "64:ff9b:1:abcd::8.8.8.8", "8.8.8.8" },
	{ "64:ff9b:1:a00:0:100::", "10.0.0.1" },
	{ "64:ff9b:1:808:8:800::", "8.8.8.8" },
	{ "64:ff9b:1:a:0:1::", "10.0.0.1" },
	{ "64:ff9b:1:0:a:0:100:0", "10.0.0.1" },
	{ "64:ff9b:1:0:8:808:800:0", "8.8.8.8" },
	/* an address by /48, another one behind it */
	{ "64:ff9b:1:a00:0:100:808:808", "64:ff9b:1:a00:0:100:808:808" },
	/* 34.10.0.1 by /48, 10.0.1.0 by /56 */
	{ "64:ff9b:1:220a:0:100::", "10.0.1.0" },
	/* 10.8.8.0 by /48, 8.8.0.0 by /56 */
	{ "64:ff9b:1:a08:8::", "10.8.8.0" },
	/* 6to4 */
	{ "2002:7f00:1::", "127.0.0.1" },
	{ "2002:c0a8:101:1::2", "192.168.1.1" },
	{ "2002:808:808::1", "8.8.8.8" },
	/* Teredo: the client's address, inverted */
	{ "2001:0:4136:e378:8000:63bf:3fff:fdd2", "192.0.2.45" },
	{ "2001::80ff:fffe", "127.0.0.1" },
	{ "2001:1::80ff:fffe", "2001:1::80ff:fffe" },
};

START_TEST(unfolding)
{
	struct addr addr = parsed(folds[_i].folded);
	struct addr inside;
	char text[ADDR_TEXT_SIZE];

	addr.port = 443;
	inside = addr_unfold(addr);
	ck_assert_str_eq(addr_text(text, &inside), folds[_i].inside);
	ck_assert_uint_eq(inside.port, 443);
	addr = addr_unfold(inside);
	ck_assert(addr_eq(&addr, &inside));
}
END_TEST

enum place {
	OUTSIDE,
	INTERNAL,
	SPECIAL
};

static const struct {
	const char *text;
	enum place place;
} places[] = {
	{ "8.8.8.8", OUTSIDE },
	{ "0.0.0.0", SPECIAL },
	{ "0.255.255.255", SPECIAL },
	{ "1.0.0.0", OUTSIDE },
	{ "9.255.255.255", OUTSIDE },
	{ "10.0.0.0", INTERNAL },
	{ "10.255.255.255", INTERNAL },
	{ "11.0.0.0", OUTSIDE },
	{ "100.63.255.255", OUTSIDE },
	{ "100.64.0.0", INTERNAL },
	{ "100.127.255.255", INTERNAL },
	{ "100.128.0.0", OUTSIDE },
	{ "126.255.255.255", OUTSIDE },
	{ "127.0.0.1", SPECIAL },
	{ "127.255.255.255", SPECIAL },
	{ "128.0.0.0", OUTSIDE },
	{ "169.253.255.255", OUTSIDE },
	{ "169.254.169.254", SPECIAL },
	{ "169.255.0.0", OUTSIDE },
	{ "172.15.255.255", OUTSIDE },
	{ "172.16.0.0", INTERNAL },
	{ "172.31.255.255", INTERNAL },
	{ "172.32.0.0", OUTSIDE },
	{ "192.0.0.8", INTERNAL },
	{ "192.0.1.0", OUTSIDE },
	{ "192.0.2.1", INTERNAL },
	{ "192.167.255.255", OUTSIDE },
	{ "192.168.0.1", INTERNAL },
	{ "192.169.0.0", OUTSIDE },
	{ "198.17.255.255", OUTSIDE },
	{ "198.18.0.0", INTERNAL },
	{ "198.19.255.255", INTERNAL },
	{ "198.20.0.0", OUTSIDE },
	{ "198.51.100.7", INTERNAL },
	{ "203.0.113.7", INTERNAL },
	{ "223.255.255.255", OUTSIDE },
	{ "224.0.0.1", SPECIAL },
	{ "239.255.255.255", SPECIAL },
	{ "240.0.0.0", SPECIAL },
	{ "255.255.255.255", SPECIAL },
	{ "::", SPECIAL },
	{ "::1", SPECIAL },
	{ "::2", SPECIAL }, /* 0.0.0.2 */
	{ "::8.8.8.8", OUTSIDE },
	{ "100::1", INTERNAL },
	{ "2001:2::1", INTERNAL },
	{ "2001:10::1", INTERNAL },
	{ "2001:db8::1", INTERNAL },
	{ "2001:db9::1", OUTSIDE },
	{ "2606:4700::1111", OUTSIDE },
	{ "3fff:fff::1", INTERNAL },
	{ "3fff:1000::1", OUTSIDE },
	{ "fbff::1", OUTSIDE },
	{ "fc00::1", INTERNAL },
	{ "fdff::1", INTERNAL },
	{ "fe00::1", OUTSIDE },
	{ "fe80::1", SPECIAL },
	{ "febf::1", SPECIAL },
	{ "fec0::1", INTERNAL },
	{ "ff02::1", SPECIAL },
	/* folded: judged by what is inside */
	{ "::ffff:127.0.0.1", SPECIAL },
	{ "64:ff9b::10.0.0.1", INTERNAL },
	{ "64:ff9b::169.254.169.254", SPECIAL },
	{ "64:ff9b::8.8.8.8", OUTSIDE },
	{ "64:ff9b:1::192.168.0.1", INTERNAL },
	{ "64:ff9b:1::8.8.8.8", OUTSIDE },
	{ "64:ff9b:1:a00:0:100:808:808", SPECIAL },
	{ "2002:7f00:1::1", SPECIAL },
	{ "2002:a00:1::1", INTERNAL },
	{ "2001::80ff:fffe", SPECIAL },
};

START_TEST(place)
{
	struct addr addr = parsed(places[_i].text);

	ck_assert_msg(addr_is_special(&addr) == (places[_i].place == SPECIAL) &&
		addr_is_internal(&addr) == (places[_i].place != OUTSIDE),
	    "%s", places[_i].text);
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

static const struct {
	const char *s, *text; /* no text: refused, as wrong says */
	const char *wrong;
} prefixes[] = {
	{ "10.0.0.0/8", "10.0.0.0/8", NULL },
	{ "10.0.0.1", "10.0.0.1", NULL },
	{ "10.0.0.1/32", "10.0.0.1", NULL },
	{ "0.0.0.0/0", "0.0.0.0/0", NULL },
	{ "192.168.1.128/25", "192.168.1.128/25", NULL },
	{ "FC00::/7", "fc00::/7", NULL },
	{ "::/0", "::/0", NULL },
	{ "2001:db8::1", "2001:db8::1", NULL },
	{ "2001:db8::1/128", "2001:db8::1", NULL },
	{ "[2001:db8::]/32", "2001:db8::/32", NULL },
	{ "::ffff:10.0.0.0/104", "10.0.0.0/8", NULL },
	{ "", NULL, "not an IP address" },
	{ "/8", NULL, "not an IP address" },
	{ "10/8", NULL, "not an IP address" },
	{ "0x0a.0.0.0/8", NULL, "not an IP address" },
	{ "example.com/8", NULL, "not an IP address" },
	{ "10.0.0.0/", NULL, "the prefix length is not a number" },
	{ "10.0.0.0/x", NULL, "the prefix length is not a number" },
	{ "10.0.0.0/ 8", NULL, "the prefix length is not a number" },
	{ "10.0.0.0/-8", NULL, "the prefix length is not a number" },
	{ "10.0.0.0/8/8", NULL, "the prefix length is not a number" },
	{ "10.0.0.0/08", NULL, "the prefix length has a leading zero" },
	{ "10.0.0.0/33", NULL, "the prefix length is above 32" },
	{ "::/129", NULL, "the prefix length is above 128" },
	{ "10.0.0.1/8", NULL, "the address has bits behind the prefix length" },
	{ "192.168.1.128/24", NULL,
	    "the address has bits behind the prefix length" },
	{ "fe00::/6", NULL, "the address has bits behind the prefix length" },
	{ "::ffff:10.0.0.0/8", NULL,
	    "the address has bits behind the prefix length" },
};

START_TEST(prefix_reading)
{
	struct prefix prefix = { .len = 77 };
	const char *wrong = prefix_parse(slice_of(prefixes[_i].s), &prefix);
	char text[ADDR_TEXT_SIZE];

	if (prefixes[_i].wrong) {
		ck_assert_ptr_nonnull(wrong);
		ck_assert_str_eq(wrong, prefixes[_i].wrong);
		ck_assert_uint_eq(prefix.len, 77);
		return;
	}
	ck_assert_msg(!wrong, "%s: %s", prefixes[_i].s, wrong);
	ck_assert_str_eq(prefix_text(text, &prefix), prefixes[_i].text);
}
END_TEST

static const struct {
	const char *prefix, *addr;
	int has;
} members[] = {
	{ "10.0.0.0/8", "10.255.0.1", 1 },
	{ "10.0.0.0/8", "11.0.0.0", 0 },
	{ "192.168.1.128/25", "192.168.1.127", 0 },
	{ "192.168.1.128/25", "192.168.1.128", 1 },
	{ "10.0.0.1", "10.0.0.1", 1 },
	{ "10.0.0.1", "10.0.0.2", 0 },
	{ "0.0.0.0/0", "8.8.8.8", 1 },
	{ "0.0.0.0/0", "2001:db8::1", 0 },
	{ "::/0", "2001:db8::1", 1 },
	{ "::/0", "8.8.8.8", 0 },
	{ "fc00::/7", "fdff::1", 1 },
	{ "fc00::/7", "fe00::1", 0 },
};

START_TEST(prefix_members)
{
	struct prefix prefix = parsed_prefix(members[_i].prefix);
	struct addr addr = parsed(members[_i].addr);

	ck_assert_int_eq(prefix_has(&prefix, &addr), members[_i].has);
}
END_TEST

static const struct {
	const char *outer, *inner;
	int covers;
} covers[] = {
	{ "10.0.0.0/8", "10.0.0.0/8", 1 },
	{ "10.0.0.0/8", "10.1.0.0/16", 1 },
	{ "10.1.0.0/16", "10.0.0.0/8", 0 },
	{ "10.0.0.0/16", "10.0.0.0/8", 0 },
	{ "10.0.0.0/8", "11.0.0.0/16", 0 },
	{ "::/0", "fc00::/7", 1 },
	{ "::/0", "10.0.0.0/8", 0 },
	{ "0.0.0.0/0", "10.0.0.1", 1 },
};

START_TEST(prefix_covering)
{
	struct prefix outer = parsed_prefix(covers[_i].outer);
	struct prefix inner = parsed_prefix(covers[_i].inner);

	ck_assert_int_eq(prefix_covers(&outer, &inner), covers[_i].covers);
}
END_TEST

Suite *
suite_addr(void)
{
	Suite *suite = suite_create("addr");
	TCase *tcase = tcase_create("addr");

	tcase_add_loop_test(tcase, spelling, 0, COUNT(spellings));
	tcase_add_test(tcase, bytes_behind_are_not_read);
	tcase_add_loop_test(tcase, unfolding, 0, COUNT(folds));
	tcase_add_loop_test(tcase, place, 0, COUNT(places));
	tcase_add_test(tcase, sockaddrs);
	tcase_add_test(tcase, sockaddr_of_another_kind);
	tcase_add_test(tcase, mapped_sockaddr_is_v4);
	tcase_add_test(tcase, comparing);
	tcase_add_test(tcase, text_with_port);
	tcase_add_loop_test(tcase, prefix_reading, 0, COUNT(prefixes));
	tcase_add_loop_test(tcase, prefix_members, 0, COUNT(members));
	tcase_add_loop_test(tcase, prefix_covering, 0, COUNT(covers));
	suite_add_tcase(suite, tcase);
	return suite;
}
