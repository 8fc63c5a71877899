#include "conf/cover.h"

#include "suites.h"

/* Two rules, and whether the first leaves nothing for the second. */
static const struct {
	const char *outer, *inner;
	bool covers;
} pairs[] = {
	{ "to any", "to a.example", true },
	{ "from 10.0.0.0/8", "to any", false },
	{ "to a.example", "to any", false },
	{ "to a.example", "to A.example.", true },
	{ "to *.example", "to a.b.example", true },
	{ "to *.example", "to *.b.example", true },
	{ "to *.example", "to *.example", true },
	{ "to *.b.example", "to *.example", false },
	{ "to *.example", "to example", false },
	{ "to a.example", "to *.a.example", false },
	{ "to 10.0.0.0/8", "to { 10.1.0.0/16, 10.2.2.2 }", true },
	{ "to 10.1.0.0/16", "to 10.0.0.0/8", false },
	{ "to internal", "to 10.0.0.0/8", false },
	{ "to internal", "to internal", true },
	{ "to port 1-100", "to port 25", true },
	{ "to { a.example, port 25 }", "to { port 25, a.example }", true },
	{ "to file \"list.txt\"", "to file \"list.txt\"", true },
	{ "to file \"list.txt\"", "to a.example", false },
	{ "not to a.example", "to b.example", false },
	{ "to b.example", "not to a.example", false },
	{ "user { a, b }", "user b", true },
	{ "user a*", "user { alice, \"ab*\" }", true },
	{ "user alice", "user a*", false },
	{ "user a", "to any", false },
	{ "user a", "not user a", false },
	{ "not user a", "not user { a, b }", true },
	{ "not user { a, b }", "not user a", false },
	{ "group g", "group g", true },
	{ "group g", "user g", false },
	{ "from 192.0.2.0/24", "from 192.0.2.1", true },
	{ "from 192.0.2.0/24", "from { 192.0.2.1, 192.0.3.1 }", false },
	{ "port 1-1000", "port { 80, 443 }", true },
	{ "port 80", "port 80-81", false },
	{ "method { GET, HEAD }", "method get", true },
	{ "method GET", "to any", false },
	{ "path /a", "path { /a, /a/b }", true },
	{ "path /a", "path /ab", false },
	{ "path /", "path /ab", true },
	{ "at mon-fri", "at tue 08:00-09:00", true },
	{ "at 08:00-18:00", "at tue 09:00-18:00", true },
	{ "at 08:00-18:00", "at tue 09:00-18:01", false },
	{ "at 22:00-06:00", "at 22:00-06:00", true },
	{ "at 22:00-06:00", "at 23:00-24:00", false },
	{ "at mon", "to any", false },
};

START_TEST(pair)
{
	struct diags diags = { 0 };
	struct conf *conf;
	size_t budget = 1000;
	char text[300];

	snprintf(text, sizeof(text), "group g { x }\nallow %s\ndeny %s\n",
	    pairs[_i].outer, pairs[_i].inner);
	conf = conf_of(text, &diags);
	ck_assert_ptr_nonnull(conf);
	ck_assert_int_eq(
	    cover_rule(&conf->rules.v[0], &conf->rules.v[1], &budget),
	    pairs[_i].covers);
	conf_free(conf);
	diags_clear(&diags);
}
END_TEST

/* Without a budget nothing is certain. */
START_TEST(spent)
{
	struct diags diags = { 0 };
	struct conf *conf = conf_of("allow to { a.example, b.example }\n"
				    "deny to b.example\n",
	    &diags);
	size_t budget = 1;

	ck_assert(!cover_rule(&conf->rules.v[0], &conf->rules.v[1], &budget));
	ck_assert_uint_eq(budget, 0);
	conf_free(conf);
	diags_clear(&diags);
}
END_TEST

Suite *
suite_cover(void)
{
	Suite *suite = suite_create("cover");
	TCase *tcase = tcase_create("rules");

	tcase_add_loop_test(tcase, pair, 0, COUNT(pairs));
	tcase_add_test(tcase, spent);
	suite_add_tcase(suite, tcase);
	return suite;
}
