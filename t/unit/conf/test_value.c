#include "base/prefix.h"
#include "conf/value.h"

#include "suites.h"

static const struct {
	const char *text, *canonical; /* NULL: refused */
} dests_table[] = {
	{ "Example.COM.", "example.com" },
	{ "*.Example.com", "*.example.com" },
	{ "b\xc3\xbc"
	  "cher.example",
	    "xn--bcher-kva.example" },
	{ "_dmarc.example", "_dmarc.example" },
	{ "10.0.0.0/8", "10.0.0.0/8" },
	{ "10.1.2.3", "10.1.2.3" },
	{ "0x7f.1", "127.0.0.1" },
	{ "2130706433", "127.0.0.1" },
	{ "[2001:DB8::1]", "2001:db8::1" },
	{ "fc00::/7", "fc00::/7" },
	{ "::ffff:10.0.0.1", "10.0.0.1" },
	{ "64:ff9b::a00:1", "10.0.0.1" },
	{ "2002:a00:1::", "10.0.0.1" },
	{ "", NULL },
	{ "*", NULL },
	{ "*.", NULL },
	{ "*.10.0.0.1", NULL },
	{ "a.*.example", NULL },
	{ "a..example", NULL },
	{ "10.0.0.1/8", NULL },
	{ "10.0.0.0/33", NULL },
	{ "::/129", NULL },
	{ "example.com/8", NULL },
	{ "1.2.3.4.5", NULL },
	{ "example.com:443", NULL },
	{ "http://example.com/", NULL },
};

static void
dest_to_text(const struct dest *dest, char *out, size_t max)
{
	char text[ADDR_TEXT_SIZE];

	if (dest->kind == DEST_PREFIX)
		snprintf(out, max, "%s", prefix_text(text, &dest->prefix));
	else
		snprintf(out, max, "%s%s", dest->name.wildcard ? "*." : "",
		    dest->name.name);
}

START_TEST(dest)
{
	struct dest found = { .kind = DEST_ANY };
	const char *wrong = value_dest(slice_of(dests_table[_i].text), &found);
	char text[300];

	if (!dests_table[_i].canonical) {
		ck_assert_ptr_nonnull(wrong);
		ck_assert_int_eq(found.kind, DEST_ANY);
		return;
	}
	ck_assert_ptr_null(wrong);
	dest_to_text(&found, text, sizeof(text));
	ck_assert_str_eq(text, dests_table[_i].canonical);
}
END_TEST

static const struct {
	const char *text;
	int from, to; /* -1: refused */
} ports_table[] = {
	{ "1", 1, 1 },
	{ "65535", 65535, 65535 },
	{ "80-90", 80, 90 },
	{ "80-80", 80, 80 },
	{ "0", -1, -1 },
	{ "65536", -1, -1 },
	{ "90-80", -1, -1 },
	{ "80-", -1, -1 },
	{ "-80", -1, -1 },
	{ "80-90-100", -1, -1 },
	{ "", -1, -1 },
	{ "+80", -1, -1 },
	{ "https", -1, -1 },
};

START_TEST(ports)
{
	struct port_range range = { 7, 7 };
	const char *wrong = value_ports(slice_of(ports_table[_i].text), &range);

	if (ports_table[_i].from < 0) {
		ck_assert_ptr_nonnull(wrong);
		ck_assert_uint_eq(range.from, 7);
		return;
	}
	ck_assert_ptr_null(wrong);
	ck_assert_int_eq(range.from, ports_table[_i].from);
	ck_assert_int_eq(range.to, ports_table[_i].to);
}
END_TEST

static const struct {
	const char *text;
	int bits; /* -1: refused */
} days_table[] = {
	{ "mon", 0x01 },
	{ "sun", 0x40 },
	{ "mon-fri", 0x1f },
	{ "sat-mon", 0x61 },
	{ "wed-tue", 0x7f },
	{ "", -1 },
	{ "Mon", -1 },
	{ "mon-", -1 },
	{ "monday", -1 },
};

START_TEST(days)
{
	uint8_t bits = 0x55;
	const char *wrong = value_days(slice_of(days_table[_i].text), &bits);

	ck_assert_int_eq(wrong == NULL, days_table[_i].bits >= 0);
	ck_assert_int_eq(bits, wrong ? 0x55 : days_table[_i].bits);
}
END_TEST

