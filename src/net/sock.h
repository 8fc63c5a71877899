/*
 * sock: a non-blocking socket, plain or under TLS, and what is known of its
 * readiness.  It has no buffers beyond TLS's own and no events: net/io.h
 * owns it and does those.
 */
#ifndef NET_SOCK_H
#define NET_SOCK_H

#include <stdbool.h>
#include <stddef.h>

#include <event2/buffer.h>

#include "net/tls_conn.h"

/* Fields are io's to read, sock.c's to write. */
struct sock {
	int fd;                  /* owned */
	bool readable, writable; /* until the kernel has shown the opposite */
	bool closed;             /* the peer's end is told, not yet read */
	bool unsure;            /* see sock.c: worth a look, if nothing comes */
	struct tls_conn *tls;   /* owned; NULL where plain */
	struct tls_conn *under; /* owned: TLS that carries tls; or NULL */
	bool secure;            /* its handshake is done */
	struct evbuffer *early; /* owned: received before TLS had begun */
	struct evbuffer *seen;  /* owned: what the ClientHello took, to undo */
	const char *error;      /* static; why TLS_FAIL was returned */
};

void sock_init(struct sock *sock, int fd);
void sock_close(struct sock *sock); /* the descriptor only; idempotent */
void sock_clear(struct sock *sock);

/* What the event told: EV_READ, EV_WRITE, EV_CLOSED. */
void sock_note(struct sock *sock, short what);
/* The unsure socket is to be looked at. */
void sock_doubt(struct sock *sock);

/* As those of net/tls_conn.h, for plain sockets too: a FIN is TLS_END. */
enum tls_ret sock_read(struct sock *sock, void *p, size_t n, size_t *got);
/* May another read bring something without a new event? */
bool sock_more(const struct sock *sock);
/* Sends from the front of `from`, which must not be empty, and drains what
 * was sent. */
enum tls_ret sock_write(struct sock *sock, struct evbuffer *from, size_t *put);
/* close_notify, FIN: TLS_OK, or TLS_WANT to be called again. */
enum tls_ret sock_finish(struct sock *sock);
/* In its place where bytes are missing: a FIN alone, or a reset. */
void sock_cut(struct sock *sock);
void sock_reset_at_close(struct sock *sock);

/* Takes over tls, which was made with sock_top_wire() and this sock; what was
 * received is moved out of `received`. Over a TLS that is done it becomes TLS
 * in TLS, one deep. */
void sock_start_tls(struct sock *sock, struct tls_conn *tls,
    struct evbuffer *received, bool undoable);
enum tls_ret sock_handshake(struct sock *sock); /* done: not undoable */
void sock_keep_tls(struct sock *sock);          /* no longer undoable */
/* Back to plain, or to the TLS below; what TLS had taken is appended to
 * `received`. */
void sock_undo_tls(struct sock *sock, struct evbuffer *received);

/* What carries the next TLS: the socket, or the TLS that is there. */
const struct tls_wire *sock_top_wire(const struct sock *sock);

#endif
