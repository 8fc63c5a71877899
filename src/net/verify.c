/*
 * verify: the callbacks around X509_verify_cert. It keeps no trust of its
 * own: anchors and lists belong to the context.
 */
#include "net/verify.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/must.h"
#include "net/staple.h"

#define MISSING_MAX 4 /* issuers in a row that were not sent */

struct verify {
	enum tls_revocation revocation;
	bool crls;
	bool unlisted; /* no list that is valid speaks of the leaf */
	struct tls_except *excepts; /* owned */
	size_t nexcepts;
	const struct issuers *issuers;        /* borrowed */
	uint8_t sha256[TLS_FINGERPRINT_SIZE]; /* of the leaf */
	unsigned accepted;
	STACK_OF(X509) * sent; /* owned */
	char *missing;         /* owned */

	struct lists *lists; /* borrowed */
	uint32_t account;
	bool demand;
	bool listed;        /* there is one for the leaf */
	bool forged;        /* … that its issuer hasn't signed */
	char *missing_list; /* owned */
	bool lacks_list;    /* … and the handshake fails for it */
};

unsigned
tls_fault_of(long error)
{
	static const struct {
		long error;
		unsigned fault;
	} table[] = {
		{ X509_V_ERR_CERT_HAS_EXPIRED, TLS_FAULT_EXPIRED },
		{ X509_V_ERR_CERT_NOT_YET_VALID, TLS_FAULT_NOT_YET_VALID },
		{ X509_V_ERR_HOSTNAME_MISMATCH, TLS_FAULT_WRONG_NAME },
		{ X509_V_ERR_IP_ADDRESS_MISMATCH, TLS_FAULT_WRONG_NAME },
		{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
		    TLS_FAULT_SELF_SIGNED },
		{ X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
		    TLS_FAULT_UNKNOWN_AUTHORITY },
		{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
		    TLS_FAULT_UNKNOWN_AUTHORITY },
		{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
		    TLS_FAULT_UNKNOWN_AUTHORITY },
		{ X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
		    TLS_FAULT_UNKNOWN_AUTHORITY },
		{ X509_V_ERR_EE_KEY_TOO_SMALL, TLS_FAULT_WEAK_KEY },
		{ X509_V_ERR_CA_KEY_TOO_SMALL, TLS_FAULT_WEAK_KEY },
		{ X509_V_ERR_CA_MD_TOO_WEAK, TLS_FAULT_WEAK_SIGNATURE },
		{ X509_V_ERR_INVALID_PURPOSE, TLS_FAULT_WRONG_PURPOSE },
		{ X509_V_ERR_PERMITTED_VIOLATION, TLS_FAULT_NAME_CONSTRAINT },
		{ X509_V_ERR_EXCLUDED_VIOLATION, TLS_FAULT_NAME_CONSTRAINT },
		{ X509_V_ERR_CERT_REVOKED, TLS_FAULT_REVOKED },
		{ X509_V_ERR_OCSP_VERIFY_NEEDED, TLS_FAULT_NO_STATUS },
		{ X509_V_ERR_OCSP_VERIFY_FAILED, TLS_FAULT_NO_STATUS },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].error == error)
			return table[i].fault;
	return 0;
}

/* --- life ------------------------------------------------------------------ */

struct verify *
verify_new(const struct verify_opts *opts, SSL *ssl)
{
	struct verify *verify = mem_zalloc(sizeof(*verify));
	size_t bytes = opts->nexcepts * sizeof(*opts->excepts);

	verify->revocation = opts->revocation;
	verify->crls = opts->crls && opts->revocation != TLS_REVOCATION_OFF;
	verify->issuers = opts->issuers;
	if (opts->revocation != TLS_REVOCATION_OFF)
		verify->lists = opts->lists;
	verify->account = opts->account;
	verify->demand = opts->demand;
	if (bytes > 0) {
		verify->excepts = mem_alloc(bytes);
		memcpy(verify->excepts, opts->excepts, bytes);
		verify->nexcepts = opts->nexcepts;
	}
	if (verify->revocation != TLS_REVOCATION_OFF)
		must(SSL_set_tlsext_status_type(ssl, TLSEXT_STATUSTYPE_ocsp) ==
		    1);
	if (verify->crls)
		must(X509_VERIFY_PARAM_set_flags(SSL_get0_param(ssl),
		    X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL));
	return verify;
}

void
verify_free(struct verify *verify)
{
	if (verify == NULL)
		return;
	sk_X509_pop_free(verify->sent, X509_free);
	free(verify->excepts);
	free(verify->missing);
	free(verify->missing_list);
	free(verify);
}

