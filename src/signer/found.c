/*
 * found: founding a CA of one's own.
 *
 * Runs in `sallyport ca init`.  It writes no file.  The CA signs leaves and
 * revocation lists and nothing else: no CA below it (pathlen 0).
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

static bool
fill(X509 *cert, const struct found_request *request, EVP_PKEY *key)
{
	X509_NAME *name = X509_get_subject_name(cert);
	int64_t from = request->now - request->now % DAY - DAY;
	int64_t to = request->now + (int64_t)request->days * DAY;

	return X509_set_version(cert, X509_VERSION_3) && set_serial(cert) &&
	    X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
		(const unsigned char *)request->name.p, (int)request->name.n,
		-1, 0) &&
	    X509_set_issuer_name(cert, name) &&
	    ASN1_TIME_set(X509_getm_notBefore(cert), from) &&
	    ASN1_TIME_set(X509_getm_notAfter(cert), to) &&
	    X509_set_pubkey(cert, key) && extend_basic(cert, true, 0) &&
	    extend_usage(cert, KU_KEY_CERT_SIGN | KU_CRL_SIGN) &&
	    extend_subject_key(cert);
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
key_text(EVP_PKEY *key, struct secret *out)
{
	BIO *bio = BIO_new(BIO_s_secmem());
	bool ok = bio &&
	    PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
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

const char *
found_ca(const struct found_request *request, char **cert_pem,
    struct secret *key_pem)
{
	const char *why = judge(request);
	EVP_PKEY *key = NULL;
	X509 *cert = NULL;
	char *text = NULL;

	if (why)
		return why;
	ERR_clear_error();
	key = request->rsa ? EVP_RSA_gen(FOUND_RSA_BITS) : EVP_EC_gen("P-256");
	cert = X509_new();
	if (!key)
		why = "no key could be made";
	else if (!cert || !fill(cert, request, key))
		why = "the certificate could not be put together";
	else if (sign_cert(cert, key) < 0)
		why = "the new key could not sign";
	else if ((text = cert_text(cert)) == NULL || !key_text(key, key_pem))
		why = "the certificate could not be encoded";
	if (!why) {
		*cert_pem = text;
		text = NULL;
	}
	free(text);
	X509_free(cert);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return why;
}
