#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "proxy/phrases.h"

static const struct {
	const char *file;
	const char *why; /* NULL: good */
	const char *a;   /* then the text of "a" */
} cases[] = {
	{ "", NULL, "" },
	{ "\n\n# a: no\n", NULL, "" },
	{ "a: one", NULL, "one" },
	{ "a: one\n", NULL, "one" },
	{ "b: two\na:\t one: two # three \n", NULL, "one: two # three" },
	{ "c: 3\na: \xc2\xab\xc2\xa0oui\xc2\xa0\xc2\xbb\nb: 2", NULL,
	    "\xc2\xab\xc2\xa0oui\xc2\xa0\xc2\xbb" },
	{ "a.b-c9: x", NULL, "" },
	{ "a:", "line 1: a key without a text", NULL },
	{ "b: x\na:  \n", "line 2: a key without a text", NULL },
	{ "\na", "line 2: expected \"key: text\"", NULL },
	{ ": x", "line 1: expected \"key: text\"", NULL },
	{ "A: x", "line 1: expected \"key: text\"", NULL },
	{ " a: x", "line 1: expected \"key: text\"", NULL },
	{ "a b: x", "line 1: expected \"key: text\"", NULL },
	{ "a: x\r\n", "line 1: a control character in the text", NULL },
	{ "a: \xe2\x80\xae"
	  "x",
	    "line 1: a control character in the text", NULL },
	{ "a: \xff", "line 1: the text is not UTF-8", NULL },
	{ "a: x\xc3", "line 1: the text is not UTF-8", NULL },
	{ "b: x\na: x\nb: y\n", "\"b\" stands twice", NULL },
};

START_TEST(reads)
{
	char *why = NULL;
	struct phrases *phrases = phrases_read(slice_of(cases[_i].file), &why);

	if (cases[_i].why != NULL) {
		ck_assert_ptr_null(phrases);
		ck_assert_str_eq(why, cases[_i].why);
	} else {
		ck_assert_msg(phrases != NULL, "%s", why);
		ck_assert(slice_eq_str(
		    phrases_get(phrases, SLICE("a")), cases[_i].a));
	}
	free(why);
	phrases_free(phrases);
}
END_TEST

/* Lengths at their limits: a key, a text. */
START_TEST(keeps_its_bounds)
{
	static const struct {
		int key, text;
		bool good;
	} bounds[] = {
		{ PHRASE_KEY_MAX - 1, 1, true },
		{ PHRASE_KEY_MAX, 1, true },
		{ PHRASE_KEY_MAX + 1, 1, false },
		{ 1, PHRASE_TEXT_MAX - 1, true },
		{ 1, PHRASE_TEXT_MAX, true },
		{ 1, PHRASE_TEXT_MAX + 1, false },
	};
	char long_text[PHRASE_TEXT_MAX + 2], *file, *why = NULL;
	struct phrases *phrases;

	memset(long_text, 'x', sizeof(long_text));
	file = mem_printf("%.*s: %.*s\n", bounds[_i].key, long_text,
	    bounds[_i].text, long_text);
	phrases = phrases_read(slice_of(file), &why);
	ck_assert_int_eq(phrases != NULL, bounds[_i].good);
	free(why);
	phrases_free(phrases);
	free(file);
}
END_TEST

START_TEST(counts_its_texts)
{
	size_t count = PHRASES_MAX - 1 + (size_t)_i;
	char *file = mem_alloc(count * 16 + 1), *end = file, *why = NULL;
	struct phrases *phrases;

	for (size_t i = 0; i < count; i++)
		end += snprintf(end, 16, "k%zu: x\n", i);
	phrases = phrases_read(slice_of(file), &why);
	ck_assert_int_eq(phrases != NULL, count <= PHRASES_MAX);
	if (phrases != NULL)
		ck_assert_ptr_nonnull(phrases_key(phrases, count - 1));
	ck_assert_ptr_null(phrases ? phrases_key(phrases, count) : NULL);
	free(why);
	phrases_free(phrases);
	free(file);
}
END_TEST

START_TEST(none_have_no_texts)
{
	ck_assert_uint_eq(phrases_get(NULL, SLICE("a")).n, 0);
}
END_TEST

Suite *
suite_phrases(void)
{
	Suite *suite = suite_create("phrases");
	TCase *tc = tcase_create("phrases");

	tcase_add_loop_test(tc, reads, 0, COUNT(cases));
	tcase_add_loop_test(tc, keeps_its_bounds, 0, 6);
	tcase_add_loop_test(tc, counts_its_texts, 0, 3);
	tcase_add_test(tc, none_have_no_texts);
	suite_add_tcase(suite, tc);
	return suite;
}
