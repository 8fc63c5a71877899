/*
 * tls_leaf: holds the parsed certificates; the key is the context's, all
 * leaves share it.  It never signs anything.  Runs in a proxy worker.
 */
#include "net/tls_leaf.h"

#include <stdlib.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/x509.h>

#include "base/mem.h"
#include "base/must.h"

struct tls_leaf {
	unsigned refs;
	X509 *cert;             /* owned */
	STACK_OF(X509) * chain; /* owned; without the leaf */
	struct slice issuers;   /* owned: the DER of chain */
	uint64_t expires;
};

/* The issuers of all leaves are mostly the same, and reading a certificate
 * costs more than signing one. */
static int
read_issuers(struct tls_leaf *leaf, const struct tls_leaf *like)
{
	const unsigned char *p = (const unsigned char *)leaf->issuers.p;
	const unsigned char *end = p + leaf->issuers.n;
	X509 *cert;

	if (like != NULL && slice_eq(leaf->issuers, like->issuers)) {
		leaf->chain = X509_chain_up_ref(like->chain);
		must(leaf->chain != NULL);
		return 0;
	}
	leaf->chain = sk_X509_new_null();
	must(leaf->chain != NULL);
	while (p < end) {
		cert = sk_X509_num(leaf->chain) < TLS_CHAIN_MAX - 1
		    ? d2i_X509(NULL, &p, end - p)
		    : NULL;
		if (cert == NULL)
			return -1;
		must(sk_X509_push(leaf->chain, cert) > 0);
	}
	return 0;
}

static int
parse(struct tls_leaf *leaf, struct slice der, const struct tls_leaf *like)
{
	const unsigned char *p = (const unsigned char *)der.p;
	const unsigned char *end = p + der.n;
	struct slice rest;
	struct tm tm;

	leaf->cert = d2i_X509(NULL, &p, end - p);
	if (leaf->cert == NULL)
		return -1;
	rest = slice_from(p, (size_t)(end - p));
	leaf->issuers = slice_from(slice_dup(rest), rest.n);
	if (read_issuers(leaf, like) == -1 ||
	    ASN1_TIME_to_tm(X509_get0_notAfter(leaf->cert), &tm) != 1)
		return -1;
	leaf->expires = (uint64_t)timegm(&tm);
	return 0;
}

struct tls_leaf *
tls_leaf_new(struct slice der_chain, const struct tls_leaf *like)
{
	struct tls_leaf *leaf;

	if (der_chain.n == 0)
		return NULL;
	leaf = mem_zalloc(sizeof(*leaf));
	leaf->refs = 1;
	if (parse(leaf, der_chain, like) == -1) {
		ERR_clear_error();
		tls_leaf_unref(leaf);
		return NULL;
	}
	return leaf;
}

struct tls_leaf *
tls_leaf_ref(struct tls_leaf *leaf)
{
	leaf->refs++;
	return leaf;
}

void
tls_leaf_unref(struct tls_leaf *leaf)
{
	if (leaf == NULL || --leaf->refs > 0)
		return;
	X509_free(leaf->cert);
	sk_X509_pop_free(leaf->chain, X509_free);
	free((char *)(uintptr_t)leaf->issuers.p);
	free(leaf);
}

uint64_t
tls_leaf_expires(const struct tls_leaf *leaf)
{
	return leaf->expires;
}

int
tls_leaf_use(const struct tls_leaf *leaf, SSL *ssl)
{
	EVP_PKEY *key = SSL_CTX_get0_privatekey(SSL_get_SSL_CTX(ssl));

	must(key != NULL);
	if (SSL_use_cert_and_key(ssl, leaf->cert, key, leaf->chain, 1) == 1)
		return 0;
	ERR_clear_error();
	return -1;
}
