/*
 * tls: every OpenSSL option of the product, with its reason.
 *
 * Two contexts a worker: one faces clients, one faces origins.  Nothing here
 * knows a connection: the callbacks that do belong to net/tls_hooks.c.
 */
#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/log.h"
#include "base/must.h"
#include "net/tls_hooks.h"

/*
 * Level 2 (112 bits): RSA from 2048, no SHA-1 signatures.  It is what Debian
 * and browsers ask for; weaker origins are a matter of configuration per
 * destination, not of the default.
 */
#define SECURITY_LEVEL 2

/* A record's worth at least; with read_ahead, what one recv() may bring. */
#define READ_BUFFER (32u << 10)

/* AES-128 first: the leaf's P-256 is no stronger, and it costs least. */
#define SUITES_13                                                              \
	"TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:"                       \
	"TLS_CHACHA20_POLY1305_SHA256"
#define SUITES_12_SERVER                                                       \
	"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"         \
	"ECDHE-ECDSA-CHACHA20-POLY1305"
/* Its certificate may be of either kind. */
#define SUITES_12_LISTENER "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL:!PSK"
/* Origins may still lack forward secrecy or AEAD; what they can do better is
 * preferred. */
#define SUITES_12_CLIENT                                                       \
	"ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:DHE+CHACHA20:ECDHE+AES:"       \
	"RSA+AESGCM:RSA+AES:!aNULL:!eNULL:!PSK:!SRP:!aDSS:!CAMELLIA:!ARIA:"    \
	"!AESCCM"

/* For `legacy` destinations. */
#define SUITES_LEGACY "ALL:!aNULL:!eNULL:!PSK:!SRP:@SECLEVEL=0"

/* Issuers above the leaf; what the web uses is three. */
#define CHAIN_DEPTH 10

