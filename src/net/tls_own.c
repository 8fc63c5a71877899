/*
 * tls_own: parsed once, used by reference. Its key signs only what OpenSSL's
 * handshakes have it sign.
 */
#include "net/tls_own.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/mem.h"
#include "base/must.h"
#include "net/tls_leaf.h"

struct tls_own {
	X509 *cert;             /* owned, as all */
	STACK_OF(X509) * chain; /* without cert */
	EVP_PKEY *key;
};

/* Nobody is there to type one: without it an encrypted key doesn't load. */
static int
on_password(char *buf, int size, int writing, void *arg)
{
	const struct slice *passphrase = arg;

	if (passphrase == NULL || passphrase->n == 0 || size < 0 ||
	    passphrase->n > (size_t)size)
		return -1;
	memcpy(buf, passphrase->p, passphrase->n);
	return (int)passphrase->n;
}

/* As editors leave a file. */
static struct slice
first_line(struct slice text)
{
	text.n = slice_find(text, '\n');
	if (text.n > 0 && text.p[text.n - 1] == '\r')
		text.n--;
	return text;
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
tls_own_new(struct slice cert_pem, struct slice key_pem,
    struct slice passphrase, const char **why)
{
	struct tls_own *own = mem_zalloc(sizeof(*own));
	BIO *bio = bio_of(key_pem);

	passphrase = first_line(passphrase);
	own->chain = sk_X509_new_null();
	must(own->chain != NULL);
	read_certs(own, cert_pem);
	if (bio != NULL)
		own->key = PEM_read_bio_PrivateKey(
		    bio, NULL, on_password, &passphrase);
	BIO_free(bio);
	*why = NULL;
	if (own->cert == NULL)
		*why = "its certificate can't be read";
	else if (own->key == NULL)
		*why = passphrase.n > 0
		    ? "its key can't be read with this passphrase"
		    : "its key can't be read, or is encrypted";
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

bool
tls_own_is_for(const struct tls_own *own, const char *name)
{
	return X509_check_host(own->cert, name, 0, 0, NULL) == 1;
}

/* Towards origins, what is wrong shows in the handshake. */
bool
tls_own_use(const struct tls_own *own, SSL *ssl)
{
	bool ok = SSL_use_cert_and_key(
		      ssl, own->cert, own->key, own->chain, 1) == 1;

	ERR_clear_error();
	return ok;
}

void
tls_own_use_for(const struct tls_own *own, SSL_CTX *ctx)
{
	(void)SSL_CTX_use_cert_and_key(ctx, own->cert, own->key, own->chain, 1);
	ERR_clear_error();
}
