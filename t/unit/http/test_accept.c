/*
 * accept: what people's browsers send, and what they never should.
 */
#include <stdlib.h>
#include <string.h>

#include "suites.h"

#include "http/accept.h"

static const char *const tags[] = { "en", "de", "fr", "es", "zh" };

static const struct {
	const char *value, *want;
} cases[] = {
	{ "", "en" },
	{ "de", "de" },
	{ "DE", "de" },
	{ "de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7", "de" },
	{ "en-US,en;q=0.9,de;q=0.8", "en" },
	{ "de-AT", "de" },
	{ "de-Latn-CH-1996", "de" },
	{ "zh-CN,zh;q=0.9", "zh" },
	{ "zh-Hans", "zh" },
	{ "es-419,es;q=0.9", "es" },
	/* a longer word is no relative */
	{ "den", "en" },
	{ "d", "en" },
	{ "de_AT", "en" },
	/* weights */
	{ "de;q=0.8, fr", "fr" },
	{ "de;q=0.8, fr;q=0.81", "fr" },
	{ "de;q=0.8, fr;q=0.801", "fr" },
	{ "de;q=0.8 ,fr;q=0.8", "de" },
	{ "fr;q=0.8,de;q=0.80", "fr" },
	{ "fr;q=0.8,de;q=0.800", "fr" },
	{ "fr ; Q=0.5 , de\t;\tq=0.6", "de" },
	{ "fr;q=1.000,de;q=1", "fr" },
	{ "fr;q=0,de;q=0.001", "de" },
	{ "fr;q=0.2,fr-CA;q=0.9,de;q=0.5", "fr" },
	{ "en;q=0", "en" },
	{ "nl, pl;q=0.9, fr;q=0.1", "fr" },
	{ "nl", "en" },
	/* "*" */
	{ "*", "en" },
	{ "nl, *;q=0.5", "en" },
	{ "*;q=0.9, fr", "fr" },
	{ "fr;q=0.5, *", "en" },
	{ "*;q=0.9, en;q=0, fr;q=0.1", "de" },
	{ "en;q=0, *;q=0.9, fr;q=0.1", "de" },
	{ "en;q=0, de;q=0, *", "fr" },
	{ "en-GB;q=0, *", "en" },
	{ "*;q=0, es;q=0.1", "es" },
	/* malformed ranges say nothing, their neighbours do */
	{ ",,, ,fr", "fr" },
	{ "de;q=2, fr;q=0.1", "fr" },
	{ "de;q=1.001, fr;q=0.1", "fr" },
	{ "de;q=0.1234, fr;q=0.1", "fr" },
	{ "de;q=.9, fr;q=0.1", "fr" },
	{ "de;q=-1, fr;q=0.1", "fr" },
	{ "de;q=0.9x, fr;q=0.1", "fr" },
	{ "de;q=00.9, fr;q=0.1", "fr" },
	{ "de;q=, fr;q=0.1", "fr" },
	{ "de;q, fr;q=0.1", "fr" },
	{ "de;, fr;q=0.1", "fr" },
	{ "de;level=1, fr;q=0.1", "fr" },
	{ "de;q=0.9;x=1, fr;q=0.1", "fr" },
	{ "d e, fr;q=0.1", "fr" },
	{ "de;q=0., fr;q=0.1", "fr" },
	{ "\xff\xfe, fr", "fr" },
};

START_TEST(chooses)
{
	size_t at = accept_language(
	    slice_of(cases[_i].value), tags, COUNT(tags));

	ck_assert_msg(strcmp(tags[at], cases[_i].want) == 0,
	    "\"%s\" gives %s, not %s", cases[_i].value, tags[at],
	    cases[_i].want);
}
END_TEST

/* `before` ranges of no use, then "fr". */
START_TEST(looks_at_so_many_and_no_more)
{
	static const struct {
		size_t before;
		const char *want;
	} bounds[] = {
		{ ACCEPT_RANGES_MAX - 2, "fr" },
		{ ACCEPT_RANGES_MAX - 1, "fr" },
		{ ACCEPT_RANGES_MAX, "en" },
	};
	char text[3 * ACCEPT_RANGES_MAX + 3] = "";
	size_t at;

	for (size_t i = 0; i < bounds[_i].before; i++)
		strcat(text, "nl,");
	strcat(text, "fr");
	at = accept_language(slice_of(text), tags, COUNT(tags));
	ck_assert_str_eq(tags[at], bounds[_i].want);
}
END_TEST

Suite *
suite_accept(void)
{
	Suite *suite = suite_create("accept");
	TCase *tc = tcase_create("accept");

	tcase_add_loop_test(tc, chooses, 0, COUNT(cases));
	tcase_add_loop_test(tc, looks_at_so_many_and_no_more, 0, 3);
	suite_add_tcase(suite, tc);
	return suite;
}
