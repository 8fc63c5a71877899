#include "policy/whoset.h"

#include <stdio.h>
#include <string.h>

#include "suites.h"

static const char groups_text[] = "group builders { alice, \"ci-*\" }\n"
				  "group empty { }\n";

/* A condition, an account, a group that a directory knows of, the answer. */
static const struct {
	const char *who, *account, *more;
	bool has;
} cases[] = {
	{ "user alice", "alice", "", true },
	{ "user Alice", "alice", "", true },
	{ "user alice", "ALICE", "", true },
	{ "user alice", "alice2", "", false },
	{ "user alice", "", "", false },
	{ "user { bob, alice }", "alice", "", true },
	{ "user \"*\"", "anyone", "", true },
	{ "user \"*\"", "", "", false },
	{ "user \"ci-*\"", "ci-build", "", true },
	{ "user \"ci-*\"", "ci-", "", true },
	{ "user \"ci-*\"", "ci", "", false },
	{ "user \"*@corp.example\"", "Kim@CORP.example", "", true },
	{ "not user alice", "alice", "", false },
	{ "not user alice", "bob", "", true },
	{ "not user alice", "", "", true },
	{ "group builders", "alice", "", true },
	{ "group Builders", "CI-7", "", true },
	{ "group builders", "bob", "", false },
	{ "group builders", "bob", "builders", true },
	{ "group builders", "bob", "Builders", true },
	{ "group builders", "bob", "builder", false },
	{ "group builders", "", "builders", false },
	{ "group { empty, builders }", "alice", "", true },
	{ "group empty", "alice", "", false },
	{ "not group builders", "alice", "", false },
	{ "not group builders", "bob", "", true },
	{ "not group builders", "bob", "builders", false },
};

START_TEST(has)
{
	char text[200];
	struct conf *conf;
	struct groups *groups;
	struct whoset *set;
	struct slice more = slice_of(cases[_i].more);
	struct member member = { .account = slice_of(cases[_i].account),
		.more = &more,
		.nmore = more.n > 0 };

	snprintf(
	    text, sizeof(text), "%sallow %s\n", groups_text, cases[_i].who);
	conf = conf_of(text);
	groups = groups_new(conf);
	set = whoset_new(&conf->rules.v[0].who, groups);
	ck_assert_int_eq(whoset_has(set, &member), cases[_i].has);
	/* and when it remembers */
	ck_assert_int_eq(whoset_has(set, &member), cases[_i].has);
	whoset_free(set);
	groups_free(groups);
	conf_free(conf);
}
END_TEST

START_TEST(everybody)
{
	const struct who who = { .negated = false };
	struct conf *conf = conf_of("");
	struct groups *groups = groups_new(conf);
	struct whoset *set = whoset_new(&who, groups);
	struct member nobody = { .account = SLICE_EMPTY };

	ck_assert(whoset_has(set, &nobody));
	whoset_free(set);
	groups_free(groups);
	conf_free(conf);
}
END_TEST

/* More groups than are remembered. */
START_TEST(many_groups)
{
	char text[8000], *at = text;
	struct slice nobody = SLICE_EMPTY;
	struct groups *groups;
	struct conf *conf;

	for (int i = 0; i < 70; i++)
		at += sprintf(at, "group g%d { a%d }\n", i, i);
	for (int i = 0; i < 70; i++)
		at += sprintf(at, "allow group g%d\n", i);
	conf = conf_of(text);
	groups = groups_new(conf);
	for (int i = 0; i < 70; i++) {
		struct member member = { .more = &nobody };
		char account[10];

		snprintf(account, sizeof(account), "a%d", i);
		member.account = slice_of(account);
		for (int j = 0; j < 70; j++) {
			struct whoset *set = whoset_new(
			    &conf->rules.v[j].who, groups);

			ck_assert_int_eq(whoset_has(set, &member), i == j);
			whoset_free(set);
		}
	}
	groups_free(groups);
	conf_free(conf);
}
END_TEST

/* Groups that only a directory knows: one isn't the other. */
START_TEST(directory_groups)
{
	struct conf *conf = conf_of("directory ldap corp {\n"
				    "server \"ldaps://a.test\"\n"
				    "base \"dc=test\"\n}\n"
				    "allow group one\nallow group two\n");
	struct groups *groups = groups_new(conf);
	struct slice more = SLICE("Two");
	struct member member = {
		.account = SLICE("alice"), .more = &more, .nmore = 1
	};

	for (size_t i = 0; i < 2; i++) {
		struct whoset *set = whoset_new(&conf->rules.v[i].who, groups);

		ck_assert_int_eq(whoset_has(set, &member), i == 1);
		whoset_free(set);
	}
	groups_free(groups);
	conf_free(conf);
}
END_TEST

/* Longer than any name of a configuration: only patterns can mean it. */
START_TEST(long_name)
{
	struct slice patterns[] = { SLICE("aaa"), SLICE("a*b") };
	struct patterns *plain = patterns_new(patterns, 1);
	struct patterns *globs = patterns_new(patterns + 1, 1);
	char name[1000];

	memset(name, 'a', sizeof(name));
	ck_assert(!patterns_have(plain, slice_from(name, sizeof(name))));
	ck_assert(!patterns_have(globs, slice_from(name, sizeof(name))));
	name[sizeof(name) - 1] = 'B';
	ck_assert(patterns_have(globs, slice_from(name, sizeof(name))));
	patterns_free(plain);
	patterns_free(globs);
	patterns_free(NULL);
}
END_TEST

Suite *
suite_whoset(void)
{
	Suite *suite = suite_create("whoset");
	TCase *tcase = tcase_create("accounts");

	tcase_add_loop_test(tcase, has, 0, COUNT(cases));
	tcase_add_test(tcase, everybody);
	tcase_add_test(tcase, many_groups);
	tcase_add_test(tcase, directory_groups);
	tcase_add_test(tcase, long_name);
	suite_add_tcase(suite, tcase);
	return suite;
}
