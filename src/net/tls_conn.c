/*
 * tls_conn: one SSL over a custom BIO, whose bytes come from and go to the
 * tls_wire it was given.  It never touches a descriptor, never keeps
 * application bytes, and never calls its owner from inside OpenSSL.
 */
#include "net/tls_conn.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/must.h"
#include "net/tls_bio.h"
#include "net/tls_state.h"

/* --- errors ---------------------------------------------------------------- */

/* The earliest entry is the cause, later ones its consequences. */
static void
explain(struct tls_conn *conn)
{
	unsigned long error = ERR_get_error();
	int reason = ERR_GET_REASON(error);

	if (conn->state == HELLO_REFUSED)
		conn->error = "the handshake was refused";
	else if ((reason == SSL_R_CERTIFICATE_VERIFY_FAILED ||
		     reason == SSL_R_INVALID_STATUS_RESPONSE) &&
	    conn->info.verify_text != NULL)
		conn->error = conn->info.verify_text;
	else if (ERR_GET_LIB(error) == ERR_LIB_SSL &&
	    reason > SSL_AD_REASON_OFFSET) {
		conn->info.alert_number = reason - SSL_AD_REASON_OFFSET;
		conn->info.alert = words_alert(conn->info.alert_number);
		conn->error = conn->info.alert;
	} else
		conn->error = ERR_GET_LIB(error) == ERR_LIB_SSL
		    ? words_tls(reason)
		    : NULL;
	if (conn->error == NULL)
		conn->error = ERR_reason_error_string(error);
	if (conn->error == NULL)
		conn->error = "TLS error";
	ERR_clear_error();
}

static void
note_verification(struct tls_conn *conn)
{
	long result = SSL_get_verify_result(conn->ssl);

	if (SSL_is_server(conn->ssl))
		return;
	conn->info.verify_error = result;
	if (result != X509_V_OK)
		conn->info.verify_text = tls_verify_words(result);
	else
		conn->info.verified = SSL_is_init_finished(conn->ssl) &&
		    SSL_get_verify_mode(conn->ssl) == SSL_VERIFY_PEER;
}

static void
begin(struct tls_conn *conn)
{
#ifdef WITH_SANITIZERS
	/* whoever used OpenSSL before has drained its queue */
	must(ERR_peek_error() == 0);
#endif
	ERR_clear_error();
	conn->wire_errno = 0;
}

/* What OpenSSL's answer means. Every call that moves bytes stands between
 * begin() and this, so that the error queue is its own. */
static enum tls_ret
judge(struct tls_conn *conn, int ret)
{
	switch (SSL_get_error(conn->ssl, ret)) {
	case SSL_ERROR_NONE:
		return TLS_OK;
	case SSL_ERROR_WANT_READ:
		conn->info.left |= conn->wire_end;
		return conn->wire_end ? TLS_CUT : TLS_WANT;
	case SSL_ERROR_WANT_WRITE:
		return TLS_WANT;
	case SSL_ERROR_WANT_CLIENT_HELLO_CB:
		return TLS_PARKED;
	case SSL_ERROR_ZERO_RETURN:
		return TLS_END;
	default:
		break;
	}
	if (conn->wire_errno != 0) {
		conn->info.left = true;
		conn->error = words_errno(conn->wire_errno);
		ERR_clear_error();
	} else
		explain(conn);
	return TLS_FAIL;
}

/* --- life ------------------------------------------------------------------ */

static struct tls_conn *
new_conn(SSL_CTX *ctx, const struct tls_wire *wire, void *arg)
{
	struct tls_conn *conn = mem_zalloc(sizeof(*conn));
	BIO *bio = tls_bio_new(conn);

	conn->ssl = SSL_new(ctx);
	if (conn->ssl == NULL || bio == NULL)
		fatal("OpenSSL is out of memory");
	conn->wire = wire;
	conn->arg = arg;
	conn->info.alert_number = -1;
	SSL_set_bio(conn->ssl, bio, bio);
	SSL_set_app_data(conn->ssl, conn);
	return conn;
}

struct tls_conn *
tls_conn_server(SSL_CTX *ctx, const struct tls_wire *wire, void *arg)
{
	struct tls_conn *conn = new_conn(ctx, wire, arg);

	conn->hello = mem_zalloc(sizeof(*conn->hello));
	conn->alpn = TLS_ALPN_HTTP1;
	SSL_set_accept_state(conn->ssl);
	return conn;
}

/* SNI carries names only (RFC 6066); the certificate is held against the
 * name or the address. */
