/*
 * reach: what lies inside of an address, and where it is.
 */
#include "suites.h"

#include "base/reach.h"

static struct addr
parsed(const char *text)
{
	struct addr addr;

	ck_assert_msg(addr_parse(slice_of(text), &addr) == 0, "%s", text);
	return addr;
}

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

static const struct {
	const char *text, *holder;
} holders[] = {
	{ "192.0.2.77", "192.0.2.77" },
	{ "::ffff:192.0.2.77", "192.0.2.77" },
	{ "64:ff9b::192.0.2.77", "192.0.2.77" },
	{ "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::" },
	{ "2001:db8:1:2::", "2001:db8:1:2::" },
	{ "::1", "::" },
};

START_TEST(holding)
{
	struct addr addr = parsed(holders[_i].text), holder;
	char text[ADDR_TEXT_SIZE];

	addr.port = 443;
	addr.scope = 3;
	holder = addr_holder(&addr);
	ck_assert_str_eq(addr_text(text, &holder), holders[_i].holder);
	ck_assert_uint_eq(holder.port, 0);
	ck_assert_uint_eq(holder.scope, 0);
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

Suite *
suite_reach(void)
{
	Suite *suite = suite_create("reach");
	TCase *tcase = tcase_create("reach");

	tcase_add_loop_test(tcase, unfolding, 0, COUNT(folds));
	tcase_add_loop_test(tcase, holding, 0, COUNT(holders));
	tcase_add_loop_test(tcase, place, 0, COUNT(places));
	suite_add_tcase(suite, tcase);
	return suite;
}
