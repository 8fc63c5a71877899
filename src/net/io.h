/*
 * io: one stream over a socket, plain or TLS, with its buffers.
 *
 * The only place that calls recv, send, SSL_read, SSL_write.  One event an
 * fd, edge-triggered and persistent, added once; io_drive() writes what is
 * queued and reads until there is no progress, within a budget.  Six things
 * can happen, told through one callback.  Not here: names, HTTP, policy.
 *
 * From inside the callback the owner may call anything, io_free() included:
 * the memory goes when the drive loop has let go of it, and no further event
 * is told.
 */
#ifndef NET_IO_H
#define NET_IO_H

#include <stdbool.h>
#include <stdint.h>

#include <event2/buffer.h>
#include <event2/event.h>

#include "base/addr.h"
#include "base/slice.h"
#include "net/tls.h"

enum io_event {
	IO_DATA,    /* bytes were added to io_input() */
	IO_HELLO,   /* server side: the ClientHello is there, handshake parked;
	             * io_hello() tells, io_tls_present() resumes */
	IO_SECURE,  /* the handshake is done */
	IO_DRAINED, /* io_output() fell to the low mark or below */
	IO_EOF,     /* the peer sends no more; see io_end() */
	IO_ERROR    /* the stream is dead; see io_error() */
};

/* Why reading is paused; each reason is held and released on its own. */
enum io_pause {
	IO_PAUSE_PEER_FULL = 1 << 0, /* the other side's output is at the mark */
	IO_PAUSE_VERDICT   = 1 << 1, /* a decision is pending */
	IO_PAUSE_EXCHANGE  = 1 << 2  /* pipelined input waits for its turn */
};

enum io_end { IO_END_NONE, IO_END_CLEAN, IO_END_TRUNCATED };

#define IO_MARK_HIGH (256u << 10)
#define IO_MARK_LOW  (64u << 10)

struct io;
typedef void io_fn(struct io *io, enum io_event event, void *arg);

/* Takes over a connected, non-blocking socket. The caller owns the io. */
struct io *io_new(
    struct event_base *base, int fd, io_fn *on_event, void *arg);
void io_free(struct io *io); /* closes at once; NULL is fine */
void io_set_callback(struct io *io, io_fn *on_event, void *arg);
int io_fd(const struct io *io);

/* Received bytes; the owner drains them. Reading stops by itself while more
 * than IO_MARK_HIGH stand here and goes on when the owner, having drained,
 * calls io_resume or io_kick. */
struct evbuffer *io_input(struct io *io);
/* Queue bytes here, then io_kick(). Over the high mark io_full() is true:
 * the owner should stop producing until IO_DRAINED. */
struct evbuffer *io_output(struct io *io);
bool io_full(const struct io *io);
void io_kick(struct io *io); /* drive soon: from the loop, never recursing */

void io_pause(struct io *io, enum io_pause why);
void io_resume(struct io *io, enum io_pause why);

/* No more will be queued: after the output is written, close_notify (TLS)
 * and shutdown(SHUT_WR). Reading goes on. */
void io_finish(struct io *io);
bool io_finished(const struct io *io);
/* As io_finish, then io_free by itself when all is written and the peer has
 * closed, or after linger_ms. The owner must not touch the io again. */
void io_finish_and_free(struct io *io, unsigned linger_ms);

enum io_end io_end(const struct io *io);    /* has the peer ended, and how */
/* Why the stream died, in static words: "connection reset by peer". */
const char *io_error(const struct io *io);

/* Server side. What stands unread in io_input() is taken to be the start of
 * the handshake. IO_HELLO comes next. ctx is shared (net/tls.h). */
void io_tls_accept(struct io *io, SSL_CTX *ctx);
/* Valid from IO_HELLO on; borrowed from the io. */
const struct tls_hello *io_hello(const struct io *io);
/* Resumes the handshake with this leaf certificate (shared, a reference is
 * taken). */
void io_tls_present(struct io *io, const struct tls_leaf *leaf);

/* Client side: IO_SECURE or IO_ERROR comes next. */
void io_tls_connect(
    struct io *io, SSL_CTX *ctx, const struct tls_connect_opts *opts);

bool io_is_tls(const struct io *io);
/* After IO_SECURE or an IO_ERROR of a handshake. */
const struct tls_info *io_tls_info(const struct io *io);

struct io_stats {
	uint64_t in, out;        /* bytes of the application */
	uint64_t last_ms;        /* clock_ms() of the last progress */
};
const struct io_stats *io_stats(const struct io *io);

#endif
