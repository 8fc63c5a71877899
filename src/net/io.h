/*
 * io: one stream over a socket, plain or TLS, with its buffers.
 *
 * The socket's calls are net/sock.h's, the TLS net/tls_conn.h's.  One event
 * an fd, edge-triggered and persistent, added once; the drive loop writes
 * what is queued and reads until there is no progress, within a budget.  Six
 * things can happen, told through one callback, which comes from the loop
 * and never from within a call.  Not here: names, HTTP, policy.
 *
 * From inside the callback the owner may call anything, io_free() included:
 * the memory goes when the drive loop has let go of it, and no further event
 * is told.  After IO_ERROR nothing is told any more; after IO_EOF no IO_DATA.
 */
#ifndef NET_IO_H
#define NET_IO_H

#include <stdbool.h>
#include <stdint.h>

#include <event2/buffer.h>
#include <event2/event.h>

#include "base/addr.h"
#include "base/slice.h"

enum io_event {
	IO_DATA,    /* bytes were added to io_input() */
	IO_HELLO,   /* server side: the ClientHello is there, handshake parked;
	             * io_hello() tells, io_tls_present() resumes */
	IO_SECURE,  /* the handshake is done */
	IO_DRAINED, /* io_output() was above the low mark and fell to it; also
	             * what io_finish() and io_watch_empty() wait for */
	IO_EOF,     /* the peer sends no more; see io_end() */
	IO_ERROR    /* the stream is dead; see io_error() */
};

/* Why reading is paused; each reason is held and released on its own. */
enum io_pause {
	IO_PAUSE_PEER_FULL = 0x1, /* the other side's output is at the mark */
	IO_PAUSE_VERDICT = 0x2,   /* a decision is pending */
	IO_PAUSE_EXCHANGE = 0x4,  /* pipelined input waits for its turn */
	IO_PAUSE_ALL = 0x7
};

enum io_end {
	IO_END_NONE,
	IO_END_CLEAN,
	IO_END_TRUNCATED
};

#define IO_MARK_HIGH (256u << 10)
#define IO_MARK_LOW (64u << 10)

struct io;
typedef void io_fn(struct io *io, enum io_event event, void *arg);

/* Takes over a connected, non-blocking socket. The caller owns the io. */
struct io *io_new(struct event_base *base, int fd, io_fn *on_event, void *arg);
void io_free(struct io *io); /* closes at once; NULL is fine */
void io_set_callback(struct io *io, io_fn *on_event, void *arg);
int io_fd(const struct io *io);

/* Received bytes; the owner drains them. Reading stops by itself while
 * IO_MARK_HIGH or more stand here and goes on when the owner, having
 * drained, calls io_resume or io_kick (or has drained within IO_DATA). */
struct evbuffer *io_input(struct io *io);
/* Queue bytes here, then io_kick(). From the high mark on io_full() is true:
 * the owner should stop producing until IO_DRAINED. Small chains are sent
 * together: a head and a short body make one TLS record and one send. */
struct evbuffer *io_output(struct io *io);
bool io_full(const struct io *io);
void io_kick(struct io *io); /* drive soon: from the loop, never recursing */

/* While paused nothing is read, so the peer's end is not seen either. */
void io_pause(struct io *io, enum io_pause why);
void io_resume(struct io *io, enum io_pause why);

/* No more will be queued: after the output is written, close_notify (TLS)
 * and shutdown(SHUT_WR). Reading goes on. */
void io_finish(struct io *io);
bool io_finishing(const struct io *io); /* io_finish was called */
bool io_finished(const struct io *io);  /* and that has happened */
/* Tell IO_DRAINED once when all that is queued has been written. */
void io_watch_empty(struct io *io);
/* What is queued is not all there should be: from now on the end, however it
 * comes, is no clean one. TLS has no close_notify; with reset the socket ends
 * with that, since most programs take a FIN for the end all the same. */
void io_cut(struct io *io, bool reset);

enum io_end io_end(const struct io *io); /* has the peer ended, and how */
/* Why the stream died, in static words: "connection reset by peer". */
const char *io_error(const struct io *io);

/* The fd of a plain stream, for who goes on with it in the kernel: what was
 * received and what is still to be sent is moved to the two buffers, and the
 * io is gone. Not after IO_ERROR. */
int io_dissolve(
    struct io *io, struct evbuffer *received, struct evbuffer *unsent);

struct io_stats {
	uint64_t in, out; /* bytes of the application */
	uint64_t last_ms; /* clock_ms() of the last progress */
};
const struct io_stats *io_stats(const struct io *io);

#endif
