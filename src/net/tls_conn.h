/*
 * tls_conn: TLS on one connection, over whatever carries its bytes.
 *
 * The only place that calls SSL_read and SSL_write.  It holds the SSL, what
 * the handshake told, and turns OpenSSL's answers into five.  The error
 * queue is clear before every call and drained after it.  Not here: buffers,
 * events, descriptors.
 */
#ifndef NET_TLS_CONN_H
#define NET_TLS_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "net/facts.h"
#include "net/tls.h"

struct tls_conn;

/* What carries the bytes; both as recv(2) and send(2): 0 from read is the
 * end, -1 with errno EAGAIN where it would block. */
struct tls_wire {
	ssize_t (*read)(void *arg, void *p, size_t n);
	ssize_t (*write)(void *arg, const void *p, size_t n);
};

enum tls_ret {
	TLS_OK,
	TLS_WANT,   /* the wire would block */
	TLS_PARKED, /* the ClientHello is there: see tls_conn_hello */
	TLS_END,    /* close_notify */
	TLS_CUT,    /* the wire ended without one */
	TLS_FAIL    /* see tls_conn_error */
};

/* ctx: one of net/tls.h; a reference is kept. wire and arg: borrowed. */
struct tls_conn *tls_conn_server(
    SSL_CTX *ctx, const struct tls_wire *wire, void *arg);
struct tls_conn *tls_conn_client(SSL_CTX *ctx,
    const struct tls_connect_opts *opts, const struct tls_wire *wire,
    void *arg);
void tls_conn_free(struct tls_conn *conn); /* sends nothing; NULL is fine */

enum tls_ret tls_conn_handshake(struct tls_conn *conn);
const struct tls_hello *tls_conn_hello(const struct tls_conn *conn);
/* Protocols a server may choose, best first, in wire format; static; empty:
 * it leaves ALPN unanswered. TLS_ALPN_HTTP1 unless set. */
void tls_conn_offer(struct tls_conn *conn, struct slice alpn);
/* Leave the parked state: the next handshake call goes on with the leaf, or
 * ends it with an alert. -1: the leaf doesn't fit the context's key. */
int tls_conn_present(struct tls_conn *conn, const struct tls_leaf *leaf);
void tls_conn_refuse(struct tls_conn *conn, int alert);

/* TLS_OK: at least one byte. A write takes one record at most and, after
 * TLS_WANT, must be repeated with the same bytes (and perhaps more). */
enum tls_ret tls_conn_read(
    struct tls_conn *conn, void *p, size_t n, size_t *got);
enum tls_ret tls_conn_write(
    struct tls_conn *conn, const void *p, size_t n, size_t *put);
/* Are bytes from the wire held inside, perhaps not a whole record? */
bool tls_conn_holds(const struct tls_conn *conn);
/* Sends close_notify: TLS_OK, TLS_WANT (call again) or TLS_FAIL. */
enum tls_ret tls_conn_close(struct tls_conn *conn);

/* The peer's certificate; borrowed; NULL: none. */
X509 *tls_conn_peer(const struct tls_conn *conn);
/* Client side, of a handshake that failed: see net/verify.h. */
STACK_OF(X509) * tls_conn_chain(const struct tls_conn *conn);
const char *tls_conn_missing(const struct tls_conn *conn, bool *is_list);

const char *tls_conn_error(const struct tls_conn *conn); /* static */
const struct tls_info *tls_conn_info(const struct tls_conn *conn);
/* What the peer's certificate says, after a handshake as client; the caller
 * owns it. NULL where there is none. */
struct facts *tls_conn_facts(const struct tls_conn *conn);
/* A session for the next connection to the same place, as last received;
 * the caller owns it. NULL where none came. */
SSL_SESSION *tls_conn_take_session(struct tls_conn *conn);

#endif
