/*
 * The unit tests of src/net.  They talk to loopback and socket pairs only.
 */
#include "suites.h"

#include "../run.h"

static suite_fn *const suites[] = {
	suite_dial,
	suite_facts,
	suite_io,
	suite_io_ends,
	suite_io_linger,
	suite_listen,
	suite_lists,
	suite_nested,
	suite_pump,
	suite_resolve,
	suite_tls,
};

int
main(void)
{
	return suites_run(suites, sizeof(suites) / sizeof(suites[0]));
}
