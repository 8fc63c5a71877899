/*
 * io_tls: TLS on an io: beginning it, parking and resuming a handshake, what
 * it told.
 */
#ifndef NET_IO_TLS_H
#define NET_IO_TLS_H

#include "net/cert.h"
#include "net/facts.h"
#include "net/io.h"
#include "net/tls.h"

/* Server side. What stands unread in io_input() is taken to be the start of
 * the handshake. IO_HELLO comes next, but with a context for listeners
 * IO_SECURE. Where TLS is there already, that is what carries this one. ctx is
 * shared (net/tls.h). */
void io_tls_accept(struct io *io, SSL_CTX *ctx);
/* NULL until IO_HELLO; borrowed from the io. */
const struct tls_hello *io_hello(const struct io *io);
/* Between IO_HELLO and io_tls_present: what the server may choose by ALPN,
 * best first, wire format, static; empty: it leaves ALPN unanswered.
 * TLS_ALPN_HTTP1 unless set. */
void io_tls_offer(struct io *io, struct slice alpn);
/* Resumes the handshake with this leaf certificate (OpenSSL's references are
 * taken; the caller may let go of the leaf). */
void io_tls_present(struct io *io, const struct tls_leaf *leaf);
/* Instead: end the handshake with an alert (SSL_AD_…); IO_ERROR follows. */
void io_tls_refuse(struct io *io, int alert);
/* Instead: back to a plain stream as if io_tls_accept had never been, with
 * the bytes of the ClientHello in io_input(): the way into a tunnel. */
void io_tls_undo(struct io *io);

/* Client side: IO_SECURE or IO_ERROR comes next. */
void io_tls_connect(
    struct io *io, SSL_CTX *ctx, const struct tls_connect_opts *opts);

/* Client side, after IO_SECURE: what the origin's certificate says; the
 * caller owns it. NULL where it can't be read. */
struct facts *io_tls_facts(const struct io *io);

/* A session for the next connection to the same place, as last received;
 * the caller owns it (SSL_SESSION_free). NULL where none came. */
SSL_SESSION *io_tls_take_session(struct io *io);

bool io_is_tls(const struct io *io);
bool io_is_secure(const struct io *io); /* the handshake is done */
/* After IO_SECURE or an IO_ERROR of a handshake. */
const struct tls_info *io_tls_info(const struct io *io);

/* After IO_SECURE: whom the peer's certificate, which was verified, names.
 * False: it showed none, or one without such a name. */
bool io_tls_peer(const struct io *io, struct cert_peer *peer);

/* After an IO_ERROR of a client-side handshake: the certificates that the
 * peer showed, leaf first, at most max; how many there were. And where the
 * issuer that is missing may be had, or the revocation list, for which alone
 * the handshake failed; borrowed; NULL: nowhere, or none is. */
size_t io_tls_chain(const struct io *io, struct cert_shown *certs, size_t max);
const char *io_tls_missing(const struct io *io, bool *is_list);

#endif
