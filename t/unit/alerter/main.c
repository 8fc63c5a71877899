/*
 * The unit tests of src/alerter.
 */
#include "suites.h"

#include "../run.h"

static suite_fn *const suites[] = {
	suite_runner,
	suite_spool,
};

int
main(void)
{
	return suites_run(suites, sizeof(suites) / sizeof(suites[0]));
}
