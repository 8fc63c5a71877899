/*
 * proof: the directory's word that somebody logged in, as bytes that a
 * worker can hand on but not make.
 *
 * HMAC-SHA-256 over all that was said of the login, under a key that the
 * directory and the guard get from the supervisor at every start.
 */
#ifndef IPC_PROOF_H
#define IPC_PROOF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/keyed.h"
#include "base/slice.h"

#define PROOF_SIZE KEYED_SIZE

struct login_words {
	uint32_t number;
	uint64_t session;
	struct slice account, groups; /* as in login_done */
};

void proof_make(struct keyed *key, const struct login_words *login,
    unsigned char out[PROOF_SIZE]);
bool proof_holds(
    struct keyed *key, const struct login_words *login, struct slice proof);

#endif
