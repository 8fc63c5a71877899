#include "cli/identity.h"

#include <string.h>
#include <unistd.h>

#include "suites.h"

static const struct {
	const char *run_user;
	const char *why; /* part of the words; NULL: it is fine */
} cases[] = {
	{ NULL, NULL },
	{ "nobody", NULL },
	{ "root", "is root" },
	{ "no-such-account", "there is no user no-such-account" },
};

START_TEST(root_becomes_somebody_else)
{
	struct conf conf;
	struct identity identity;
	const char *why;

	memset(&conf, 0, sizeof(conf));
	conf.run_user = cases[_i].run_user;
	why = identity_choose(&identity, &conf);
	if (geteuid() != 0) {
		ck_assert_ptr_null(why);
		ck_assert(!identity.change);
		return;
	}
	if (cases[_i].why) {
		ck_assert_ptr_nonnull(why);
		ck_assert_ptr_nonnull(strstr(why, cases[_i].why));
		return;
	}
	ck_assert_ptr_null(why);
	ck_assert(identity.change);
	ck_assert_uint_ne(identity.uid, 0);
}
END_TEST

START_TEST(marks_are_noticed)
{
	struct packet_marks marks[2];
	struct conf conf;

	memset(&conf, 0, sizeof(conf));
	memset(marks, 0, sizeof(marks));
	conf.marks.v = marks;
	conf.marks.n = 2;
	marks[0].has_dscp = true;
	ck_assert(!identity_wants_mark(&conf));
	marks[1].has_mark = true;
	ck_assert(identity_wants_mark(&conf));
}
END_TEST

Suite *
suite_identity(void)
{
	Suite *suite = suite_create("identity");
	TCase *tcase = tcase_create("identity");

	tcase_add_loop_test(tcase, root_becomes_somebody_else, 0,
	    sizeof(cases) / sizeof(*cases));
	tcase_add_test(tcase, marks_are_noticed);
	suite_add_tcase(suite, tcase);
	return suite;
}