static void
set_host(SSL *ssl, const struct host *host)
{
	X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
	const uint8_t *ip = host->addr.ip;

	X509_VERIFY_PARAM_set_hostflags(param,
	    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
		X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
	if (!host->is_addr) {
		must(SSL_set_tlsext_host_name(ssl, host->name) == 1);
		must(X509_VERIFY_PARAM_set1_host(
			 param, host->name, host->len) == 1);
	} else if (addr_is_v4(&host->addr))
		must(X509_VERIFY_PARAM_set1_ip(param, ip + 12, 4) == 1);
	else
		must(X509_VERIFY_PARAM_set1_ip(param, ip, 16) == 1);
}

struct tls_conn *
tls_conn_client(SSL_CTX *ctx, const struct tls_connect_opts *opts,
    const struct tls_wire *wire, void *arg)
{
	struct tls_conn *conn = new_conn(ctx, wire, arg);
	const unsigned char *alpn = (const unsigned char *)opts->alpn.p;

	set_host(conn->ssl, opts->host);
	conn->verify = verify_new(&opts->verify, conn->ssl);
	if (opts->own != NULL)
		tls_own_use(opts->own, conn->ssl);
	if (opts->insecure)
		SSL_set_verify(conn->ssl, SSL_VERIFY_NONE, NULL);
	if (opts->alpn.n > 0)
		must(SSL_set_alpn_protos(
			 conn->ssl, alpn, (unsigned)opts->alpn.n) == 0);
	/* one that no longer fits just isn't used */
	if (opts->session != NULL)
		(void)SSL_set_session(conn->ssl, opts->session);
	ERR_clear_error();
	SSL_set_connect_state(conn->ssl);
	return conn;
}

void
tls_conn_free(struct tls_conn *conn)
{
	if (conn == NULL)
		return;
	/* without this OpenSSL takes the session for broken, which is only so
	 * after an error */
	if (conn->error == NULL)
		SSL_set_shutdown(
		    conn->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
	SSL_free(conn->ssl);
	verify_free(conn->verify);
	SSL_SESSION_free(conn->session);
	free(conn->hello);
	free(conn);
}

/* --- the handshake --------------------------------------------------------- */

static void
note_secure(struct tls_conn *conn)
{
	const unsigned char *alpn;
	unsigned n;

	conn->info.version = SSL_get_version(conn->ssl);
	conn->info.cipher = SSL_get_cipher_name(conn->ssl);
	conn->info.resumed = SSL_session_reused(conn->ssl) == 1;
	if (conn->verify != NULL)
		conn->info.accepted = verify_accepted(conn->verify);
	/* TLS 1.3 sends no certificate after the handshake */
	verify_free(conn->verify);
	conn->verify = NULL;
	SSL_get0_alpn_selected(conn->ssl, &alpn, &n);
	if (n > 0 && n < sizeof(conn->info.alpn))
		memcpy(conn->info.alpn, alpn, n);
}

enum tls_ret
tls_conn_handshake(struct tls_conn *conn)
{
	int ret;

	if (conn->state == HELLO_PARKED)
		return TLS_PARKED;
	begin(conn);
	ret = SSL_do_handshake(conn->ssl);
	note_verification(conn);
	if (ret == 1)
		note_secure(conn);
	return judge(conn, ret);
}

const struct tls_hello *
tls_conn_hello(const struct tls_conn *conn)
{
	return conn->state == HELLO_WANTED ? NULL : conn->hello;
}

void
tls_conn_offer(struct tls_conn *conn, struct slice alpn)
{
	conn->alpn = alpn;
}

int
tls_conn_present(struct tls_conn *conn, const struct tls_leaf *leaf)
{
	must(conn->state == HELLO_PARKED);
	conn->state = HELLO_GO;
	if (tls_leaf_use(leaf, conn->ssl) == 0)
		return 0;
	tls_conn_refuse(conn, SSL_AD_INTERNAL_ERROR);
	return -1;
}

void
tls_conn_refuse(struct tls_conn *conn, int alert)
{
	conn->state = HELLO_REFUSED;
	conn->refusal = alert;
}

/* --- bytes ----------------------------------------------------------------- */

enum tls_ret
tls_conn_read(struct tls_conn *conn, void *p, size_t n, size_t *got)
{
	*got = 0;
	begin(conn);
	return judge(conn, SSL_read_ex(conn->ssl, p, n, got));
}

enum tls_ret
tls_conn_write(struct tls_conn *conn, const void *p, size_t n, size_t *put)
{
	*put = 0;
	begin(conn);
	return judge(conn, SSL_write_ex(conn->ssl, p, n, put));
}

bool
tls_conn_holds(const struct tls_conn *conn)
{
	return SSL_has_pending(conn->ssl) == 1;
}

enum tls_ret
tls_conn_close(struct tls_conn *conn)
{
	int ret;

	if (conn->error != NULL)
		return TLS_FAIL;
	begin(conn);
	ret = SSL_shutdown(conn->ssl);
	/* 0: sent, and the peer's is not here yet */
	return ret >= 0 ? TLS_OK : judge(conn, ret);
}

X509 *
tls_conn_peer(const struct tls_conn *conn)
{
	return SSL_get0_peer_certificate(conn->ssl);
}

STACK_OF(X509) * tls_conn_chain(const struct tls_conn *conn)
{
	return conn->verify != NULL ? verify_sent(conn->verify) : NULL;
}

const char *
tls_conn_missing(const struct tls_conn *conn, bool *is_list)
{
	return conn->verify != NULL ? verify_missing(conn->verify, is_list)
				    : NULL;
}

const char *
tls_conn_error(const struct tls_conn *conn)
{
	return conn->error;
}

const struct tls_info *
tls_conn_info(const struct tls_conn *conn)
{
	return &conn->info;
}

struct facts *
tls_conn_facts(const struct tls_conn *conn)
{
	X509 *cert = SSL_get0_peer_certificate(conn->ssl);

	return cert == NULL ? NULL : facts_read(cert);
}

SSL_SESSION *
tls_conn_take_session(struct tls_conn *conn)
{
	SSL_SESSION *session = conn->session;

	conn->session = NULL;
	return session;
}
