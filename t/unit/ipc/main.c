/*
 * main: runs the suites of ipc.
 */
#include <stdlib.h>

#include "suites.h"

int
main(void)
{
	SRunner *runner = srunner_create(suite_wire());
	int failed;

	srunner_add_suite(runner, suite_msg());
	srunner_add_suite(runner, suite_chan());
	srunner_add_suite(runner, suite_peers());
	srunner_add_suite(runner, suite_pending());
	srunner_add_suite(runner, suite_proof());
	srunner_add_suite(runner, suite_roleloop());
	srunner_add_suite(runner, suite_sandbox());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
