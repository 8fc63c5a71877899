/*
 * The unit tests of src/guard.
 */
#include "suites.h"

#include "../run.h"

static suite_fn *const suites[] = {
	suite_spans,
	suite_namepins,
	suite_compile,
};

int
main(void)
{
	return suites_run(suites, sizeof(suites) / sizeof(suites[0]));
}
