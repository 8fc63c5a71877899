/*
 * main: runs the suites of ipc.
 */
#include "suites.h"

#include "../run.h"

static suite_fn *const suites[] = {
	suite_wire,
	suite_msg,
	suite_chan,
	suite_peers,
	suite_pending,
	suite_proof,
	suite_roleloop,
	suite_sandbox,
};

int
main(void)
{
	return suites_run(suites, sizeof(suites) / sizeof(suites[0]));
}
