/*
 * tls_own: parsed once, used by reference. Its key signs only what OpenSSL's
 * handshakes have it sign.
 */
#include "net/tls_own.h"

#include <stdint.h>
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/mem.h"
#include "base/must.h"
#include "net/tls_leaf.h"

struct tls_own {
	X509 *cert;             /* owned, as all */
	STACK_OF(X509) * chain; /* without cert */
	EVP_PKEY *key;
};

/* An encrypted key must not ask the terminal. */
static int
on_password(char *buf, int size, int writing, void *arg)
{
	return -1;
}

static BIO *
bio_of(struct slice text)
{
	return text.n > 0 && text.n < INT32_MAX
	    ? BIO_new_mem_buf(text.p, (int)text.n)
	    : NULL;
}

static void
read_certs(struct tls_own *own, struct slice pem)
{
	BIO *bio = bio_of(pem);
	X509 *cert;

	if (bio == NULL)
		return;
	own->cert = PEM_read_bio_X509(bio, NULL, on_password, NULL);
	while (own->cert != NULL &&
	    sk_X509_num(own->chain) < TLS_CHAIN_MAX - 1 &&
	    (cert = PEM_read_bio_X509(bio, NULL, on_password, NULL)) != NULL)
		must(sk_X509_push(own->chain, cert) > 0);
	BIO_free(bio);
}

struct tls_own *
tls_own_new(struct slice cert_pem, struct slice key_pem, const char **why)
{
	struct tls_own *own = mem_zalloc(sizeof(*own));
	BIO *bio = bio_of(key_pem);

	own->chain = sk_X509_new_null();
	must(own->chain != NULL);
	read_certs(own, cert_pem);
	if (bio != NULL)
		own->key = PEM_read_bio_PrivateKey(
		    bio, NULL, on_password, NULL);
	BIO_free(bio);
	*why = NULL;
	if (own->cert == NULL)
		*why = "its certificate can't be read";
	else if (own->key == NULL)
		*why = "its key can't be read, or is encrypted";
	else if (X509_check_private_key(own->cert, own->key) != 1)
		*why = "its key does not belong to its certificate";
	ERR_clear_error();
	if (*why == NULL)
		return own;
	tls_own_free(own);
	return NULL;
}

void
tls_own_free(struct tls_own *own)
{
	if (own == NULL)
		return;
	X509_free(own->cert);
	sk_X509_pop_free(own->chain, X509_free);
	EVP_PKEY_free(own->key);
	free(own);
}

/* What the security level has against it shows in the handshake. */
void
tls_own_use(const struct tls_own *own, SSL *ssl)
{
	(void)SSL_use_cert_and_key(ssl, own->cert, own->key, own->chain, 1);
	ERR_clear_error();
}

void
tls_own_use_for(const struct tls_own *own, SSL_CTX *ctx)
{
	(void)SSL_CTX_use_cert_and_key(ctx, own->cert, own->key, own->chain, 1);
	ERR_clear_error();
}
