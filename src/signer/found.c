/*
 * found: founding a CA of one's own.
 *
 * Runs in `sallyport ca`.  It writes no file.  The CA signs leaves and
 * revocation lists and nothing else: no CA below it (pathlen 0), but for a
 * root, which has one.
 */
#include "signer/found.h"

#include <stdlib.h>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "signer/extend.h"
#include "signer/sign.h"

#define DAY 86400
#define SERIAL_SIZE 16

static const char *
judge(const struct found_request *request)
{
	struct slice name = request->name;

	if (name.n == 0)
		return "the CA's name is empty";
	if (name.n > FOUND_NAME_MAX)
		return "the CA's name is longer than 64 bytes";
	if (!utf8_valid(name))
		return "the CA's name is not UTF-8";
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] < 0x20 || name.p[i] == 0x7f)
			return "the CA's name has a control character";
	if (request->days < 1 || request->days > FOUND_DAYS_MAX)
		return "the CA's days are not from 1 to 36500";
	return NULL;
}

static bool
set_serial(X509 *cert)
{
	unsigned char bytes[SERIAL_SIZE];
	BIGNUM *number;
	bool ok;

	secret_random(bytes, sizeof(bytes));
	bytes[0] = (unsigned char)((bytes[0] & 0x3f) | 0x40);
	number = BN_bin2bn(bytes, sizeof(bytes), NULL);
	ok = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert));
	BN_free(number);
	return ok;
}

/* NULL above: it is its own. */
static X509 *
issuer_of(X509 *cert, const struct authority *above)
{
	return above ? authority_cert(above) : cert;
}

static bool
fill(X509 *cert, const struct found_request *request, EVP_PKEY *key,
    const struct authority *above)
{
	X509_NAME *name = X509_get_subject_name(cert);
	bool limits = request->npermit || request->nexclude;
	int64_t from = request->now - request->now % DAY - DAY;
	int64_t to = request->now + (int64_t)request->days * DAY;

	if (above && to > authority_not_after(above))
		to = authority_not_after(above);
	return X509_set_version(cert, X509_VERSION_3) && set_serial(cert) &&
	    X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
		(const unsigned char *)request->name.p, (int)request->name.n,
		-1, 0) &&
	    X509_set_issuer_name(
		cert, X509_get_subject_name(issuer_of(cert, above))) &&
	    ASN1_TIME_set(X509_getm_notBefore(cert), from) &&
	    ASN1_TIME_set(X509_getm_notAfter(cert), to) &&
	    X509_set_pubkey(cert, key) &&
	    extend_basic(cert, true, request->is_root) &&
	    extend_usage(cert, KU_KEY_CERT_SIGN | KU_CRL_SIGN) &&
	    extend_subject_key(cert) &&
	    (!above || extend_authority_key(cert, authority_cert(above))) &&
	    (!request->crl_url ||
		extend_crl_address(cert, slice_of(request->crl_url))) &&
	    (!request->ca_url ||
		extend_issuer_address(cert, slice_of(request->ca_url))) &&
	    (!limits ||
		extend_constraints(cert, request->permit, request->npermit,
		    request->exclude, request->nexclude));
}

static char *
cert_text(X509 *cert)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text, *copy = NULL;

	if (bio && PEM_write_bio_X509(bio, cert)) {
		long n = BIO_get_mem_data(bio, &text);

		copy = mem_dupn(text, (size_t)n);
	}
	BIO_free(bio);
	return copy;
}

static bool
key_text(EVP_PKEY *key, struct slice passphrase, struct secret *out)
{
	BIO *bio = BIO_new(BIO_s_secmem());
	bool ok = bio &&
	    PEM_write_bio_PKCS8PrivateKey(bio, key,
		passphrase.n ? EVP_aes_256_cbc() : NULL,
		passphrase.n ? passphrase.p : NULL, (int)passphrase.n, NULL,
		NULL);
	char *text;

	if (ok) {
		long n = BIO_get_mem_data(bio, &text);

		secret_init(out, (size_t)n);
		secret_set(out, text, (size_t)n);
		secret_wipe(text, (size_t)n);
	}
	BIO_free(bio);
	return ok;
}

/* The caller frees it. */
static EVP_PKEY *
key_of(const struct found_request *request)
{
	EVP_PKEY *key;

	if (!request->vault)
		return request->rsa ? EVP_RSA_gen(FOUND_RSA_BITS)
				    : EVP_EC_gen("P-256");
	key = vault_key(request->vault);
	EVP_PKEY_up_ref(key);
	return key;
}

static const char *
make(const struct found_request *request, const struct authority *above,
    char **cert_pem, struct secret *key_pem)
{
	struct slice passphrase = authority_passphrase(request->passphrase);
	EVP_PKEY *key = key_of(request);
	X509 *cert = X509_new();
	const char *why = NULL;
	char *text = NULL;

	if (!key)
		why = "no key could be made";
	else if (!cert || !fill(cert, request, key, above))
		why = "the certificate could not be put together";
	else if (sign_cert(cert, above ? authority_key(above) : key) < 0)
		why = "the new certificate could not be signed";
	else if ((text = cert_text(cert)) == NULL ||
	    (!request->vault && !key_text(key, passphrase, key_pem)))
		why = "the certificate could not be encoded";
	if (!why) {
		*cert_pem = text;
		text = NULL;
	}
	free(text);
	X509_free(cert);
	EVP_PKEY_free(key);
	return why;
}

const char *
found_ca(const struct found_request *request, char **cert_pem,
    struct secret *key_pem)
{
	const char *why = judge(request);

	if (why)
		return why;
	ERR_clear_error();
	why = make(request, NULL, cert_pem, key_pem);
	ERR_clear_error();
	return why;
}

const char *
found_below(const struct found_request *request, const struct authority *root,
    struct slice root_pem, char **cert_pem, struct secret *key_pem)
{
	const char *why = judge(request);
	char *text = NULL;

	if (why)
		return why;
	ERR_clear_error();
	why = make(request, root, &text, key_pem);
	ERR_clear_error();
	if (why)
		return why;
	*cert_pem = mem_printf("%s%.*s", text, SLICE_ARG(root_pem));
	free(text);
	return NULL;
}
