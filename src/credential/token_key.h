/*
 * token_key: the deployment key, and what is made from it.
 *
 * Two keys are derived: one for tokens (whoever looks up), one for the filter
 * file's seals (whoever writes the file, or checks it before others look).
 * The deployment key itself is not kept.  Who only looks up gets the first
 * alone, as bytes, and can neither make a file nor vouch for one.
 * HMAC-SHA-256 (RFC 2104).
 */
#ifndef CREDENTIAL_TOKEN_KEY_H
#define CREDENTIAL_TOKEN_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

#define TOKEN_KEY_MIN 16 /* bytes of a deployment key */
#define TOKEN_KEY_MAX 4096
#define TOKEN_SIZE 32

struct token_key;

enum token_key_use {
	TOKEN_KEY_TOKEN,
	TOKEN_KEY_FILE,
};

/* The key, owned by the caller, or NULL with *reason in words. The bytes of
 * `deployment` are not kept. */
struct token_key *token_key_new(struct slice deployment, const char **reason);

#define TOKEN_KEY_LOOKUP TOKEN_SIZE /* bytes of the key for tokens alone */
/* That key: NULL, or why there is none in words. */
const char *token_key_lookup(
    struct slice deployment, unsigned char out[TOKEN_KEY_LOOKUP]);
/* As token_key_new, from those bytes: it has no TOKEN_KEY_FILE. */
struct token_key *token_key_new_lookup(struct slice bytes, const char **reason);
bool token_key_seals(const struct token_key *key); /* it has one */

void token_key_free(struct token_key *key); /* wipes; NULL is fine */

/* HMAC-SHA-256 over the parts behind each other: for parts of variable
 * length the caller puts lengths between. */
void token_key_mac(const struct token_key *key, enum token_key_use use,
    const struct slice *parts, size_t nparts, unsigned char out[TOKEN_SIZE]);

/* Tells keys apart without telling them; the same for all who have it. */
uint64_t token_key_id(const struct token_key *key);

#endif
