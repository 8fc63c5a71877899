/*
 * proof: one way of putting a login into bytes, for both ends.
 */
#include "ipc/proof.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/secret.h"

/* Lengths stand before what they are of: no two logins are the same bytes. */
static size_t
put(unsigned char *p, size_t at, const void *bytes, size_t n)
{
	uint64_t len = n;

	memcpy(p + at, &len, sizeof(len));
	if (n > 0)
		memcpy(p + at + sizeof(len), bytes, n);
	return at + sizeof(len) + n;
}

void
proof_make(struct keyed *key, const struct login_words *login,
    unsigned char out[PROOF_SIZE])
{
	size_t room = 4 * sizeof(uint64_t) + sizeof(login->number) +
	    sizeof(login->session) + login->account.n + login->groups.n;
	unsigned char *p = mem_alloc(room);
	size_t n = put(p, 0, &login->number, sizeof(login->number));

	n = put(p, n, &login->session, sizeof(login->session));
	n = put(p, n, login->account.p, login->account.n);
	n = put(p, n, login->groups.p, login->groups.n);
	keyed_hash(key, slice_from(p, n), out);
	free(p);
}

bool
proof_holds(
    struct keyed *key, const struct login_words *login, struct slice proof)
{
	unsigned char wanted[PROOF_SIZE];

	proof_make(key, login, wanted);
	return proof.n == PROOF_SIZE &&
	    secret_eq(proof, slice_from(wanted, sizeof(wanted)));
}
