/*
 * chan: one SOCK_SEQPACKET channel between two processes.
 *
 * A message is a packet; a descriptor may come along.  Sending queues, up to
 * a bound; a full queue is the caller's to handle (a 503, not a stall).
 * What the peer may not say, or what does not decode, ends the channel as
 * corrupt: the handler table has one entry a message, and no other way in.
 */
#ifndef IPC_CHAN_H
#define IPC_CHAN_H

#include <event2/event.h>

#include "ipc/msg.h"

struct chan;

/* fd: -1 or a descriptor the handler now owns; always -1 for messages that
 * bring none (MSG in the catalogue, as opposed to MSG_FD). body borrows from
 * the packet, which is wiped when the handler returns. The handler may free
 * the channel. */
typedef void chan_fn(
    struct chan *chan, const union msg_body *body, int fd, void *arg);

struct chan_ops {
	chan_fn *on[MSG_COUNT]; /* NULL: not expected here: corrupt */
	/* The peer is gone (words NULL) or corrupt (words says how). The owner
	 * frees the channel, now or later; no further call. */
	void (*on_closed)(struct chan *chan, const char *words, void *arg);
};

/* Takes over fd. ops is static; arg is borrowed. */
struct chan *chan_new(struct event_base *base, int fd, enum role self,
    enum role peer, const struct chan_ops *ops, void *arg);
void chan_free(struct chan *chan); /* closes; NULL is fine */
enum role chan_peer(const struct chan *chan);

/* body is the struct of that kind. fd (or -1) is duplicated: it stays the
 * caller's. 0, or -1: the queue is full, the peer is gone, or a string is
 * longer than WIRE_STR_MAX. */
int chan_send(struct chan *chan, enum msg_kind kind, const void *body, int fd);
/* Blocks until all queued is written, the peer is gone or CHAN_FLUSH_MS have
 * passed (start and end of a process only). */
void chan_flush(struct chan *chan);
/* Handles what has arrived, without waiting: the last words of a peer that
 * is known to have ended. on_closed may be called. */
void chan_read_now(struct chan *chan);

/* Two connected ends, close-on-exec. Fatal where the system refuses. */
void chan_pair(int fds[2]);

#define CHAN_QUEUE_MAX 4096 /* packets */
#define CHAN_FLUSH_MS 5000
#define CHAN_FD 3 /* where a role finds its supervisor */

#endif
