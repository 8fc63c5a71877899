/*
 * The unit tests of src/base.
 */
#include <stdlib.h>

#include "suites.h"

static Suite *(*const suites[])(void) = {
	suite_addr,
	suite_arena,
	suite_clock,
	suite_glob,
	suite_json,
	suite_keyed,
	suite_log,
	suite_map,
	suite_mapping,
	suite_mem,
	suite_must,
	suite_name,
	suite_prefix,
	suite_reach,
	suite_secret,
	suite_sink,
	suite_slice,
	suite_utf8,
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
