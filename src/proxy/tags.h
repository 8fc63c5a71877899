/*
 * tags: asks the guard to mark a socket as an account's before it connects.
 *
 * The worker holds nothing with which it could do so itself: the kernel
 * drops what comes out of a socket that the guard didn't see.
 */
#ifndef PROXY_TAGS_H
#define PROXY_TAGS_H

#include <sys/queue.h>

#include "base/addr.h"
#include "ipc/chan.h"

struct exchange;
struct worker;

struct tags_ask;
/* The questions of an exchange that are under way. All zeroes at first. */
LIST_HEAD(tags_asks, tags_ask);

/* x has an account and a dial, which is told the answer. fd is borrowed.
 * false: the guard can't be asked now. */
bool tags_ask(struct exchange *x, const struct addr *addr, int fd);
/* Nobody waits any more. */
void tags_cancel(struct exchange *x);

/* A fresh channel to the guard: replaces an older one, and says who has
 * connections open. */
void tags_peer(struct worker *worker, int fd);
/* setup_tagging: whether sockets have to be asked about; arg is the worker. */
chan_fn tags_on_tagging;

#endif
