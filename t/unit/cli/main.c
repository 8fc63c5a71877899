/*
 * The unit tests of src/cli: what of it can be tested without a process.
 */
#include <stdlib.h>

#include "suites.h"

int
main(void)
{
	SRunner *runner = srunner_create(suite_ask());
	int failed;

	srunner_add_suite(runner, suite_replace());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
