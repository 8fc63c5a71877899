/*
 * io_tls: between an io's owner and the TLS of its socket. The handshake is
 * driven by net/io.c, its contents belong to net/tls_conn.c.
 */
#include "net/io_tls.h"

#include "net/io_state.h"

static void
begin_tls(struct io *io, struct tls_conn *tls, bool undoable)
{
	sock_start_tls(&io->sock, tls, io->in, undoable);
	io->parked = false;
	io->more = true;
	io_kick(io);
}

void
io_tls_accept(struct io *io, SSL_CTX *ctx)
{
	begin_tls(io, tls_conn_server(ctx, sock_top_wire(&io->sock), &io->sock),
	    true);
}

void
io_tls_connect(struct io *io, SSL_CTX *ctx, const struct tls_connect_opts *opts)
{
	begin_tls(io,
	    tls_conn_client(ctx, opts, sock_top_wire(&io->sock), &io->sock),
	    false);
}

const struct tls_hello *
io_hello(const struct io *io)
{
	return tls_conn_hello(io->sock.tls);
}

void
io_tls_offer(struct io *io, struct slice alpn)
{
	tls_conn_offer(io->sock.tls, alpn);
}

void
io_tls_present(struct io *io, const struct tls_leaf *leaf)
{
	sock_keep_tls(&io->sock);
	(void)tls_conn_present(
	    io->sock.tls, leaf); /* -1 shows in the handshake */
	io_kick(io);
}

void
io_tls_refuse(struct io *io, int alert)
{
	sock_keep_tls(&io->sock);
	tls_conn_refuse(io->sock.tls, alert);
	io_kick(io);
}

void
io_tls_undo(struct io *io)
{
	sock_undo_tls(&io->sock, io->in);
	io->parked = false;
	io->more = sock_more(&io->sock);
}

struct facts *
io_tls_facts(const struct io *io)
{
	return tls_conn_facts(io->sock.tls);
}

SSL_SESSION *
io_tls_take_session(struct io *io)
{
	return tls_conn_take_session(io->sock.tls);
}

bool
io_tls_peer(const struct io *io, struct cert_peer *peer)
{
	X509 *cert = tls_conn_peer(io->sock.tls);

	return cert != NULL && cert_peer(cert, peer);
}

size_t
io_tls_chain(const struct io *io, struct cert_shown *certs, size_t max)
{
	STACK_OF(X509) *chain = io->sock.tls == NULL
	    ? NULL
	    : tls_conn_chain(io->sock.tls);
	int n = sk_X509_num(chain);

	for (int i = 0; i < n && (size_t)i < max; i++)
		cert_show(sk_X509_value(chain, i), &certs[i]);
	return n > 0 ? (size_t)n : 0;
}

const char *
io_tls_missing(const struct io *io, bool *is_list)
{
	return io->sock.tls == NULL ? NULL
				    : tls_conn_missing(io->sock.tls, is_list);
}

bool
io_is_tls(const struct io *io)
{
	return io->sock.tls != NULL;
}

bool
io_is_secure(const struct io *io)
{
	return io->sock.secure;
}

const struct tls_info *
io_tls_info(const struct io *io)
{
	return tls_conn_info(io->sock.tls);
}
