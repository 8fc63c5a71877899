/*
 * account: who is logged in; shared by reference between a client, its
 * exchanges, the upstream connections that belong to it, and the login
 * cache.
 */
#ifndef PROXY_ACCOUNT_H
#define PROXY_ACCOUNT_H

#include <stdint.h>

#include "base/slice.h"

struct account {
	unsigned refs;
	char *name;           /* owned; as the directory spells it */
	struct slice folded;  /* owned; as credential/names.h compares it */
	uint32_t number;      /* stable, from the directory process */
	uint64_t session;     /* handle of this login */
	struct slice *groups; /* owned, from a directory */
	size_t ngroups;
};

/* groups: names separated by '\n', may be empty. */
struct account *account_new(
    struct slice name, uint32_t number, uint64_t session, struct slice groups);
struct account *account_ref(struct account *account);
void account_unref(struct account *account); /* NULL is fine */

#endif
