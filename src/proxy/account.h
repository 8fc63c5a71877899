/*
 * account: who is logged in; shared by reference between a client, its
 * exchanges, the upstream connections that belong to it, and the login
 * cache.
 */
#ifndef PROXY_ACCOUNT_H
#define PROXY_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "ipc/proof.h"

struct account {
	unsigned refs;
	char *name;           /* owned; as the directory spells it */
	struct slice folded;  /* owned; as credential/names.h compares it */
	uint32_t number;      /* stable, from the directory process */
	uint64_t session;     /* handle of this login */
	uint64_t source;      /* which directory said so; 0: none did */
	bool gone;            /* it has been deleted since */
	struct slice *groups; /* owned, from a directory */
	size_t ngroups;
	char *group_text;       /* owned; the same as they came */
	char proof[PROOF_SIZE]; /* that the directory said all this */
	size_t nproof;          /* 0: it didn't give any */
};

/* groups: names separated by '\n', may be empty. */
struct account *account_new(
    struct slice name, uint32_t number, uint64_t session, struct slice groups);
/* What login_done brought along for the guard (ipc/proof.h). */
void account_set_proof(struct account *account, struct slice proof);
struct account *account_ref(struct account *account);
void account_unref(struct account *account); /* NULL is fine */

#endif
