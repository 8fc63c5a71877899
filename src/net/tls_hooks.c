/*
 * tls_hooks: the callbacks of a context. They note and answer; what follows
 * from that is net/tls_conn.c's.
 */
#include "net/tls_hooks.h"

#include "net/tls_state.h"

static int
on_client_hello(SSL *ssl, int *alert, void *arg)
{
	struct tls_conn *conn = SSL_get_app_data(ssl);

	switch (conn->state) {
	case HELLO_WANTED:
		tls_hello_read(ssl, conn->hello);
		conn->state = HELLO_PARKED;
		return SSL_CLIENT_HELLO_RETRY;
	case HELLO_PARKED:
		return SSL_CLIENT_HELLO_RETRY;
	case HELLO_GO: /* also the second hello, after a HelloRetryRequest */
		return SSL_CLIENT_HELLO_SUCCESS;
	case HELLO_REFUSED:
		*alert = conn->refusal;
		return SSL_CLIENT_HELLO_ERROR;
	}
	return SSL_CLIENT_HELLO_ERROR;
}

/* A client that offers only what we don't speak is told so (RFC 7301 section
 * 3.2) rather than answered in a protocol it didn't ask for. Where nothing is
 * to be chosen, the extension stays unanswered. */
static int
on_alpn(SSL *ssl, const unsigned char **out, unsigned char *outlen,
    const unsigned char *in, unsigned inlen, void *arg)
{
	struct tls_conn *conn = SSL_get_app_data(ssl);
	unsigned char *chosen;

	if (conn->alpn.n == 0)
		return SSL_TLSEXT_ERR_NOACK;
	if (SSL_select_next_proto(&chosen, outlen,
		(const unsigned char *)conn->alpn.p, (unsigned)conn->alpn.n, in,
		inlen) != OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

static int
on_session(SSL *ssl, SSL_SESSION *session)
{
	struct tls_conn *conn = SSL_get_app_data(ssl);

	SSL_SESSION_free(conn->session);
	conn->session = session;
	return 1; /* ours now */
}

/* The chain is verified in here … */
static int
on_chain(X509_STORE_CTX *ctx, void *arg)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(
	    ctx, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct tls_conn *conn = SSL_get_app_data(ssl);

	return verify_chain(conn->verify, ctx);
}

/* … and the status that came along, or didn't, in here. */
static int
on_status(SSL *ssl, void *arg)
{
	struct tls_conn *conn = SSL_get_app_data(ssl);

	return verify_status(conn->verify, ssl);
}

/* Asked only where no certificate was put on the connection. */
static int
on_wanted(SSL *ssl, X509 **cert, EVP_PKEY **key)
{
	struct tls_conn *conn = SSL_get_app_data(ssl);

	conn->info.wants_certificate = true;
	return 0;
}

void
tls_hooks_server(SSL_CTX *ctx)
{
	tls_hello_prepare(ctx);
	SSL_CTX_set_client_hello_cb(ctx, on_client_hello, NULL);
	SSL_CTX_set_alpn_select_cb(ctx, on_alpn, NULL);
}

void
tls_hooks_listener(SSL_CTX *ctx)
{
	SSL_CTX_set_alpn_select_cb(ctx, on_alpn, NULL);
}

void
tls_hooks_client(SSL_CTX *ctx)
{
	SSL_CTX_sess_set_new_cb(ctx, on_session);
	SSL_CTX_set_cert_verify_callback(ctx, on_chain, NULL);
	SSL_CTX_set_tlsext_status_cb(ctx, on_status);
	SSL_CTX_set_client_cert_cb(ctx, on_wanted);
}
