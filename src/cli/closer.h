/*
 * closer: the process that ends connections which new rules forbid.
 *
 * The filter lets no packet of them pass; without this, a program on a
 * connection that stalled waits for its own timeouts.  It is the one process
 * of the guard that keeps a capability, CAP_NET_ADMIN, and does nothing but
 * this. It also looks once a minute, as rules have times.
 */
#ifndef CLI_CLOSER_H
#define CLI_CLOSER_H

#include <event2/event.h>

#include "guard/load.h"

struct closer;

/* Starts it, while there still are privileges, and waits until it has dropped
 * all but its own. NULL, and *why, where it can't. The caller owns it. */
struct closer *closer_start(
    struct event_base *base, struct guard *guard, const char **why);
/* Ends it; NULL is fine. */
void closer_stop(struct closer *closer);

/* The rules are others now. What came of it is logged. */
void closer_ask(struct closer *closer);

#endif
