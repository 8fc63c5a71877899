/*
 * The unit tests of src/proxy: what can be tested without a connection. The
 * journey itself is in t/scenario.
 */
#include <stdlib.h>

#include "suites.h"

static Suite *(*const suites[])(void) = {
	suite_cas,
	suite_census,
	suite_lang,
	suite_logins,
	suite_origins,
	suite_pac,
	suite_page,
	suite_phrases,
	suite_spared,
	suite_watch,
	suite_way,
};

int
main(void)
{
	SRunner *runner = srunner_create(NULL);
	int failed;

	for (int i = 0; i < COUNT(suites); i++)
		srunner_add_suite(runner, suites[i]());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
