/*
 * resolve: names to addresses, asynchronously, cached (libunbound).
 *
 * /etc/hosts first, then the configured resolvers or those of
 * /etc/resolv.conf.  A and AAAA are asked at the same time.  Pure DNS: what
 * may be dialled is policy's business.
 */
#ifndef NET_RESOLVE_H
#define NET_RESOLVE_H

#include <event2/event.h>

#include "base/addr.h"
#include "base/slice.h"

#define RESOLVE_ADDR_MAX 32

enum resolve_ret {
	RESOLVE_OK,      /* at least one address */
	RESOLVE_NO_NAME, /* NXDOMAIN */
	RESOLVE_NO_ADDR, /* the name exists without an address */
	RESOLVE_FAILED,  /* SERVFAIL, bogus, no server */
	RESOLVE_TIMEOUT
};

struct resolver;
struct resolve; /* one question under way */

struct resolve_answer {
	enum resolve_ret ret;
	struct addr addrs[RESOLVE_ADDR_MAX]; /* port 0; IPv6 and IPv4 mixed */
	size_t n;
	bool cached;
};
typedef void resolve_fn(const struct resolve_answer *answer, void *arg);

/* servers: n may be 0. Reads /etc files now, so before the sandbox closes.
 * fatal() where the library can't start. */
struct resolver *resolver_new(struct event_base *base,
    const struct addr *servers, size_t nservers, uint64_t timeout_ms);
void resolver_free(struct resolver *resolver);

/* name: canonical (base/name.h). The callback comes from the loop, never
 * from within this call. The handle is valid until then; cancel it to get no
 * call. */
struct resolve *resolve_start(struct resolver *resolver, struct slice name,
    resolve_fn *on_answer, void *arg);
void resolve_cancel(struct resolve *resolve);

#endif
