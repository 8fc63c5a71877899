/*
 * The unit tests of src/conf.
 */
#include "suites.h"

#include "../run.h"

static suite_fn *const suites[] = {
	suite_bundle,
	suite_conf,
	suite_cover,
	suite_defaults,
	suite_diag,
	suite_golden,
	suite_lexer,
	suite_nearest,
	suite_stream,
	suite_value,
};

int
main(void)
{
	return suites_run(suites, sizeof(suites) / sizeof(suites[0]));
}
