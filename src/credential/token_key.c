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
#include "base/must.h"
#include "base/secret.h"

#define USES 2

struct token_key {
	struct hmac_sha256_ctx mac[USES];
	bool seals; /* mac[TOKEN_KEY_FILE] is there */
	uint64_t id;
};

static const char *const labels[USES] = {
	[TOKEN_KEY_TOKEN] = "sallyport token key 1",
	[TOKEN_KEY_FILE] = "sallyport file key 1",
};

/* One key for each use, so that who can look up can't forge a file. */
static void
derive(struct slice deployment, enum token_key_use use,
    unsigned char out[TOKEN_SIZE])
{
	struct hmac_sha256_ctx ctx;

	hmac_sha256_set_key(&ctx, deployment.n, (const uint8_t *)deployment.p);
	hmac_sha256_update(
	    &ctx, strlen(labels[use]), (const uint8_t *)labels[use]);
	hmac_sha256_digest(&ctx, TOKEN_SIZE, out);
	secret_wipe(&ctx, sizeof(ctx));
}

static const char *
check(struct slice deployment)
{
	if (deployment.n < TOKEN_KEY_MIN)
		return "the filter key is shorter than 16 bytes";
	if (deployment.n > TOKEN_KEY_MAX)
		return "the filter key is longer than 4096 bytes";
	return NULL;
}

const char *
token_key_lookup(struct slice deployment, unsigned char out[TOKEN_KEY_LOOKUP])
{
	const char *reason = check(deployment);

	if (reason == NULL)
		derive(deployment, TOKEN_KEY_TOKEN, out);
	return reason;
}

struct token_key *
token_key_new_lookup(struct slice bytes, const char **reason)
{
	static const struct slice label = { "sallyport key id", 16 };
	unsigned char out[TOKEN_SIZE];
	struct token_key *key;

	if (bytes.n != TOKEN_KEY_LOOKUP) {
		*reason = "the key for looking up is none";
		return NULL;
	}
	key = mem_zalloc(sizeof(*key));
	hmac_sha256_set_key(
	    &key->mac[TOKEN_KEY_TOKEN], bytes.n, (const uint8_t *)bytes.p);
	token_key_mac(key, TOKEN_KEY_TOKEN, &label, 1, out);
	memcpy(&key->id, out, sizeof(key->id));
	return key;
}

struct token_key *
token_key_new(struct slice deployment, const char **reason)
{
	unsigned char bytes[TOKEN_SIZE];
	struct token_key *key;

	*reason = token_key_lookup(deployment, bytes);
	if (*reason != NULL)
		return NULL;
	key = token_key_new_lookup(slice_from(bytes, sizeof(bytes)), reason);
	derive(deployment, TOKEN_KEY_FILE, bytes);
	hmac_sha256_set_key(&key->mac[TOKEN_KEY_FILE], sizeof(bytes), bytes);
	key->seals = true;
	secret_wipe(bytes, sizeof(bytes));
	return key;
}

bool
token_key_seals(const struct token_key *key)
{
	return key->seals;
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

	must(use != TOKEN_KEY_FILE || key->seals);
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
