/*
 * ca: see ca.h.
 */
#include "ca.h"

#include <stdlib.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/mem.h"
#include "signer/extend.h"

void
pem_init(
    struct pem *pem, const char *name, bool rsa, unsigned days, int64_t now)
{
	struct found_request request = {
		.name = slice_of(name), .rsa = rsa, .days = days, .now = now
	};

	ck_assert_ptr_null(found_ca(&request, &pem->cert, &pem->key));
}

void
pem_clear(struct pem *pem)
{
	free(pem->cert);
	secret_clear(&pem->key);
}

struct authority *
pem_authority(const struct pem *pem)
{
	const char *why = "";
	struct authority *authority = authority_load(
	    slice_of(pem->cert), secret_slice(&pem->key), SLICE_EMPTY, &why);

	ck_assert_msg(authority != NULL, "%s", why);
	return authority;
}

struct host
host_of(const char *text)
{
	struct host host;

	ck_assert_ptr_null(host_parse(slice_of(text), &host));
	return host;
}

void
pem_make(struct pem *out, EVP_PKEY *key, bool is_ca, unsigned usage)
{
	X509 *cert = X509_new();
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long n;

	X509_set_version(cert, X509_VERSION_3);
	ASN1_TIME_set(X509_getm_notBefore(cert), NOW - DAY);
	ASN1_TIME_set(X509_getm_notAfter(cert), NOW + DAY);
	X509_set_pubkey(cert, key);
	ck_assert(extend_basic(cert, is_ca, -1));
	ck_assert(extend_usage(cert, usage));
	X509_sign(cert, key, EVP_sha256());
	PEM_write_bio_X509(bio, cert);
	n = BIO_get_mem_data(bio, &text);
	out->cert = mem_dupn(text, (size_t)n);
	BIO_reset(bio);
	PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
	n = BIO_get_mem_data(bio, &text);
	secret_init(&out->key, (size_t)n);
	secret_set(&out->key, text, (size_t)n);
	BIO_free(bio);
	X509_free(cert);
}

struct subject_key *
subject_key_of(EVP_PKEY *key)
{
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(key, &der);
	struct subject_key *out;

	ck_assert_int_gt(n, 0);
	out = subject_key_read(slice_from(der, (size_t)n));
	ck_assert_ptr_nonnull(out);
	OPENSSL_free(der);
	return out;
}
