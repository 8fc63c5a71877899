#include "suites.h"

#include <stdlib.h>
#include <string.h>

#include "proxy/page.h"

static const struct {
	const char *template, *a, *b; /* values of a and b */
	const char *want;             /* NULL: refused */
} cases[] = {
	{ "plain", "", "", "plain" },
	{ "[{{a}}]", "x", "", "[x]" },
	{ "[{{a}}{{b}}]", "x", "y", "[xy]" },
	{ "[{{nobody}}]", "x", "y", "[]" },
	{ "{{a}}", "<b>&\"'", "", "&lt;b&gt;&amp;&quot;&#39;" },
	{ "{{a}}", "a\x01\x1b[0m\n", "", "a??[0m\n" },
	{ "{{a}}", "gr\xc3\xbc\xc3\x9f", "", "gr\xc3\xbc\xc3\x9f" },
	{ "{{a}}", "{{b}}", "y", "{{b}}" },
	{ "1{{?a}}2{{/a}}3", "", "", "13" },
	{ "1{{?a}}2{{/a}}3", "x", "", "123" },
	{ "{{?a}}1{{?b}}2{{/b}}3{{/a}}4", "x", "", "134" },
	{ "{{?a}}1{{?b}}2{{/b}}3{{/a}}4", "", "y", "4" },
	{ "{{?a}}1{{?b}}2{{/b}}3{{/a}}4", "x", "y", "1234" },
	{ "{ {{a}} }", "x", "", "{ x }" },
	/* texts of the language */
	{ "{{lang}}: {{=refusal.plain}}", "", "",
	    "en: It&#39;s &lt;so&gt; &amp; {{a}}." },
	{ "{{?a}}{{=refusal.plain}}{{/a}}", "", "", "" },
	{ "{{=refusal.absent}}", "", "", NULL },
	{ "{{=}}", "", "", NULL },
	{ "{{lang}}", "x", "", "en" },
	/* a file beside it, as it stands */
	{ "<{{>sheet.css}}>", "x", "", "<b{}{{a}}{{>sheet.css}}\n>" },
	{ "{{?a}}{{>sheet.css}}{{/a}}{{?b}}{{>sheet.css}}{{/b}}", "", "y",
	    "b{}{{a}}{{>sheet.css}}\n" },
	{ "{{>words.en}}", "", "", "refusal.plain: It's <so> & {{a}}.\n" },
	{ "{{>}}", "", "", NULL },
	{ "{{>none.css}}", "", "", NULL },
	{ "{{> sheet.css}}", "", "", NULL },
	{ "{{>../secret}}", "", "", NULL },
	{ "{{>../p/sheet.css}}", "", "", NULL },
	{ "{{a", "x", "", NULL },
	{ "{{?a}}", "x", "", NULL },
	{ "{{/a}}", "x", "", NULL },
	{ "{{?a}}{{?b}}{{/a}}{{/b}}", "x", "", NULL },
	{ "{{?a}}{{?a}}{{?a}}{{?a}}{{?a}}{{/a}}{{/a}}{{/a}}{{/a}}{{/a}}", "x",
	    "", NULL },
};

/* Other templates than the refusal's are empty. */
static struct bundle *
bundle_with(const char *template, const char *english)
{
	struct bundle *bundle = bundle_new_memory();

	bundle_put(bundle, "p/refusal.html", slice_of(template));
	bundle_put(bundle, "p/continue.html", SLICE_EMPTY);
	bundle_put(bundle, "p/setup.html", SLICE_EMPTY);
	bundle_put(bundle, "p/self-test.svg", SLICE_EMPTY);
	bundle_put(bundle, "p/words.en", slice_of(english));
	bundle_put(bundle, "p/sheet.css", SLICE("b{}{{a}}{{>sheet.css}}\n"));
	bundle_put(bundle, "secret", SLICE("not beside them"));
	return bundle;
}

START_TEST(renders)
{
	struct page_value values[] = {
		{ "a", slice_of(cases[_i].a) },
		{ "b", slice_of(cases[_i].b) },
	};
	struct bundle *bundle = bundle_with(
	    cases[_i].template, "refusal.plain: It's <so> & {{a}}.\n");
	struct evbuffer *out = evbuffer_new();
	struct pages *pages;
	char *why = NULL;

	pages = pages_load(bundle, "p", &why);
	if (cases[_i].want == NULL) {
		ck_assert_ptr_null(pages);
		ck_assert_ptr_nonnull(strstr(why, "p/"));
	} else {
		ck_assert_msg(pages != NULL, "%s", why);
		page_render(pages, PAGE_REFUSAL,
		    langs_pick(pages_langs(pages), SLICE_EMPTY), values, 2,
		    out);
		evbuffer_add(out, "", 1);
		ck_assert_str_eq(
		    (char *)evbuffer_pullup(out, -1), cases[_i].want);
	}
	pages_free(pages);
	free(why);
	evbuffer_free(out);
	bundle_free(bundle);
}
END_TEST

/* What is wrong is said with the file it is in. */
START_TEST(faults_are_said)
{
	static const struct {
		const char *template, *want;
	} faults[] = {
		{ "{{a", "p/refusal.html: {{ without }}" },
		{ "{{?a}}", "p/refusal.html: a section stays open" },
		{ "{{/a}}",
		    "p/refusal.html: a section is closed that is not open" },
		{ "{{=setup.x}}", "p/words.en: no text for \"setup.x\"" },
		{ "{{>none.css}}", "p/none.css: No such file or directory" },
		{ "{{>../x}}", "p/../x: not a file beside the templates" },
	};
	struct bundle *bundle = bundle_with(faults[_i].template, "");
	char *why = NULL;

	ck_assert_ptr_null(pages_load(bundle, "p", &why));
	ck_assert_str_eq(why, faults[_i].want);
	free(why);
	bundle_free(bundle);
}
END_TEST

START_TEST(a_missing_file_is_said)
{
	struct bundle *bundle = bundle_new();
	char *why = NULL;

	ck_assert_ptr_null(pages_load(bundle, "/nonexistent", &why));
	ck_assert_str_eq(
	    why, "/nonexistent/refusal.html: No such file or directory");
	free(why);
	bundle_free(bundle);
}
END_TEST

START_TEST(times_are_readable)
{
	char buf[PAGE_TIME_SIZE];

	ck_assert_str_eq(page_time(buf, "2026-11-26T12:00:10.123456Z"),
	    "2026-11-26 12:00:10 UTC");
}
END_TEST

Suite *
suite_page(void)
{
	Suite *suite = suite_create("page");
	TCase *tc = tcase_create("page");

	tcase_add_loop_test(tc, renders, 0, COUNT(cases));
	tcase_add_loop_test(tc, faults_are_said, 0, 6);
	tcase_add_test(tc, a_missing_file_is_said);
	tcase_add_test(tc, times_are_readable);
	suite_add_tcase(suite, tc);
	return suite;
}
