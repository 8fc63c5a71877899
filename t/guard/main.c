/*
 * The tests of src/guard that need a kernel to say yes.
 */
#include <stdio.h>
#include <stdlib.h>

#include "ground.h"
#include "suites.h"

static Suite *(*const suites[])(void) = {
	suite_proxy_form,
	suite_host_form,
	suite_life,
	suite_uring,
	suite_wire_option,
	suite_denial,
	suite_draws,
};

int
main(void)
{
	const char *why = ground_enter();
	SRunner *runner;
	int failed;

	if (why) {
		printf("skipped: %s\n", why);
		ground_leave();
		return 77;
	}
	runner = srunner_create(NULL);
	for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
		srunner_add_suite(runner, suites[i]());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	ground_leave();
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
