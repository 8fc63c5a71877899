/*
 * The unit tests of src/net.  They talk to loopback and socket pairs only.
 */
#include <stdlib.h>

#include "suites.h"

static Suite *(*const suites[])(void) = {
	suite_dial,
	suite_facts,
	suite_io,
	suite_listen,
	suite_lists,
	suite_nested,
	suite_pump,
	suite_resolve,
	suite_tls,
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
