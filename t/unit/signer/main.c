/*
 * The unit tests of src/signer.
 */
#include <stdlib.h>

#include "ca.h"

static Suite *(*const suites[])(void) = {
	suite_authority,
	suite_crl,
	suite_evidence,
	suite_found,
	suite_stock,
	suite_mint,
	suite_pinned,
	suite_question,
	suite_sign,
	suite_signer,
	suite_subject_key,
	suite_vault,
};

int
main(void)
{
	SRunner *runner = srunner_create(NULL);
	int failed;

	for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
		srunner_add_suite(runner, suites[i]());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
