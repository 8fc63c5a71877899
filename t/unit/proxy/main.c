/*
 * The unit tests of src/proxy: what can be tested without a connection. The
 * journey itself is in t/scenario.
 */
#include "suites.h"

#include "../run.h"

static suite_fn *const suites[] = {
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
	return suites_run(suites, sizeof(suites) / sizeof(suites[0]));
}