/* --- the chain ------------------------------------------------------------- */

static bool
is_excepted(struct verify *verify, long error)
{
	unsigned fault = tls_fault_of(error);

	for (size_t i = 0; fault != 0 && i < verify->nexcepts; i++) {
		const struct tls_except *one = &verify->excepts[i];

		if (!(one->faults & fault) ||
		    memcmp(one->sha256, verify->sha256,
			sizeof(verify->sha256)) != 0)
			continue;
		verify->accepted |= fault;
		return true;
	}
	return false;
}

/* The lists need not be complete: a certificate that none speaks of is not
 * revoked by one. */
static bool
is_about_lists(int error)
{
	switch (error) {
	case X509_V_ERR_UNABLE_TO_GET_CRL:
	case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
	case X509_V_ERR_CRL_SIGNATURE_FAILURE:
	case X509_V_ERR_CRL_NOT_YET_VALID:
	case X509_V_ERR_CRL_HAS_EXPIRED:
	case X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD:
	case X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD:
	case X509_V_ERR_KEYUSAGE_NO_CRL_SIGN:
	case X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION:
	case X509_V_ERR_DIFFERENT_CRL_SCOPE:
	case X509_V_ERR_CRL_PATH_VALIDATION_ERROR:
		return true;
	default:
		return false;
	}
}

static int
on_fault(int ok, X509_STORE_CTX *ctx)
{
	struct verify *verify = X509_STORE_CTX_get_app_data(ctx);
	int error = X509_STORE_CTX_get_error(ctx);

	bool is_leaf = X509_STORE_CTX_get_error_depth(ctx) == 0;

	if (ok)
		return ok;
	if (is_about_lists(error)) {
		verify->unlisted |= is_leaf;
		verify->forged |= is_leaf &&
		    error == X509_V_ERR_CRL_SIGNATURE_FAILURE;
		return 1;
	}
	/* it is looked into all the same */
	if (error == X509_V_ERR_CERT_REVOKED && is_leaf && verify->forged)
		return 1;
	return is_excepted(verify, error);
}

static X509 *
sent_issuer(STACK_OF(X509) * certs, X509 *cert)
{
	for (int i = 0; i < sk_X509_num(certs); i++) {
		X509 *one = sk_X509_value(certs, i);

		if (one != cert && X509_check_issued(one, cert) == X509_V_OK)
			return one;
	}
	return NULL;
}

/* Follows what was sent as far as it goes, adds what is known to follow, and
 * notes where the next one could be had. */
static void
complete(struct verify *verify, STACK_OF(X509) * certs, X509 *cert)
{
	int added = 0;

	for (int i = 0; i < sk_X509_num(certs) + 1 && cert != NULL; i++) {
		X509 *issuer = sent_issuer(certs, cert);

		if (X509_check_issued(cert, cert) == X509_V_OK)
			return;
		if (issuer == NULL && verify->issuers != NULL &&
		    added++ < MISSING_MAX) {
			issuer = issuers_find(verify->issuers, cert);
			if (issuer != NULL && X509_up_ref(issuer) == 1)
				must(sk_X509_push(certs, issuer) > 0);
		}
		if (issuer == NULL) {
			free(verify->missing);
			verify->missing = issuers_url(cert);
		}
		cert = issuer;
	}
}

static bool
lacks_issuer(int error)
{
	return error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT ||
	    error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
	    error == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE;
}

/* The list that was fetched for the leaf, for this verification. NULL: there
 * is none; the caller frees the stack. */
static STACK_OF(X509_CRL) *
    use_list(struct verify *verify, X509_STORE_CTX *ctx, X509 *leaf)
{
	char *url = verify->lists != NULL ? lists_url(leaf) : NULL;
	STACK_OF(X509_CRL) *stack = NULL;
	enum lists_state state = LISTS_FAILED;
	X509_CRL *crl = NULL;

	if (url != NULL)
		state = lists_find(verify->lists, url, verify->account,
		    (int64_t)(clock_wall_us() / 1000000), clock_ms(), &crl);
	verify->listed = state == LISTS_THERE;
	if (state == LISTS_THERE) {
		stack = sk_X509_CRL_new_null();
		must(stack != NULL && sk_X509_CRL_push(stack, crl) > 0);
		X509_STORE_CTX_set0_crls(ctx, stack);
		X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_CRL_CHECK);
	}
	free(verify->missing_list);
	verify->missing_list = state == LISTS_UNKNOWN ? url : NULL;
	if (state != LISTS_UNKNOWN)
		free(url);
	return stack;
}

