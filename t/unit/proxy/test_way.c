/*
 * What is said of a stopped request, as it comes back from the directory.
 */
#include "proxy/way.h"

#include "suites.h"

#define START "ABC-DEF\nhttps\nwww.test\n8443\n"
#define END "\nalice\nform:pass\nproxy.conf:3"

static const struct {
	const char *text;
	bool good;
} texts[] = {
	{ START "www.test:8443\n/login\n/in?a=b" END, true },
	{ START "[2001:db8::1]\n/\n/" END, true },
	{ "\nhttp\nw\n80\nw\n/\n/\n\n\n", true },
	{ "", false },
	{ START, false },
	{ START "www.test\n/\n/" END "\nmore", false },
	{ START "www.test\n/\n" END, false },
	{ START "www.test\n/\nin" END, false },
	{ START "www.test\n/\n/a\rSet-Cookie: x" END, false },
	{ START "www.test\n/\n/\xc3\xa9" END, false },
	{ START "\n/\n/" END, false },
	{ START "www.test/x\n/\n/" END, false },
	{ START "www test\n/\n/" END, false },
	{ "A\njavascript\nw\n80\nw\n/\n/" END, false },
	{ "A\n\nw\n80\nw\n/\n/" END, false },
};

START_TEST(reads_about)
{
	struct way_about about = { .rule = SLICE("untouched") };

	ck_assert_int_eq(
	    way_read_about(slice_of(texts[_i].text), &about), texts[_i].good);
	ck_assert(texts[_i].good || slice_eq_str(about.rule, "untouched"));
}
END_TEST

START_TEST(every_member)
{
	struct way_about about;

	ck_assert(way_read_about(slice_of(texts[0].text), &about));
	ck_assert(slice_eq_str(about.incident, "ABC-DEF"));
	ck_assert(slice_eq_str(about.scheme, "https"));
	ck_assert(slice_eq_str(about.host, "www.test"));
	ck_assert(slice_eq_str(about.port, "8443"));
	ck_assert(slice_eq_str(about.site, "www.test:8443"));
	ck_assert(slice_eq_str(about.path, "/login"));
	ck_assert(slice_eq_str(about.back, "/in?a=b"));
	ck_assert(slice_eq_str(about.submitted, "alice"));
	ck_assert(slice_eq_str(about.where, "form:pass"));
	ck_assert(slice_eq_str(about.rule, "proxy.conf:3"));
}
END_TEST

Suite *
suite_way(void)
{
	Suite *suite = suite_create("way");
	TCase *tcase = tcase_create("way");

	tcase_add_loop_test(
	    tcase, reads_about, 0, sizeof(texts) / sizeof(*texts));
	tcase_add_test(tcase, every_member);
	suite_add_tcase(suite, tcase);
	return suite;
}
