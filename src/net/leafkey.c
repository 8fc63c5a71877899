/*
 * leafkey: makes and reads the leaf key. Signs nothing.
 */
#include "net/leafkey.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include "base/log.h"

static void
take_der(struct secret *secret, unsigned char *der, int n)
{
	if (n <= 0)
		fatal("OpenSSL can't encode a key");
	secret_init(secret, (size_t)n);
	secret_set(secret, der, (size_t)n);
	OPENSSL_clear_free(der, (size_t)n);
}

static int
encode_private(EVP_PKEY *key, unsigned char **der)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	int n = info == NULL ? -1 : i2d_PKCS8_PRIV_KEY_INFO(info, der);

	PKCS8_PRIV_KEY_INFO_free(info);
	return n;
}

void
leafkey_make(struct secret *private_der, struct secret *public_der)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	unsigned char *der = NULL;
	int n;

	if (key == NULL)
		fatal("OpenSSL can't make an EC P-256 key");
	n = encode_private(key, &der);
	take_der(private_der, der, n);
	der = NULL;
	n = i2d_PUBKEY(key, &der);
	take_der(public_der, der, n);
	EVP_PKEY_free(key);
}

EVP_PKEY *
leafkey_read(struct slice private_der)
{
	const unsigned char *p = (const unsigned char *)private_der.p;
	EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &p, (long)private_der.n);

	ERR_clear_error();
	return key;
}
