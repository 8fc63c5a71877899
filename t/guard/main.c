/*
 * The tests of src/guard that need a kernel to say yes.
 */
#include <stdio.h>

#include "ground.h"
#include "suites.h"

#include "../unit/run.h"

static suite_fn *const suites[] = {
	suite_proxy_form,
	suite_host_form,
	suite_life,
	suite_uring,
	suite_wire_option,
	suite_denial,
	suite_draws,
};

int
main(void)
{
	const char *why = ground_enter();
	int status;

	if (why) {
		printf("skipped: %s\n", why);
		ground_leave();
		return 77;
	}
	status = suites_run(suites, sizeof(suites) / sizeof(suites[0]));
	ground_leave();
	return status;
}
