/*
 * staple: one response, one certificate. It asks no responder.
 */
#include "net/staple.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#define SKEW_S 300              /* of clocks */
#define AGE_MAX_S (10L * 86400) /* where the response names no end */
#define FEATURE_STATUS 5        /* RFC 7633: status_request */

static bool
is_about(const OCSP_CERTID *id, X509 *cert, X509 *issuer)
{
	ASN1_OBJECT *algorithm = NULL;
	const EVP_MD *digest;
	OCSP_CERTID *own = NULL;
	bool same;

	if (OCSP_id_get0_info(NULL, &algorithm, NULL, NULL,
		(OCSP_CERTID *)(uintptr_t)id) != 1)
		return false;
	digest = EVP_get_digestbyobj(algorithm);
	if (digest != NULL)
		own = OCSP_cert_to_id(digest, cert, issuer);
	same = own != NULL && OCSP_id_cmp(own, id) == 0;
	OCSP_CERTID_free(own);
	return same;
}

static enum staple
judge_single(OCSP_SINGLERESP *single)
{
	ASN1_GENERALIZEDTIME *from = NULL, *until = NULL;
	int status = OCSP_single_get0_status(single, NULL, NULL, &from, &until);

	if (OCSP_check_validity(
		from, until, SKEW_S, until == NULL ? AGE_MAX_S : -1) != 1)
		return STAPLE_BAD;
	switch (status) {
	case V_OCSP_CERTSTATUS_GOOD:
		return STAPLE_GOOD;
	case V_OCSP_CERTSTATUS_REVOKED:
		return STAPLE_REVOKED;
	default:
		return STAPLE_BAD;
	}
}

/* Several may speak of it: the worst counts. */
static enum staple
judge_basic(OCSP_BASICRESP *basic, X509 *cert, X509 *issuer)
{
	enum staple found = STAPLE_NONE;

	for (int i = 0; i < OCSP_resp_count(basic); i++) {
		OCSP_SINGLERESP *single = OCSP_resp_get0(basic, i);
		enum staple one;

		if (!is_about(OCSP_SINGLERESP_get0_id(single), cert, issuer))
			continue;
		one = judge_single(single);
		if (found == STAPLE_NONE || one == STAPLE_REVOKED ||
		    (one == STAPLE_BAD && found == STAPLE_GOOD))
			found = one;
	}
	return found;
}

enum staple
staple_judge(struct slice der, STACK_OF(X509) * chain, X509_STORE *store)
{
	const unsigned char *p = (const unsigned char *)der.p;
	OCSP_RESPONSE *response;
	OCSP_BASICRESP *basic = NULL;
	enum staple found = STAPLE_BAD;

	if (der.n == 0 || sk_X509_num(chain) < 2)
		return STAPLE_NONE;
	response = d2i_OCSP_RESPONSE(NULL, &p, (long)der.n);
	if (response != NULL &&
	    OCSP_response_status(response) == OCSP_RESPONSE_STATUS_SUCCESSFUL)
		basic = OCSP_response_get1_basic(response);
	if (basic != NULL && OCSP_basic_verify(basic, chain, store, 0) == 1)
		found = judge_basic(
		    basic, sk_X509_value(chain, 0), sk_X509_value(chain, 1));
	OCSP_BASICRESP_free(basic);
	OCSP_RESPONSE_free(response);
	ERR_clear_error();
	return found;
}

bool
staple_demanded(X509 *cert)
{
	TLS_FEATURE *features = X509_get_ext_d2i(
	    cert, NID_tlsfeature, NULL, NULL);
	bool demanded = false;

	for (int i = 0; i < sk_ASN1_INTEGER_num(features); i++)
		demanded |= ASN1_INTEGER_get(sk_ASN1_INTEGER_value(
				features, i)) == FEATURE_STATUS;
	TLS_FEATURE_free(features);
	ERR_clear_error();
	return demanded;
}
