/*
 * The unit tests of src/credential.
 */
#include <stdlib.h>

#include "suites.h"

static Suite *(*const suites[])(void) = {
	suite_charset,
	suite_coding,
	suite_escape,
	suite_filter,
	suite_filter_file,
	suite_filter_size,
	suite_layer,
	suite_names,
	suite_nest,
	suite_request,
	suite_scan,
	suite_sealed,
	suite_seen,
	suite_text,
	suite_token,
	suite_suspicion,
	suite_where,
	suite_wipe,
	suite_ws,
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
