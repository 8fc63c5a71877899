/*
 * hash: password hashes of the kinds that are worth keeping (crypt(5)).
 *
 * bcrypt ($2a$, $2b$, $2y$), yescrypt ($y$) and SHA-512 crypt ($6$), with
 * costs up to a bound, so that one line of a file can't stop every login.
 * Everything else is refused in words that say what to do.
 */
#ifndef DIRECTORY_HASH_H
#define DIRECTORY_HASH_H

#include <stdbool.h>

#include "base/slice.h"

enum hash_kind {
	HASH_YESCRYPT,
	HASH_BCRYPT,
	HASH_SHA512,
};

#define HASH_TEXT_SIZE 128      /* longest accepted form and its NUL */
#define HASH_BCRYPT_COST_MAX 15 /* two seconds on a machine of 2020 */
#define HASH_SHA512_ROUNDS_MAX 2000000
#define PASSWORD_MAX_LEN 511       /* bytes; crypt(3)'s own bound */
#define PASSWORD_BCRYPT_MAX_LEN 72 /* what bcrypt looks at */

const char *hash_kind_name(enum hash_kind kind);

/* Looks at the form only. NULL, or what is wrong in words. */
const char *hash_check(struct slice text, enum hash_kind *kind);

/* How much of a checked hash says kind and cost: two hashes of the same
 * prefix take the same time. */
struct slice hash_cost(struct slice text);

/* Takes its time (the point of it): never in an event loop. False too where
 * the password is too long or holds a NUL. hash has been checked. */
bool hash_matches(const char *hash, struct slice password);

/* A new hash with a random salt, of HASH_YESCRYPT or HASH_BCRYPT. NULL, or
 * why not in words. */
const char *hash_make(
    enum hash_kind kind, struct slice password, char out[HASH_TEXT_SIZE]);

#endif
