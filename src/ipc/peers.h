/*
 * peers: the channels on which a role is asked by processes of another role.
 *
 * A peer has a number that is never used again, so that an answer to one
 * that has gone, or was replaced by a fresh process, finds nobody.
 */
#ifndef IPC_PEERS_H
#define IPC_PEERS_H

#include <stdint.h>

#include <event2/event.h>

#include "ipc/chan.h"

#define PEERS_MAX 1024 /* indices: workers */

struct peers;

/* What the handlers of a peer's channel get as their arg. */
struct peer {
	uint64_t id; /* never 0 */
	void *arg;   /* the one given to peers_new */

	/* peers' own */
	struct peers *peers;
	struct chan *chan;
	unsigned index;
};

/* That peer is gone: forget what it asked. May be NULL. */
typedef void peers_gone_fn(uint64_t id, void *arg);

/* ops: static, with on_closed set to peers_on_closed. */
struct peers *peers_new(struct event_base *base, enum role self,
    enum role other, const struct chan_ops *ops, peers_gone_fn *on_gone,
    void *arg);
void peers_free(struct peers *peers); /* calls nobody; NULL is fine */

/* What the supervisor gives (setup_peer). Takes fd. A channel that stood at
 * that index is closed. A role that is not the one of peers_new is a bug of
 * ours and ends the process. */
void peers_set(struct peers *peers, enum role role, unsigned index, int fd);
/* As chan_send; -1 too where that peer is gone. */
int peers_send(
    struct peers *peers, uint64_t id, enum msg_kind kind, const void *body);
/* To the one at that index, or to all; fd (or -1) stays the caller's. */
void peers_tell(struct peers *peers, unsigned index, enum msg_kind kind,
    const void *body, int fd);
void peers_tell_all(
    struct peers *peers, enum msg_kind kind, const void *body, int fd);
/* Blocks until all that was sent is written (the end of a process). */
void peers_flush(struct peers *peers);

void peers_on_closed(struct chan *chan, const char *words, void *arg);

#endif
