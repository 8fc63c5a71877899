/*
 * listen: accepts connections from a listening socket, a few at a time.
 */
#ifndef NET_LISTEN_H
#define NET_LISTEN_H

#include <event2/event.h>

#include "base/addr.h"

struct listen;
/* fd is the callee's: non-blocking, close-on-exec, TCP_NODELAY. */
typedef void listen_fn(
    int fd, const struct addr *client, const struct addr *local, void *arg);

/* A socket bound and listening with SO_REUSEPORT, for the supervisor to make
 * and hand out. -1 with errno. */
int listen_open(const struct addr *addr, int backlog);
/* Is the address free? -1 with errno: EADDRINUSE where another program has
 * it, which SO_REUSEPORT alone would share with us without a word. */
int listen_probe(const struct addr *addr);

/* Takes over fd. Out of descriptors: pauses for a moment, says so, goes on. */
struct listen *listen_new(
    struct event_base *base, int fd, listen_fn *on_accept, void *arg);
void listen_free(struct listen *listen);  /* closes; NULL is fine */
void listen_pause(struct listen *listen); /* the worker is full */
void listen_resume(struct listen *listen);

#endif