static SSL_CTX *
common_ctx(const SSL_METHOD *method)
{
	SSL_CTX *ctx = SSL_CTX_new(method);

	if (ctx == NULL)
		fatal("OpenSSL can't make a context");
	must(SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1);
	must(SSL_CTX_set_max_proto_version(ctx, 0) == 1);
	SSL_CTX_set_security_level(ctx, SECURITY_LEVEL);
	/* renegotiation and compression have only ever been attacks */
	SSL_CTX_set_options(ctx,
	    SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
		SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
	/* an unclean end must never look like a clean one */
	SSL_CTX_clear_options(ctx,
	    SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_LEGACY_SERVER_CONNECT |
		SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION);
	SSL_CTX_set_mode(ctx,
	    SSL_MODE_ENABLE_PARTIAL_WRITE |
		SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS |
		SSL_MODE_AUTO_RETRY);
	/* safe only because net/io reads until OpenSSL wants more */
	SSL_CTX_set_read_ahead(ctx, 1);
	SSL_CTX_set_default_read_buffer_len(ctx, READ_BUFFER);
	must(SSL_CTX_set_ciphersuites(ctx, SUITES_13) == 1);
	return ctx;
}

static void
set_tickets(SSL_CTX *ctx, struct slice keys)
{
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	if (keys.n == 0) {
		SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
		SSL_CTX_set_num_tickets(ctx, 0);
		return;
	}
	tickets_use(ctx, keys);
	/* one a connection is what a connection uses up (RFC 8446 C.4);
	 * each costs a record and a send */
	SSL_CTX_set_num_tickets(ctx, 1);
}

SSL_CTX *
tls_server_ctx(EVP_PKEY *leaf_key, struct slice ticket_keys)
{
	static const unsigned char sid[] = "sallyport";
	SSL_CTX *ctx = common_ctx(TLS_server_method());

	must(SSL_CTX_set_cipher_list(ctx, SUITES_12_SERVER) == 1);
	must(SSL_CTX_use_PrivateKey(ctx, leaf_key) == 1);
	must(SSL_CTX_set_session_id_context(ctx, sid, sizeof(sid) - 1) == 1);
	set_tickets(ctx, ticket_keys);
	SSL_CTX_set_max_early_data(ctx, 0);
	SSL_CTX_set_recv_max_early_data(ctx, 0);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
	tls_hooks_server(ctx);
	return ctx;
}

/* An encrypted PEM block must not ask the terminal. */
static int
on_password(char *buf, int size, int writing, void *arg)
{
	return -1;
}

static const char *
add_anchors(X509_STORE *store, struct slice pem)
{
	BIO *bio;
	X509 *cert;
	size_t n = 0;
	unsigned long end;

	if (pem.n == 0)
		return "no certificate in it";
	if (pem.n > INT32_MAX)
		return "it is too large";
	bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	must(bio != NULL);
	ERR_clear_error();
	while ((cert = PEM_read_bio_X509(bio, NULL, on_password, NULL))) {
		n += X509_STORE_add_cert(store, cert) == 1;
		X509_free(cert);
	}
	end = ERR_peek_last_error();
	ERR_clear_error();
	BIO_free(bio);
	if (ERR_GET_LIB(end) != ERR_LIB_PEM ||
	    ERR_GET_REASON(end) != PEM_R_NO_START_LINE)
		return "a certificate in it can't be read";
	return n > 0 ? NULL : "no certificate in it";
}

static void
set_verification(SSL_CTX *ctx)
{
	X509_VERIFY_PARAM *param = SSL_CTX_get0_param(ctx);

	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	X509_VERIFY_PARAM_set_depth(param, CHAIN_DEPTH);
	X509_VERIFY_PARAM_set_auth_level(param, SECURITY_LEVEL);
	/* a name is what subjectAltName says (RFC 9525), with whole-label
	 * wildcards; an added anchor may be an intermediate authority */
	X509_VERIFY_PARAM_set_hostflags(param,
	    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
		X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
	must(X509_VERIFY_PARAM_set_flags(
	    param, X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN));
}

static void
finish_client(SSL_CTX *ctx)
{
	set_verification(ctx);
	/* sessions belong to an account: the owner keeps them, not OpenSSL */
	SSL_CTX_set_session_cache_mode(
	    ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	tls_hooks_client(ctx);
}

SSL_CTX *
tls_client_ctx(const struct slice *anchors, size_t nanchors, const char **why)
{
	SSL_CTX *ctx = common_ctx(TLS_client_method());
	const char *wrong = nanchors == 0 ? "no trusted certificates" : NULL;

	for (size_t i = 0; i < nanchors && wrong == NULL; i++)
		wrong = add_anchors(SSL_CTX_get_cert_store(ctx), anchors[i]);
	if (wrong != NULL) {
		*why = wrong;
		SSL_CTX_free(ctx);
		return NULL;
	}
	must(SSL_CTX_set_cipher_list(ctx, SUITES_12_CLIENT) == 1);
	finish_client(ctx);
	return ctx;
}

/* A certificate is asked for, not demanded: a password will do. */
static const char *
ask_certificates(SSL_CTX *ctx, struct slice clients)
{
	X509_STORE *store = SSL_CTX_get_cert_store(ctx);
	const char *why = add_anchors(store, clients);
	STACK_OF(X509_OBJECT) *all = X509_STORE_get0_objects(store);

	for (int i = 0; why == NULL && i < sk_X509_OBJECT_num(all); i++)
		(void)SSL_CTX_add_client_CA(
		    ctx, X509_OBJECT_get0_X509(sk_X509_OBJECT_value(all, i)));
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_verify_depth(ctx, CHAIN_DEPTH);
	return why;
}

SSL_CTX *
tls_listener_ctx(struct tls_set *set, struct slice ticket_keys,
    struct slice clients, const char **why)
{
	static const unsigned char sid[] = "sallyport listener";
	SSL_CTX *ctx = common_ctx(TLS_server_method());

	must(SSL_CTX_set_cipher_list(ctx, SUITES_12_LISTENER) == 1);
	must(SSL_CTX_set_session_id_context(ctx, sid, sizeof(sid) - 1) == 1);
	tls_set_use_for(set, ctx);
	/* who may log in with a certificate is looked at each time */
	set_tickets(ctx, clients.n > 0 ? SLICE_EMPTY : ticket_keys);
	SSL_CTX_set_max_early_data(ctx, 0);
	SSL_CTX_set_recv_max_early_data(ctx, 0);
	tls_hooks_listener(ctx);
	*why = tls_set_judge(set, ctx);
	if (*why == NULL && clients.n > 0)
		*why = ask_certificates(ctx, clients);
	if (*why == NULL)
		return ctx;
	SSL_CTX_free(ctx);
	return NULL;
}

SSL_CTX *
tls_legacy_ctx(SSL_CTX *modern)
{
	SSL_CTX *ctx = common_ctx(TLS_client_method());

	must(SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION) == 1);
	SSL_CTX_set_security_level(ctx, 0);
	must(SSL_CTX_set_cipher_list(ctx, SUITES_LEGACY) == 1);
	SSL_CTX_set_options(ctx, SSL_OP_LEGACY_SERVER_CONNECT);
	SSL_CTX_set1_cert_store(ctx, SSL_CTX_get_cert_store(modern));
	finish_client(ctx);
	return ctx;
}

const char *
tls_add_crls(SSL_CTX *ctx, struct slice pem)
{
	X509_STORE *store = SSL_CTX_get_cert_store(ctx);
	BIO *bio = pem.n > 0 && pem.n <= INT32_MAX
	    ? BIO_new_mem_buf(pem.p, (int)pem.n)
	    : NULL;
	X509_CRL *crl;
	size_t n = 0;

	while (bio != NULL &&
	    (crl = PEM_read_bio_X509_CRL(bio, NULL, on_password, NULL))) {
		n += X509_STORE_add_crl(store, crl) == 1;
		X509_CRL_free(crl);
	}
	BIO_free(bio);
	ERR_clear_error();
	return n > 0 ? NULL : "no revocation list in it can be read";
}
