/*
 * origins: what the worker has learned of origins from their certificates.
 *
 * One entry an address dialled for, a name verified and a port, for ten
 * minutes or until the certificate's end.  Only what has been verified gets
 * in; accounts share it, since a certificate tells everybody the same.
 */
#ifndef PROXY_ORIGINS_H
#define PROXY_ORIGINS_H

#include <stdbool.h>

#include "base/addr.h"
#include "base/name.h"
#include "net/facts.h"

#define ORIGINS_KEEP_MS 600000

struct origins;

struct origin {
	struct facts *facts; /* owned */
	struct addr addr;    /* where it was seen */
	bool alpn;           /* it chose a protocol by ALPN */
	uint64_t until_ms;   /* clock_ms() */
};

struct origins *origins_new(size_t max);
void origins_free(struct origins *origins); /* NULL is fine */

/* Borrowed until the next call; NULL: not known, or too old. */
const struct origin *origins_get(struct origins *origins,
    const struct host *dial, const struct host *name, uint16_t port);
/* Takes the facts. alpn: did it choose a protocol? */
void origins_put(struct origins *origins, const struct host *dial,
    const struct host *name, uint16_t port, struct facts *facts,
    const struct addr *addr, bool alpn);
/* It may be elsewhere by now. */
void origins_forget(struct origins *origins, const struct host *dial,
    const struct host *name, uint16_t port);

#endif
