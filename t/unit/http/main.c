/*
 * The unit tests of src/http.
 */
#include <stdlib.h>

#include "suites.h"

static Suite *(*const suites[])(void) = {
	suite_accept,
	suite_auth,
	suite_field,
	suite_forward,
	suite_h1_chunk,
	suite_h1_read,
	suite_h1_refuse,
	suite_h1_write,
	suite_message,
	suite_path,
	suite_target,
};

int
main(void)
{
	SRunner *runner = srunner_create(NULL);
	int failed;

	for (size_t i = 0; i < COUNT(suites); i++)
		srunner_add_suite(runner, suites[i]());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
