/*
 * The unit tests of src/base.
 */
#include "suites.h"

#include "../run.h"

static suite_fn *const suites[] = {
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
	return suites_run(suites, sizeof(suites) / sizeof(suites[0]));
}
