/*
 * crl: putting the list together and signing it. Runs in the signer; keeps
 * nothing.
 */
#include "signer/crl.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/mem.h"
#include "signer/sign.h"

static bool
set_time(X509_CRL *crl, int64_t at, int (*set)(X509_CRL *, const ASN1_TIME *))
{
	ASN1_TIME *time = ASN1_TIME_set(NULL, (time_t)at);
	bool ok = time && set(crl, time);

	ASN1_TIME_free(time);
	return ok;
}

/* The time makes a number that only grows, also after a reinstallation. */
static bool
add_number(X509_CRL *crl, int64_t now)
{
	ASN1_INTEGER *number = ASN1_INTEGER_new();
	bool ok = number && ASN1_INTEGER_set_int64(number, now) &&
	    X509_CRL_add1_ext_i2d(
		crl, NID_crl_number, number, 0, X509V3_ADD_DEFAULT) == 1;

	ASN1_INTEGER_free(number);
	return ok;
}

static bool
add_authority_key(X509_CRL *crl, X509 *issuer)
{
	const ASN1_OCTET_STRING *id = X509_get0_subject_key_id(issuer);
	AUTHORITY_KEYID *value = AUTHORITY_KEYID_new();
	bool ok = value &&
	    (!id ||
		((value->keyid = ASN1_OCTET_STRING_dup(id)) != NULL &&
		    X509_CRL_add1_ext_i2d(crl, NID_authority_key_identifier,
			value, 0, X509V3_ADD_DEFAULT) == 1));

	AUTHORITY_KEYID_free(value);
	return ok;
}

static bool
set_reason(X509_REVOKED *entry, int reason)
{
	ASN1_ENUMERATED *value;
	bool ok;

	if (reason == 0) /* section 5.3.1: then it should be absent */
		return true;
	value = ASN1_ENUMERATED_new();
	ok = value && ASN1_ENUMERATED_set(value, reason) &&
	    X509_REVOKED_add1_ext_i2d(
		entry, NID_crl_reason, value, 0, X509V3_ADD_DEFAULT) == 1;
	ASN1_ENUMERATED_free(value);
	return ok;
}

static bool
add_entry(X509_CRL *crl, const struct revoked_one *one)
{
	X509_REVOKED *entry = X509_REVOKED_new();
	BIGNUM *number = BN_bin2bn(one->serial, (int)one->n, NULL);
	ASN1_INTEGER *serial = number ? BN_to_ASN1_INTEGER(number, NULL) : NULL;
	ASN1_TIME *time = ASN1_TIME_set(NULL, (time_t)one->at);
	bool ok = entry && serial && time &&
	    X509_REVOKED_set_serialNumber(entry, serial) &&
	    X509_REVOKED_set_revocationDate(entry, time) &&
	    set_reason(entry, one->reason) && X509_CRL_add0_revoked(crl, entry);

	if (!ok)
		X509_REVOKED_free(entry);
	BN_free(number);
	ASN1_INTEGER_free(serial);
	ASN1_TIME_free(time);
	return ok;
}

static bool
fill(X509_CRL *crl, const struct authority *authority,
    const struct revoked *revoked, int64_t now, int64_t until)
{
	X509 *ca = authority_cert(authority);
	bool ok = X509_CRL_set_version(crl, X509_CRL_VERSION_2) &&
	    X509_CRL_set_issuer_name(crl, X509_get_subject_name(ca)) &&
	    set_time(crl, now - CRL_BACKDATE_S, X509_CRL_set1_lastUpdate) &&
	    set_time(crl, until, X509_CRL_set1_nextUpdate) &&
	    add_authority_key(crl, ca) && add_number(crl, now);

	for (size_t i = 0; ok && i < revoked->n; i++)
		ok = add_entry(crl, &revoked->v[i]);
	return ok && X509_CRL_sort(crl);
}

static const char *
sign(X509_CRL *crl, const struct authority *authority, unsigned char **der,
    size_t *n)
{
	EVP_MD_CTX *ctx = sign_begin(authority_key(authority));
	bool ok = ctx && X509_CRL_sign_ctx(crl, ctx) > 0;
	unsigned char *text = NULL;
	int len;

	EVP_MD_CTX_free(ctx);
	if (!ok)
		return "the CA's key could not sign a CRL";
	len = i2d_X509_CRL(crl, &text);
	if (len <= 0)
		return "the CRL could not be encoded";
	*n = (size_t)len;
	*der = mem_alloc(*n);
	memcpy(*der, text, *n);
	OPENSSL_free(text);
	return NULL;
}

const char *
crl_make(const struct authority *authority, const struct revoked *revoked,
    int64_t now, int64_t until, unsigned char **der, size_t *n)
{
	X509_CRL *crl = X509_CRL_new();
	const char *why = "the CRL could not be put together";

	ERR_clear_error();
	if (!authority_may_revoke(authority))
		why = "the CA may not sign a CRL (keyUsage)";
	else if (crl && fill(crl, authority, revoked, now, until))
		why = sign(crl, authority, der, n);
	X509_CRL_free(crl);
	ERR_clear_error();
	return why;
}
