/*
 * prefix: what is one, what it holds, and what it covers.
 */
#include "suites.h"

#include "base/prefix.h"

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
suite_prefix(void)
{
	Suite *suite = suite_create("prefix");
	TCase *tcase = tcase_create("prefix");

	tcase_add_loop_test(tcase, prefix_reading, 0, COUNT(prefixes));
	tcase_add_loop_test(tcase, prefix_members, 0, COUNT(members));
	tcase_add_loop_test(tcase, prefix_covering, 0, COUNT(covers));
	suite_add_tcase(suite, tcase);
	return suite;
}
