/*
 * The unit tests of src/http.
 */
#include "suites.h"

#include "../run.h"

static suite_fn *const suites[] = {
	suite_accept,
	suite_auth,
	suite_field,
	suite_forward,
	suite_h1_chunk,
	suite_h1_read,
	suite_h1_refuse,
	suite_h1_write,
	suite_message,
	suite_path,
	suite_target,
};

int
main(void)
{
	return suites_run(suites, sizeof(suites) / sizeof(suites[0]));
}
