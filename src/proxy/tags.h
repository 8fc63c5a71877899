/*
 * tags: asks the guard to mark a socket as an account's before it connects.
 *
 * The worker holds nothing with which it could do so itself: the kernel
 * drops what comes out of a socket that the guard didn't see.
 */
#ifndef PROXY_TAGS_H
#define PROXY_TAGS_H

#include <sys/queue.h>

#include <stdbool.h>

#include "base/addr.h"
#include "ipc/chan.h"

struct account;
struct worker;

struct tags_ask;
/* The questions of one dial that are under way. All zeroes at first. */
LIST_HEAD(tags_asks, tags_ask);

/* wrong: NULL: the socket is the account's; else why not, static words.
 * denied: by the kernel's rules. */
typedef void tags_fn(int fd, const char *wrong, bool denied, void *arg);

/* Called for each, unless tags_cancel comes first; not from in here. fd is
 * borrowed. false: the guard can't be asked now, or there is no account. */
bool tags_ask(struct worker *worker, struct tags_asks *asks,
    const struct account *account, const struct addr *addr, int fd, tags_fn *fn,
    void *arg);
/* Nobody waits any more. */
void tags_cancel(struct worker *worker, struct tags_asks *asks);

/* A fresh channel to the guard: replaces an older one, and says who has
 * connections open. */
void tags_peer(struct worker *worker, int fd);
/* setup_tagging: whether sockets have to be asked about; arg is the worker. */
chan_fn tags_on_tagging;

#endif
