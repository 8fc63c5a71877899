/*
 * The unit tests of src/signer.
 */
#include "ca.h"

#include "../run.h"

static suite_fn *const suites[] = {
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
	return suites_run(suites, sizeof(suites) / sizeof(suites[0]));
}
