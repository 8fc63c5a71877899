/*
 * The unit tests of src/directory.
 */
#include "suites.h"

#include "../run.h"

static suite_fn *const suites[] = {
	suite_accounts,
	suite_budgets,
	suite_changes,
	suite_checker,
	suite_desk,
	suite_directory,
	suite_edit,
	suite_file,
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
	return suites_run(suites, sizeof(suites) / sizeof(suites[0]));
}
