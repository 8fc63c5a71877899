/*
 * keyed: one prepared HMAC context, copied for every hash, so that OpenSSL's
 * look-up of the algorithm happens once.
 */
#include "base/keyed.h"

#include <stdlib.h>

#include <openssl/evp.h>
#include <openssl/params.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/secret.h"

struct keyed {
	EVP_MAC_CTX *ready; /* owned: key set, nothing hashed */
};

struct keyed *
keyed_new_from(struct slice key)
{
	struct keyed *keyed = mem_zalloc(sizeof(*keyed));
	char digest[] = "SHA256";
	OSSL_PARAM params[] = { OSSL_PARAM_utf8_string(
				    "digest", digest, sizeof(digest) - 1),
		OSSL_PARAM_END };
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);

	keyed->ready = mac == NULL ? NULL : EVP_MAC_CTX_new(mac);
	if (keyed->ready == NULL ||
	    EVP_MAC_init(
		keyed->ready, (const unsigned char *)key.p, key.n, params) != 1)
		fatal("OpenSSL has no HMAC-SHA-256");
	EVP_MAC_free(mac);
	return keyed;
}

struct keyed *
keyed_new(void)
{
	unsigned char key[KEYED_SIZE];
	struct keyed *keyed;

	secret_random(key, sizeof(key));
	keyed = keyed_new_from(slice_from(key, sizeof(key)));
	secret_wipe(key, sizeof(key));
	return keyed;
}

void
keyed_free(struct keyed *keyed)
{
	if (keyed == NULL)
		return;
	EVP_MAC_CTX_free(keyed->ready);
	free(keyed);
}

void
keyed_hash(
    struct keyed *keyed, struct slice value, unsigned char out[KEYED_SIZE])
{
	EVP_MAC_CTX *ctx = EVP_MAC_CTX_dup(keyed->ready);
	size_t n = 0;

	must(ctx != NULL);
	must(EVP_MAC_update(ctx, (const unsigned char *)value.p, value.n) == 1);
	must(EVP_MAC_final(ctx, out, &n, KEYED_SIZE) == 1 && n == KEYED_SIZE);
	EVP_MAC_CTX_free(ctx);
}
