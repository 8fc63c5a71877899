/*
 * run: all suites in one runner, as Check's environment wants it.
 */
#include "run.h"

#include <stdlib.h>

int
suites_run(suite_fn *const suites[], size_t n)
{
	SRunner *runner = srunner_create(NULL);
	int failed;

	for (size_t i = 0; i < n; i++)
		srunner_add_suite(runner, suites[i]());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
