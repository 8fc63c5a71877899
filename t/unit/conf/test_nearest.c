#include "conf/nearest.h"

#include "suites.h"

static const struct {
	const char *word, *best; /* "": none is near */
} words[] = {
	{ "finanse", "finance" },
	{ "lisen", "listen" },
	{ "gruop", "group" },
	{ "ALLOW", "allow" },
	{ "alow", "allow" },
	{ "reprot", "report" },
	{ "on", "" },
	{ "x", "" },
	{ "frobnicate", "" },
	{ "", "" },
	{ "alloooow", "allow" },
	{ "alloooooow", "" },
	{ "allowallowallowallowallowallowallowallow", "" },
	{ "allowallowallowallowallowallowallowallowa", "" },
};

START_TEST(near)
{
	static const char *const known[] = { "", "listen", "allow", "group",
		"report", "finance",
		"a word that is longer than what is compared at all" };
	struct nearest nearest = nearest_to(slice_of(words[_i].word));

	for (size_t i = 0; i < COUNT(known); i++)
		nearest_offer(&nearest, slice_of(known[i]));
	ck_assert(slice_eq_str(nearest.best, words[_i].best));
}
END_TEST

Suite *
suite_nearest(void)
{
	Suite *suite = suite_create("nearest");
	TCase *tcase = tcase_create("words");

	tcase_add_loop_test(tcase, near, 0, COUNT(words));
	suite_add_tcase(suite, tcase);
	return suite;
}
