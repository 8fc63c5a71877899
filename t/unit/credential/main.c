/*
 * The unit tests of src/credential.
 */
#include "suites.h"

#include "../run.h"

static suite_fn *const suites[] = {
	suite_charset,
	suite_coding,
	suite_escape,
	suite_filter,
	suite_filter_file,
	suite_filter_size,
	suite_layer,
	suite_names,
	suite_nfc,
	suite_nest,
	suite_request,
	suite_scan,
	suite_sealed,
	suite_seen,
	suite_text,
	suite_token,
	suite_suspicion,
	suite_where,
	suite_wipe,
	suite_ws,
};

int
main(void)
{
	return suites_run(suites, sizeof(suites) / sizeof(suites[0]));
}
