/*
 * The unit tests of src/policy.
 */
#include "suites.h"

#include "../run.h"

static suite_fn *const suites[] = {
	suite_credentials,
	suite_destset,
	suite_explain,
	suite_origins,
	suite_policy,
	suite_table,
	suite_whoset,
};

int
main(void)
{
	return suites_run(suites, sizeof(suites) / sizeof(suites[0]));
}
