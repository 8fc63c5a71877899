/*
 * token_key: HMAC states with the key already in them.
 *
 * Through nettle, whose states are plain memory: a token costs two rounds of
 * SHA-256 and no allocation.  Never hands key bytes out.
 */
#include "credential/token_key.h"

#include <stdlib.h>
#include <string.h>

#include <nettle/hmac.h>

#include "base/mem.h"
#include "base/secret.h"

#define USES 2

struct token_key {
	struct hmac_sha256_ctx mac[USES];
	uint64_t id;
};

/* One key for each use, so that who can look up can't forge a file. */
static void
derive(struct hmac_sha256_ctx *out, const struct hmac_sha256_ctx *deployment,
    const char *label)
{
	struct hmac_sha256_ctx ctx = *deployment;
	unsigned char key[TOKEN_SIZE];

	hmac_sha256_update(&ctx, strlen(label), (const uint8_t *)label);
	hmac_sha256_digest(&ctx, sizeof(key), key);
	hmac_sha256_set_key(out, sizeof(key), key);
	secret_wipe(key, sizeof(key));
	secret_wipe(&ctx, sizeof(ctx));
}

struct token_key *
token_key_new(struct slice deployment, const char **reason)
{
	static const struct slice label = { "sallyport key id", 16 };
	unsigned char out[TOKEN_SIZE];
	struct hmac_sha256_ctx ctx;
	struct token_key *key;

	if (deployment.n < TOKEN_KEY_MIN) {
		*reason = "the filter key is shorter than 16 bytes";
		return NULL;
	}
	if (deployment.n > TOKEN_KEY_MAX) {
		*reason = "the filter key is longer than 4096 bytes";
		return NULL;
	}
	hmac_sha256_set_key(&ctx, deployment.n, (const uint8_t *)deployment.p);
	key = mem_zalloc(sizeof(*key));
	derive(&key->mac[TOKEN_KEY_TOKEN], &ctx, "sallyport token key 1");
	derive(&key->mac[TOKEN_KEY_FILE], &ctx, "sallyport file key 1");
	secret_wipe(&ctx, sizeof(ctx));
	token_key_mac(key, TOKEN_KEY_TOKEN, &label, 1, out);
	memcpy(&key->id, out, sizeof(key->id));
	return key;
}

void
token_key_free(struct token_key *key)
{
	if (key == NULL)
		return;
	secret_wipe(key, sizeof(*key));
	free(key);
}

void
token_key_mac(const struct token_key *key, enum token_key_use use,
    const struct slice *parts, size_t nparts, unsigned char out[TOKEN_SIZE])
{
	struct hmac_sha256_ctx ctx = key->mac[use];
	size_t i;

	for (i = 0; i < nparts; i++) {
		if (parts[i].n > 0)
			hmac_sha256_update(
			    &ctx, parts[i].n, (const uint8_t *)parts[i].p);
	}
	/* leaves the context as after its key: nothing of the parts */
	hmac_sha256_digest(&ctx, TOKEN_SIZE, out);
}

uint64_t
token_key_id(const struct token_key *key)
{
	return key->id;
}
