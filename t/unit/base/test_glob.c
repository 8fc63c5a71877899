#include "base/glob.h"

#include <string.h>

#include "suites.h"

static const struct {
	const char *pattern, *name;
	bool matches;
} cases[] = {
	{ "", "", true },
	{ "", "a", false },
	{ "a", "", false },
	{ "*", "", true },
	{ "*", "anything", true },
	{ "a", "A", true },
	{ "A", "a", true },
	{ "abc", "abcd", false },
	{ "ci-*", "ci-", true },
	{ "ci-*", "CI-build", true },
	{ "ci-*", "ci", false },
	{ "*@corp", "kim@corp", true },
	{ "*@corp", "kim@corp2", false },
	{ "a*b*c", "a1b2c", true },
	{ "a*b*c", "abbbcbc", true },
	{ "a*b*c", "acb", false },
	{ "**a**", "xxaxx", true },
	{ "*a", "aab", false },
	{ "?", "a", false },
	{ "[a]", "a", false },
	{ "\xc3\xa9*", "\xc3\xa9t\xc3\xa9", true },
};

START_TEST(matches)
{
	ck_assert_int_eq(
	    glob_matches(slice_of(cases[_i].pattern), slice_of(cases[_i].name)),
	    cases[_i].matches);
}
END_TEST

/* What would take for ever if every "*" were tried anew. */
START_TEST(many_stars)
{
	char pattern[129], name[256];

	for (size_t i = 0; i < sizeof(pattern) - 1; i += 2)
		memcpy(pattern + i, "*a", 2);
	pattern[sizeof(pattern) - 1] = 'b';
	memset(name, 'a', sizeof(name));
	ck_assert(!glob_matches(slice_from(pattern, sizeof(pattern)),
	    slice_from(name, sizeof(name))));
}
END_TEST

START_TEST(literal)
{
	ck_assert(glob_is_literal(SLICE("")));
	ck_assert(glob_is_literal(SLICE("kim")));
	ck_assert(!glob_is_literal(SLICE("*")));
	ck_assert(!glob_is_literal(SLICE("ci-*")));
}
END_TEST

Suite *
suite_glob(void)
{
	Suite *suite = suite_create("glob");
	TCase *tcase = tcase_create("patterns");

	tcase_add_loop_test(tcase, matches, 0, COUNT(cases));
	tcase_add_test(tcase, many_stars);
	tcase_add_test(tcase, literal);
	suite_add_tcase(suite, tcase);
	return suite;
}
