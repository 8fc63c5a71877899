/*
 * The unit tests of src/directory.
 */
#include <stdlib.h>

#include "suites.h"

static Suite *(*const suites[])(void) = {
	suite_accounts,
	suite_budgets,
	suite_changes,
	suite_checker,
	suite_desk,
	suite_directory,
	suite_edit,
	suite_hash,
	suite_inquiry,
	suite_keeper,
	suite_memories,
	suite_numbers,
	suite_roster,
	suite_tally,
	suite_crowd,
	suite_throttle,
	suite_grace,
	suite_keytab,
	suite_ldap_account,
	suite_ldap_filter,
	suite_ldap_verdict,
	suite_realms,
	suite_several,
	suite_untold,
	suite_waiters,
	suite_warden,
	suite_ways,
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
