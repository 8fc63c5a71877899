/*
 * The process that runs the alert command.
 */
#include "alerter/runner.h"

#include <string.h>

#include "suites.h"

static struct event_base *base;
static unsigned answers;
static bool well;

static void
on_done(bool ok, const char *why, void *arg)
{
	well = ok;
	answers++;
	ck_assert_int_eq(ok, why == NULL);
	event_base_loopbreak(base);
}

static const struct {
	const char *command;
	bool well;
} rows[] = {
	{ "/bin/true", true },
	{ "/bin/false", false },
	{ "/nowhere/to/be/found", false },
};

START_TEST(test_commands)
{
	struct runner *runner;
	char json[5000];

	memset(json, 'x', sizeof(json));
	base = event_base_new();
	runner = runner_start(base, rows[_i].command, on_done, NULL);
	ck_assert_ptr_nonnull(runner);
	for (unsigned i = 0; i < 3; i++) {
		answers = 0;
		ck_assert_int_eq(
		    runner_run(runner, slice_from(json, sizeof(json))), 0);
		event_base_dispatch(base);
		ck_assert_uint_eq(answers, 1);
		ck_assert_int_eq(well, rows[_i].well);
	}
	runner_free(runner);
	event_base_free(base);
}
END_TEST

Suite *
suite_runner(void)
{
	Suite *suite = suite_create("runner");
	TCase *tcase = tcase_create("runner");

	tcase_set_timeout(tcase, 30);
	tcase_add_loop_test(tcase, test_commands, 0, COUNT(rows));
	suite_add_tcase(suite, tcase);
	return suite;
}
