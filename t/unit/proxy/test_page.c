#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
	{ "{{a", "x", "", NULL },
	{ "{{?a}}", "x", "", NULL },
	{ "{{/a}}", "x", "", NULL },
	{ "{{?a}}{{?b}}{{/a}}{{/b}}", "x", "", NULL },
	{ "{{?a}}{{?a}}{{?a}}{{?a}}{{?a}}{{/a}}{{/a}}{{/a}}{{/a}}{{/a}}", "x",
	    "", NULL },
};

static void
put(const char *dir, const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

static void
drop(const char *dir)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/refusal.html", dir);
	unlink(path);
	snprintf(path, sizeof(path), "%s/setup.html", dir);
	unlink(path);
	rmdir(dir);
}

START_TEST(renders)
{
	char dir[] = "/tmp/sallyport-page-XXXXXX";
	struct page_value values[] = {
		{ "a", slice_of(cases[_i].a) },
		{ "b", slice_of(cases[_i].b) },
	};
	struct bundle *bundle = bundle_new();
	struct evbuffer *out = evbuffer_new();
	struct pages *pages;
	const char *why = NULL;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	put(dir, "refusal.html", cases[_i].template);
	put(dir, "setup.html", "");
	pages = pages_load(bundle, dir, &why);
	if (cases[_i].want == NULL) {
		ck_assert_ptr_null(pages);
		ck_assert_ptr_nonnull(why);
	} else {
		ck_assert_ptr_nonnull(pages);
		page_render(pages, PAGE_REFUSAL, values, 2, out);
		evbuffer_add(out, "", 1);
		ck_assert_str_eq(
		    (char *)evbuffer_pullup(out, -1), cases[_i].want);
	}
	pages_free(pages);
	evbuffer_free(out);
	bundle_free(bundle);
	drop(dir);
}
END_TEST

START_TEST(a_missing_file_is_said)
{
	struct bundle *bundle = bundle_new();
	const char *why = NULL;

	ck_assert_ptr_null(pages_load(bundle, "/nonexistent", &why));
	ck_assert_str_eq(why, "a page template can't be read");
	bundle_free(bundle);
}
END_TEST

Suite *
suite_page(void)
{
	Suite *suite = suite_create("page");
	TCase *tc = tcase_create("page");

	tcase_add_loop_test(tc, renders, 0, COUNT(cases));
	tcase_add_test(tc, a_missing_file_is_said);
	suite_add_tcase(suite, tc);
	return suite;
}
