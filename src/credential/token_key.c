/*
 * token_key: HMAC contexts with the key already in them.
 *
 * Never hands key bytes out.
 */
#include "credential/token_key.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "base/mem.h"
#include "base/must.h"
#include "base/secret.h"

#define USES 2

struct token_key {
	EVP_MAC_CTX *mac[USES]; /* owned */
	uint64_t id;
};

static EVP_MAC_CTX *
mac_new(const void *key, size_t n)
{
	EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	OSSL_PARAM params[2];
	EVP_MAC_CTX *ctx;
	char digest[] = "SHA256";

	must(hmac != NULL);
	ctx = EVP_MAC_CTX_new(hmac);
	EVP_MAC_free(hmac);
	must(ctx != NULL);
	params[0] = OSSL_PARAM_construct_utf8_string(
	    OSSL_MAC_PARAM_DIGEST, digest, 0);
	params[1] = OSSL_PARAM_construct_end();
	must(EVP_MAC_init(ctx, key, n, params) == 1);
	return ctx;
}

static void
mac_final(EVP_MAC_CTX *ctx, unsigned char out[TOKEN_SIZE])
{
	size_t n;

	must(EVP_MAC_final(ctx, out, &n, TOKEN_SIZE) == 1 && n == TOKEN_SIZE);
}

/* One key for each use, so that who can look up can't forge a file. */
static EVP_MAC_CTX *
derive(EVP_MAC_CTX *deployment, const char *label)
{
	unsigned char key[TOKEN_SIZE];
	EVP_MAC_CTX *ctx;

	must(EVP_MAC_init(deployment, NULL, 0, NULL) == 1);
	must(EVP_MAC_update(
		 deployment, (const unsigned char *)label, strlen(label)) == 1);
	mac_final(deployment, key);
	ctx = mac_new(key, sizeof(key));
	secret_wipe(key, sizeof(key));
	return ctx;
}

struct token_key *
token_key_new(struct slice deployment, const char **reason)
{
	static const struct slice label = { "sallyport key id", 16 };
	unsigned char out[TOKEN_SIZE];
	struct token_key *key;
	EVP_MAC_CTX *ctx;

	if (deployment.n < TOKEN_KEY_MIN) {
		*reason = "the filter key is shorter than 16 bytes";
		return NULL;
	}
	if (deployment.n > TOKEN_KEY_MAX) {
		*reason = "the filter key is longer than 4096 bytes";
		return NULL;
	}
	ctx = mac_new(deployment.p, deployment.n);
	key = mem_zalloc(sizeof(*key));
	key->mac[TOKEN_KEY_TOKEN] = derive(ctx, "sallyport token key 1");
	key->mac[TOKEN_KEY_FILE] = derive(ctx, "sallyport file key 1");
	EVP_MAC_CTX_free(ctx);
	token_key_mac(key, TOKEN_KEY_TOKEN, &label, 1, out);
	memcpy(&key->id, out, sizeof(key->id));
	return key;
}

void
token_key_free(struct token_key *key)
{
	if (key == NULL)
		return;
	EVP_MAC_CTX_free(key->mac[TOKEN_KEY_TOKEN]);
	EVP_MAC_CTX_free(key->mac[TOKEN_KEY_FILE]);
	secret_wipe(key, sizeof(*key));
	free(key);
}

void
token_key_mac(const struct token_key *key, enum token_key_use use,
    const struct slice *parts, size_t nparts, unsigned char out[TOKEN_SIZE])
{
	EVP_MAC_CTX *ctx = key->mac[use];
	size_t i;

	/* the same key again: only the inner state is reset */
	must(EVP_MAC_init(ctx, NULL, 0, NULL) == 1);
	for (i = 0; i < nparts; i++) {
		if (parts[i].n > 0)
			must(EVP_MAC_update(ctx,
				 (const unsigned char *)parts[i].p,
				 parts[i].n) == 1);
	}
	mac_final(ctx, out);
}

uint64_t
token_key_id(const struct token_key *key)
{
	return key->id;
}