int
verify_chain(struct verify *verify, X509_STORE_CTX *ctx)
{
	STACK_OF(X509_CRL) * lists;
	X509 *leaf = X509_STORE_CTX_get0_cert(ctx);
	STACK_OF(X509) *certs = X509_chain_up_ref(
	    X509_STORE_CTX_get0_untrusted(ctx));
	unsigned n = sizeof(verify->sha256);
	int ok;

	must(certs != NULL && leaf != NULL);
	must(X509_digest(leaf, EVP_sha256(), verify->sha256, &n) == 1);
	sk_X509_pop_free(verify->sent, X509_free);
	verify->sent = X509_chain_up_ref(certs);
	complete(verify, certs, leaf);
	X509_STORE_CTX_set0_untrusted(ctx, certs);
	lists = use_list(verify, ctx, leaf);
	X509_STORE_CTX_set_app_data(ctx, verify);
	X509_STORE_CTX_set_verify_cb(ctx, on_fault);
	ok = X509_verify_cert(ctx);
	if (ok == 1)
		X509_STORE_CTX_set_error(ctx, X509_V_OK);
	if (ok == 1 || !lacks_issuer(X509_STORE_CTX_get_error(ctx))) {
		free(verify->missing);
		verify->missing = NULL;
	}
	X509_STORE_CTX_set0_untrusted(ctx, NULL);
	X509_STORE_CTX_set0_crls(ctx, NULL);
	sk_X509_CRL_free(lists);
	sk_X509_pop_free(certs, X509_free);
	return ok;
}

/* --- the status ------------------------------------------------------------ */

/* The error that the status amounts to, or X509_V_OK. */
static long
judge_status(const struct verify *verify, enum staple staple, X509 *leaf)
{
	bool listed = (verify->crls || verify->listed) && !verify->unlisted;
	bool wanted = verify->revocation == TLS_REVOCATION_HARD && !listed;

	switch (staple) {
	case STAPLE_GOOD:
		return X509_V_OK;
	case STAPLE_REVOKED:
		return X509_V_ERR_CERT_REVOKED;
	case STAPLE_NONE:
		return wanted || staple_demanded(leaf)
		    ? X509_V_ERR_OCSP_VERIFY_NEEDED
		    : X509_V_OK;
	case STAPLE_BAD:
		return wanted || staple_demanded(leaf)
		    ? X509_V_ERR_OCSP_VERIFY_FAILED
		    : X509_V_OK;
	}
	return X509_V_ERR_UNSPECIFIED;
}

/* A status that came along says it sooner, and one that had to come along and
 * didn't is not made up for. */
static bool
wants_list(const struct verify *verify, enum staple staple, X509 *leaf)
{
	return verify->demand && verify->missing_list != NULL &&
	    (staple == STAPLE_NONE || staple == STAPLE_BAD) &&
	    !staple_demanded(leaf);
}

int
verify_status(struct verify *verify, SSL *ssl)
{
	STACK_OF(X509) *chain = SSL_get0_verified_chain(ssl);
	X509_STORE *store = SSL_CTX_get_cert_store(SSL_get_SSL_CTX(ssl));
	const unsigned char *der = NULL;
	long n = SSL_get_tlsext_status_ocsp_resp(ssl, &der);
	X509 *leaf = sk_X509_value(chain, 0);
	enum staple staple;
	long error;

	if (leaf == NULL) /* not verified at all: tests only */
		return 1;
	staple = staple_judge(
	    n > 0 ? slice_from(der, (size_t)n) : SLICE_EMPTY, chain, store);
	if (wants_list(verify, staple, leaf)) {
		verify->lacks_list = true;
		SSL_set_verify_result(ssl, X509_V_ERR_UNABLE_TO_GET_CRL);
		return 0;
	}
	error = judge_status(verify, staple, leaf);
	if (error == X509_V_OK || is_excepted(verify, error))
		return 1;
	SSL_set_verify_result(ssl, error);
	return 0;
}

/* --- telling --------------------------------------------------------------- */

unsigned
verify_accepted(const struct verify *verify)
{
	return verify->accepted;
}

STACK_OF(X509) * verify_sent(const struct verify *verify)
{
	return verify->sent;
}

const char *
verify_missing(const struct verify *verify, bool *is_list)
{
	*is_list = verify->lacks_list;
	return verify->lacks_list ? verify->missing_list : verify->missing;
}
