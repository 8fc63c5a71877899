/*
 * asker: keeps the addresses of pinned names current.
 *
 * Asks for each of them every ten seconds; the resolver library answers from
 * its cache until a record's time is over, and asks name servers then.  Runs
 * in `sallyport guard`, without privileges once the filter is there.
 */
#ifndef GUARD_ASKER_H
#define GUARD_ASKER_H

#include <event2/event.h>

#include "guard/namepins.h"

struct asker;

/* Called from the loop, after a round that changed something. */
typedef void asker_fn(void *arg);

/* Of the resolvers that conf names, or the system's. The caller owns it. */
struct asker *asker_new(struct event_base *base, const struct conf *conf,
    asker_fn *on_change, void *arg);
void asker_free(struct asker *asker); /* NULL is fine */

/* Names to ask for from now on, at once; borrowed until the next call. NULL:
 * none. */
void asker_take(struct asker *asker, struct namepins *pinned);
/* Runs the loop until the round is over, at most that long. */
void asker_wait(struct asker *asker, unsigned ms);

#endif
