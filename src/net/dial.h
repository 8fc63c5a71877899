/*
 * dial: from a name to a connected socket (RFC 8305, happy eyeballs v2).
 *
 * Every candidate address is shown to the owner right before its connect,
 * who may refuse it (policy) and prepares the socket (marks, source address,
 * the kernel's account tag); that preparation may take time.
 */
#ifndef NET_DIAL_H
#define NET_DIAL_H

#include "base/name.h"
#include "net/resolve.h"

struct dial;

enum dial_ret {
	DIAL_OK,
	DIAL_RESOLVE, /* see dial_resolve_ret */
	DIAL_REFUSED, /* the owner refused every candidate */
	DIAL_CONNECT, /* the last error, in dial_error */
	DIAL_TIMEOUT
};

enum dial_candidate {
	DIAL_SKIP, /* not this address */
	DIAL_GO,
	DIAL_LATER /* dial_candidate_ready() will say */
};
/* Called for each candidate, unfolded, before anything is sent to it. fd is
 * its socket: set options on it. The owner must not free the dial in here. */
typedef enum dial_candidate dial_candidate_fn(
    const struct addr *addr, int fd, void *arg);
/* ret DIAL_OK: fd is connected, non-blocking, TCP_NODELAY, and the caller's;
 * addr is where to. Otherwise fd is -1 and addr NULL. Called once, from the
 * loop. */
typedef void dial_done_fn(struct dial *dial, enum dial_ret ret, int fd,
    const struct addr *addr, void *arg);

/* host may be a name or an address literal. timeout_ms spans resolution and
 * all attempts. The caller owns the dial and frees it from on_done or
 * later. */
struct dial *dial_start(struct event_base *base, struct resolver *resolver,
    const struct host *host, uint16_t port, uint64_t timeout_ms,
    dial_candidate_fn *on_candidate, dial_done_fn *on_done, void *arg);
void dial_free(struct dial *dial); /* cancels; NULL is fine */
/* After DIAL_LATER: whether that socket may connect now. on_done may be called
 * from here. One that is no longer waited for is no harm. */
void dial_candidate_ready(struct dial *dial, int fd, bool good);

enum resolve_ret dial_resolve_ret(const struct dial *dial);
const char *dial_error(const struct dial *dial);   /* static words */
uint64_t dial_resolve_us(const struct dial *dial); /* time it took */

#endif