static const struct {
	const char *text;
	int from, to; /* -1: refused */
} hours_table[] = {
	{ "00:00-24:00", 0, 1440 },
	{ "08:00-18:30", 480, 1110 },
	{ "22:00-06:00", 1320, 360 },
	{ "00:00-00:00", -1, -1 },
	{ "24:00-01:00", -1, -1 },
	{ "08:00-24:01", -1, -1 },
	{ "08:60-09:00", -1, -1 },
	{ "8:00-9:00", -1, -1 },
	{ "08:00", -1, -1 },
	{ "08:00-", -1, -1 },
	{ "", -1, -1 },
};

START_TEST(hours)
{
	struct time_range range = { .from = 5, .to = 6 };
	const char *wrong = value_hours(slice_of(hours_table[_i].text), &range);

	ck_assert_int_eq(wrong == NULL, hours_table[_i].from >= 0);
	ck_assert_int_eq(range.from, wrong ? 5 : hours_table[_i].from);
	ck_assert_int_eq(range.to, wrong ? 6 : hours_table[_i].to);
}
END_TEST

static const struct {
	const char *text, *canonical; /* NULL: refused */
} paths_table[] = {
	{ "/", "/" },
	{ "/a", "/a" },
	{ "/a/", "/a" },
	{ "/A/b-c", "/A/b-c" },
	{ "/%41%2f%7e%c3", "/A%2F~%C3" },
	{ "/caf\xc3\xa9", "/caf%C3%A9" },
	{ "/a b", "/a%20b" },
	{ "/a//b", "/a//b" },
	{ "/a=b;c", "/a=b;c" },
	{ "/...", "/..." },
	{ "", NULL },
	{ "a", NULL },
	{ "/..", NULL },
	{ "/a/./b", NULL },
	{ "/%2e%2E/b", NULL },
	{ "/a?b", NULL },
	{ "/%", NULL },
	{ "/%4", NULL },
	{ "/%zz", NULL },
};

START_TEST(path)
{
	struct arena *arena = arena_new(1024);
	struct slice found = SLICE("untouched");
	const char *wrong = value_path(
	    arena, slice_of(paths_table[_i].text), &found);
	const char *expected = paths_table[_i].canonical;

	ck_assert_int_eq(wrong == NULL, expected != NULL);
	ck_assert(slice_eq_str(found, expected ? expected : "untouched"));
	arena_free(arena);
}
END_TEST

START_TEST(method)
{
	struct arena *arena = arena_new(1024);
	struct slice found = SLICE("untouched");

	ck_assert_ptr_nonnull(value_method(arena, SLICE(""), &found));
	ck_assert_ptr_nonnull(value_method(arena, SLICE("GE T"), &found));
	ck_assert_ptr_nonnull(value_method(arena, SLICE("G\xc3"), &found));
	ck_assert(slice_eq_str(found, "untouched"));
	ck_assert_ptr_null(value_method(arena, SLICE("m-search"), &found));
	ck_assert(slice_eq_str(found, "M-SEARCH"));
	arena_free(arena);
}
END_TEST

START_TEST(account)
{
	struct arena *arena = arena_new(1024);
	struct slice found = SLICE("untouched");
	char longest[VALUE_NAME_MAX + 1];

	for (size_t i = 0; i < sizeof(longest); i++)
		longest[i] = 'a';
	ck_assert_ptr_nonnull(value_account(arena, SLICE(""), &found));
	ck_assert_ptr_nonnull(value_account(arena, SLICE("a\x01"), &found));
	ck_assert_ptr_nonnull(value_account(arena, SLICE("a\xff"), &found));
	ck_assert_ptr_nonnull(value_account(
	    arena, slice_from(longest, VALUE_NAME_MAX + 1), &found));
	ck_assert(slice_eq_str(found, "untouched"));
	ck_assert_ptr_null(
	    value_account(arena, slice_from(longest, VALUE_NAME_MAX), &found));
	ck_assert_ptr_null(value_account(arena, SLICE("CORP\\Kim"), &found));
	ck_assert(slice_eq_str(found, "corp\\kim"));
	arena_free(arena);
}
END_TEST

Suite *
suite_value(void)
{
	Suite *suite = suite_create("value");
	TCase *tcase = tcase_create("words");

	tcase_add_loop_test(tcase, dest, 0, COUNT(dests_table));
	tcase_add_loop_test(tcase, ports, 0, COUNT(ports_table));
	tcase_add_loop_test(tcase, days, 0, COUNT(days_table));
	tcase_add_loop_test(tcase, hours, 0, COUNT(hours_table));
	tcase_add_loop_test(tcase, path, 0, COUNT(paths_table));
	tcase_add_test(tcase, method);
	tcase_add_test(tcase, account);
	suite_add_tcase(suite, tcase);
	return suite;
}
