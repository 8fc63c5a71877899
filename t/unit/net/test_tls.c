#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <check.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "base/name.h"
#include "bed.h"
#include "net/io_tls.h"
#include "suites.h"

static struct bed bed;

static void
setup(void)
{
	bed_init(&bed);
}

static void
teardown(void)
{
	bed_clear(&bed);
}

static void
open_server(struct seen *seen, struct peer *peer, SSL_CTX *peer_ctx)
{
	SSL_CTX *ctx = peer_ctx != NULL ? peer_ctx : bed_peer_client(&bed);
	int fd[2];

	bed_pair(fd);
	seen_init(seen, &bed, fd[0]);
	peer_init(peer, fd[1]);
	peer_tls(peer, ctx, false, "Origin.Example");
	SSL_CTX_free(ctx);
	io_tls_accept(seen->io, bed.server);
}

static void
open_client(struct seen *seen, struct peer *peer, SSL_CTX *peer_ctx,
    const char *name, SSL_SESSION *session)
{
	struct tls_connect_opts opts = { .alpn = TLS_ALPN_HTTP1,
		.session = session };
	struct host host;
	int fd[2];

	ck_assert_ptr_null(host_parse(slice_of(name), &host));
	opts.host = &host;
	bed_pair(fd);
	seen_init(seen, &bed, fd[0]);
	peer_init(peer, fd[1]);
	peer_tls(peer, peer_ctx, true, NULL);
	io_tls_connect(seen->io, bed.client, &opts);
}

static void
run(struct peer *peer)
{
	peer_run(peer, &bed, 60000, 60000);
}

static void
clear(struct seen *seen, struct peer *peer)
{
	seen_clear(seen);
	peer_clear(peer);
}

/* The ClientHello of a peer, as bytes on the wire. */
static size_t
take_hello(struct peer *peer, char *out, size_t max)
{
	int n;

	SSL_do_handshake(peer->ssl);
	n = BIO_read(SSL_get_wbio(peer->ssl), out, (int)max);
	ck_assert_int_gt(n, 100);
	return (size_t)n;
}

/* --- the ClientHello ------------------------------------------------------- */

/* Cut at every byte. */
START_TEST(test_hello_split)
{
	char hello[4096];
	size_t n = 1000;

	for (size_t cut = 0; cut <= n; cut++) {
		struct seen seen;
		struct peer peer;

		open_server(&seen, &peer, NULL);
		n = take_hello(&peer, hello, sizeof(hello));
		ck_assert_int_eq(write(peer.fd, hello, cut), (ssize_t)cut);
		bed_settle(&bed);
		ck_assert_int_eq(seen_has(&seen, IO_HELLO), cut == n);
		ck_assert_int_eq(
		    write(peer.fd, hello + cut, n - cut), (ssize_t)(n - cut));
		bed_settle(&bed);
		ck_assert_uint_eq(seen_count(&seen, IO_HELLO), 1);
		ck_assert_str_eq(io_hello(seen.io)->sni.name, "origin.example");
		if (cut % 64 == 0) { /* the rest is the same for all */
			io_tls_present(seen.io, bed.leaf);
			run(&peer);
			ck_assert(seen_has(&seen, IO_SECURE));
		}
		clear(&seen, &peer);
	}
}
END_TEST

/* The start of the hello was received as plain bytes, behind a CONNECT. */
START_TEST(test_hello_early)
{
	char hello[4096];
	size_t n = 1000;

	for (size_t cut = 0; cut <= n; cut += 29) {
		SSL_CTX *ctx = bed_peer_client(&bed);
		struct seen seen;
		struct peer peer;
		int fd[2];

		bed_pair(fd);
		seen_init(&seen, &bed, fd[0]);
		seen.keep = true;
		seen.leaf = bed.leaf;
		peer_init(&peer, fd[1]);
		peer_tls(&peer, ctx, false, "origin.example");
		SSL_CTX_free(ctx);
		n = take_hello(&peer, hello, sizeof(hello));
		ck_assert_int_eq(write(peer.fd, hello, cut), (ssize_t)cut);
		bed_settle(&bed);
		ck_assert_uint_eq(evbuffer_get_length(io_input(seen.io)), cut);
		io_tls_accept(seen.io, bed.server);
		ck_assert(!seen_has(&seen, IO_HELLO)); /* not within the call */
		ck_assert_int_eq(
		    write(peer.fd, hello + cut, n - cut), (ssize_t)(n - cut));
		run(&peer);
		ck_assert(seen_has(&seen, IO_SECURE));
		clear(&seen, &peer);
	}
}
END_TEST

START_TEST(test_park)
{
	static const unsigned char alpn[] = "\x02h2\x08http/1.1";
	SSL_CTX *ctx = bed_peer_client(&bed);
	const struct tls_hello *hello;
	struct seen seen;
	struct peer peer;

	SSL_CTX_set_alpn_protos(ctx, alpn, sizeof(alpn) - 1);
	open_server(&seen, &peer, ctx);
	run(&peer);
	ck_assert_uint_eq(seen.n, 1);
	ck_assert_int_eq(seen.events[0], IO_HELLO);
	hello = io_hello(seen.io);
	ck_assert(hello->has_sni && !hello->sni_bad && !hello->has_ech);
	ck_assert_str_eq(hello->sni.name, "origin.example");
	ck_assert_uint_eq(hello->nalpn, 2);
	ck_assert(slice_eq_str(hello->alpn[0], "h2"));
	ck_assert(slice_eq_str(hello->alpn[1], "http/1.1"));
	/* parked: nothing more happens, whatever kicks it */
	for (int i = 0; i < 5; i++) {
		io_kick(seen.io);
		run(&peer);
	}
	ck_assert_uint_eq(seen.n, 1);
	ck_assert(!io_is_secure(seen.io));
	io_tls_present(seen.io, bed.leaf);
	run(&peer);
	ck_assert(io_is_secure(seen.io));
	ck_assert_str_eq(io_tls_info(seen.io)->alpn, "http/1.1");
	ck_assert_str_eq(io_tls_info(seen.io)->version, "TLSv1.3");
	ck_assert_ptr_nonnull(io_tls_info(seen.io)->cipher);
	ck_assert_int_eq(SSL_get_verify_result(peer.ssl), X509_V_OK);
	clear(&seen, &peer);
}
END_TEST

static int
add_grease(SSL *ssl, unsigned type, unsigned context, const unsigned char **out,
    size_t *n, X509 *cert, size_t index, int *alert, void *arg)
{
	static const unsigned char grease[] = "\x00\x00\x01\x00\x01grease";

	*out = grease;
	*n = sizeof(grease) - 1;
	return 1;
}

/* An encrypted ClientHello that we have no key for: the outer name counts, as
 * with any server without ECH (RFC 9849 section 7), and nothing breaks. */
START_TEST(test_ech)
{
	SSL_CTX *ctx = bed_peer_client(&bed);
	struct seen seen;
	struct peer peer;

	ck_assert_int_eq(
	    SSL_CTX_add_custom_ext(ctx, 0xfe0d, SSL_EXT_CLIENT_HELLO,
		add_grease, NULL, NULL, NULL, NULL),
	    1);
	open_server(&seen, &peer, ctx);
	seen.leaf = bed.leaf;
	run(&peer);
	ck_assert(io_is_secure(seen.io));
	ck_assert(io_hello(seen.io)->has_ech);
	ck_assert_str_eq(io_hello(seen.io)->sni.name, "origin.example");
	ck_assert_int_eq(SSL_get_verify_result(peer.ssl), X509_V_OK);
	clear(&seen, &peer);
}
END_TEST

START_TEST(test_refuse)
{
	struct seen seen;
	struct peer peer;

	open_server(&seen, &peer, NULL);
	run(&peer);
	io_tls_refuse(seen.io, SSL_AD_UNRECOGNIZED_NAME);
	ERR_clear_error();
	run(&peer);
	ck_assert(peer.failed);
	ck_assert_int_eq(
	    ERR_GET_REASON(peer.why), SSL_R_TLSV1_UNRECOGNIZED_NAME);
	ck_assert(seen_has(&seen, IO_ERROR));
	ck_assert_str_eq(io_error(seen.io), "the handshake was refused");
	clear(&seen, &peer);
}
END_TEST

/* Back to a plain stream: the tunnel gets every byte. */
START_TEST(test_undo)
{
	struct seen seen;
	struct peer peer;
	char hello[4096];
	size_t n;

	open_server(&seen, &peer, NULL);
	n = take_hello(&peer, hello, sizeof(hello));
	ck_assert_int_eq(write(peer.fd, hello, n), (ssize_t)n);
	bed_settle(&bed);
	ck_assert(seen_has(&seen, IO_HELLO));
	seen.keep = true;
	io_tls_undo(seen.io);
	ck_assert(!io_is_tls(seen.io));
	ck_assert_int_eq(write(peer.fd, "more", 4), 4);
	bed_settle(&bed);
	ck_assert_uint_eq(evbuffer_get_length(io_input(seen.io)), n + 4);
	ck_assert_int_eq(
	    memcmp(evbuffer_pullup(io_input(seen.io), -1), hello, n), 0);
	/* and may become TLS again */
	evbuffer_drain(io_input(seen.io), n + 4);
	clear(&seen, &peer);
}
END_TEST

START_TEST(test_gone_in_handshake)
{
	struct seen seen;
	struct peer peer;
	char hello[4096];
	size_t n;

	open_server(&seen, &peer, NULL);
	n = take_hello(&peer, hello, sizeof(hello));
	ck_assert_int_eq(write(peer.fd, hello, n / 2), (ssize_t)(n / 2));
	shutdown(peer.fd, SHUT_WR);
	bed_settle(&bed);
	ck_assert_uint_eq(seen.n, 1);
	ck_assert_int_eq(seen.events[0], IO_ERROR);
	ck_assert_str_eq(io_error(seen.io),
	    "the peer closed the connection in the TLS handshake");
	clear(&seen, &peer);
}
END_TEST

#define EXT(literal)                                                           \
	{                                                                      \
		literal, sizeof(literal) - 1                                   \
	}

static const struct slice junk[] = {
	EXT("GET / HTTP/1.1\r\n\r\n"),
	EXT("SSH-2.0-OpenSSH_9.2\r\n"),
	EXT("\x16\x03\x01\x00\x05hello"),
	EXT("\x16\x03\x01\x40\x01"),
	EXT("\x80\x2e\x01\x03\x01\x00\x15\x00\x00\x00\x10"),
	EXT("\x17\x03\x03\x00\x01x"),
};

START_TEST(test_no_tls)
{
	struct seen seen;
	struct peer peer;

	open_server(&seen, &peer, NULL);
	ck_assert_int_eq(
	    write(peer.fd, junk[_i].p, junk[_i].n), (ssize_t)junk[_i].n);
	shutdown(peer.fd, SHUT_WR);
	bed_settle(&bed);
	ck_assert_uint_eq(seen.n, 1);
	ck_assert_int_eq(seen.events[0], IO_ERROR);
	ck_assert_ptr_nonnull(io_error(seen.io));
	clear(&seen, &peer);
}
END_TEST

/* --- ALPN ------------------------------------------------------------------ */

static const struct {
	const char *asked, *offered, *chosen; /* chosen NULL: refused */
} alpns[] = {
	{ "", NULL, "" },
	{ "\x08http/1.1", NULL, "http/1.1" },
	{ "\x02h2\x08http/1.1", NULL, "http/1.1" },
	{ "\x02h2", NULL, NULL },
	{ "\x02h2\x08http/1.1", "\x02h2\x08http/1.1", "h2" },
	{ "\x08http/1.1", "\x02h2\x08http/1.1", "http/1.1" },
	{ "\x02h2\x08http/1.1", "", "" },
	{ "\x02h2", "", "" },
};

START_TEST(test_alpn)
{
	SSL_CTX *ctx = bed_peer_client(&bed);
	struct seen seen;
	struct peer peer;
	const char *asked = alpns[_i].asked;

	if (asked[0] != '\0')
		SSL_CTX_set_alpn_protos(
		    ctx, (const unsigned char *)asked, (unsigned)strlen(asked));
	open_server(&seen, &peer, ctx);
	run(&peer);
	if (alpns[_i].offered != NULL)
		io_tls_offer(seen.io, slice_of(alpns[_i].offered));
	io_tls_present(seen.io, bed.leaf);
	run(&peer);
	ck_assert_int_eq(seen_has(&seen, IO_SECURE), alpns[_i].chosen != NULL);
	if (alpns[_i].chosen != NULL)
		ck_assert_str_eq(io_tls_info(seen.io)->alpn, alpns[_i].chosen);
	clear(&seen, &peer);
}
END_TEST

static int
on_stubborn(SSL *ssl, const unsigned char **out, unsigned char *n,
    const unsigned char *in, unsigned nin, void *arg)
{
	*out = (const unsigned char *)"h2";
	*n = 2;
	return SSL_TLSEXT_ERR_OK;
}

/* An origin that chooses what it was not offered: either OpenSSL refuses it
 * or the owner can. */
START_TEST(test_alpn_unasked)
{
	SSL_CTX *ctx = bed_peer_server(&bed, NULL);
	struct seen seen;
	struct peer peer;

	SSL_CTX_set_alpn_select_cb(ctx, on_stubborn, NULL);
	open_client(&seen, &peer, ctx, "origin.example", NULL);
	run(&peer);
	if (seen_has(&seen, IO_SECURE))
		ck_assert_str_eq(io_tls_info(seen.io)->alpn, "h2");
	else
		ck_assert(seen_has(&seen, IO_ERROR));
	clear(&seen, &peer);
	SSL_CTX_free(ctx);
}
END_TEST

/* --- versions, renegotiation, keys ----------------------------------------- */

static SSL_CTX *
weak(SSL_CTX *ctx, int version)
{
	SSL_CTX_set_security_level(ctx, 0);
	SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION);
	SSL_CTX_set_max_proto_version(ctx, version);
	SSL_CTX_set_cipher_list(ctx, "ALL:@SECLEVEL=0");
	return ctx;
}

static const struct {
	int version;
	const char *name; /* NULL: refused */
} versions[] = {
	{ TLS1_1_VERSION, NULL },
	{ TLS1_2_VERSION, "TLSv1.2" },
	{ TLS1_3_VERSION, "TLSv1.3" },
};

START_TEST(test_version_server)
{
	struct seen seen;
	struct peer peer;
	const char *name = versions[_i].name;

	open_server(
	    &seen, &peer, weak(bed_peer_client(&bed), versions[_i].version));
	seen.leaf = bed.leaf;
	run(&peer);
	ck_assert_int_eq(seen_has(&seen, IO_SECURE), name != NULL);
	if (name != NULL)
		ck_assert_str_eq(io_tls_info(seen.io)->version, name);
	clear(&seen, &peer);
}
END_TEST

START_TEST(test_version_client)
{
	SSL_CTX *ctx = weak(bed_peer_server(&bed, NULL), versions[_i].version);
	struct seen seen;
	struct peer peer;
	const char *name = versions[_i].name;

	open_client(&seen, &peer, ctx, "origin.example", NULL);
	run(&peer);
	ck_assert_int_eq(seen_has(&seen, IO_SECURE), name != NULL);
	if (name != NULL)
		ck_assert_str_eq(io_tls_info(seen.io)->version, name);
	else
		ck_assert_str_eq(
		    io_error(seen.io), "TLS version not supported");
	SSL_CTX_free(ctx);
	clear(&seen, &peer);
}
END_TEST

/* Refused, and the connection goes on. */
START_TEST(test_renegotiation)
{
	struct seen seen;
	struct peer peer;

	open_server(&seen, &peer, weak(bed_peer_client(&bed), TLS1_2_VERSION));
	seen.leaf = bed.leaf;
	seen.echo = true;
	run(&peer);
	ck_assert(seen_has(&seen, IO_SECURE));
	ck_assert_int_eq(SSL_renegotiate(peer.ssl), 1);
	SSL_do_handshake(peer.ssl);
	ERR_clear_error();
	run(&peer);
	ck_assert(peer.failed); /* the peer's own reading of the warning */
	ck_assert_uint_eq(seen_count(&seen, IO_SECURE), 1);
	clear(&seen, &peer);
}
END_TEST

START_TEST(test_wrong_key)
{
	EVP_PKEY *key = EVP_EC_gen("P-256"), *mine = bed.leaf_key;
	struct tls_leaf *leaf;
	struct bed_cert cert = { "DNS:origin.example", "x", -10, 1000, false };
	struct seen seen;
	struct peer peer;

	bed.leaf_key = key;
	leaf = bed_leaf(&bed, &cert);
	bed.leaf_key = mine;
	open_server(&seen, &peer, NULL);
	seen.leaf = leaf;
	run(&peer);
	ck_assert(seen_has(&seen, IO_ERROR));
	ck_assert(peer.failed);
	tls_leaf_unref(leaf);
	EVP_PKEY_free(key);
	clear(&seen, &peer);
}
END_TEST

/* --- sessions -------------------------------------------------------------- */

START_TEST(test_tickets)
{
	SSL_CTX *ctx = bed_peer_client(&bed);
	SSL_SESSION *session = NULL;
	/* the newest first; bed's own are the ones before */
	char keys[TLS_TICKET_KEYS_SIZE * 2] = "others";
	SSL_CTX *other = tls_server_ctx(
	    bed.leaf_key, slice_from(keys, TLS_TICKET_KEYS_SIZE));
	SSL_CTX *renewed;
	const struct {
		SSL_CTX **ctx;
		bool resumed;
	} steps[] = { { &bed.server, false }, { &bed.server, true },
		{ &renewed, true }, { &other, true }, { &bed.server, false } };

	strcpy(keys + TLS_TICKET_KEYS_SIZE, "ticket keys");
	renewed = tls_server_ctx(bed.leaf_key, slice_from(keys, sizeof(keys)));
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct seen seen;
		struct peer peer;
		SSL_CTX *mine = bed.server;

		SSL_CTX_up_ref(ctx);
		bed.server = *steps[i].ctx;
		open_server(&seen, &peer, ctx);
		bed.server = mine;
		seen.leaf = bed.leaf;
		if (session != NULL)
			SSL_set_session(peer.ssl, session);
		run(&peer);
		ck_assert(seen_has(&seen, IO_SECURE));
		ck_assert_int_eq(
		    io_tls_info(seen.io)->resumed, steps[i].resumed);
		/* a ticket is used once: each connection brings the next */
		ck_assert_ptr_ne(SSL_get0_session(peer.ssl), session);
		ck_assert_int_eq(
		    SSL_SESSION_is_resumable(SSL_get0_session(peer.ssl)), 1);
		SSL_SESSION_free(session);
		session = SSL_get1_session(peer.ssl);
		ck_assert_uint_eq(SSL_SESSION_get_max_early_data(session), 0);
		SSL_shutdown(peer.ssl);
		clear(&seen, &peer);
	}
	SSL_SESSION_free(session);
	SSL_CTX_free(other);
	SSL_CTX_free(renewed);
	SSL_CTX_free(ctx);
}
END_TEST

START_TEST(test_client_session)
{
	SSL_CTX *ctx = bed_peer_server(&bed, NULL);
	SSL_SESSION *session = NULL;

	for (int i = 0; i < 2; i++) {
		struct seen seen;
		struct peer peer;

		open_client(&seen, &peer, ctx, "origin.example", session);
		run(&peer);
		ck_assert(seen_has(&seen, IO_SECURE));
		ck_assert_int_eq(io_tls_info(seen.io)->resumed, i == 1);
		ck_assert(io_tls_info(seen.io)->verified);
		SSL_SESSION_free(session);
		session = io_tls_take_session(seen.io);
		ck_assert_ptr_nonnull(session);
		ck_assert_ptr_null(io_tls_take_session(seen.io));
		clear(&seen, &peer);
		/* not spoilt by the connection's end */
		ck_assert_int_eq(SSL_SESSION_is_resumable(session), 1);
	}
	SSL_SESSION_free(session);
	SSL_CTX_free(ctx);
}
END_TEST

/* --- verification ---------------------------------------------------------- */

#define DAY 86400

static const struct {
	const char *host;
	struct bed_cert cert;
	long error; /* X509_V_OK: accepted */
} verifications[] = {
	{ "a.example", { "DNS:a.example", "a", -DAY, DAY, false }, X509_V_OK },
	{ "A.Example.", { "DNS:a.example", "a", -DAY, DAY, false }, X509_V_OK },
	{ "a.example", { "DNS:A.EXAMPLE", "a", -DAY, DAY, false }, X509_V_OK },
	{ "a.example", { "DNS:b.example", "a.example", -DAY, DAY, false },
	    X509_V_ERR_HOSTNAME_MISMATCH },
	{ "a.example", { NULL, "a.example", -DAY, DAY, false },
	    X509_V_ERR_HOSTNAME_MISMATCH },
	{ "x.a.example", { "DNS:*.a.example", "a", -DAY, DAY, false },
	    X509_V_OK },
	{ "a.example", { "DNS:*.a.example", "a", -DAY, DAY, false },
	    X509_V_ERR_HOSTNAME_MISMATCH },
	{ "y.x.a.example", { "DNS:*.a.example", "a", -DAY, DAY, false },
	    X509_V_ERR_HOSTNAME_MISMATCH },
	{ "xy.a.example", { "DNS:x*.a.example", "a", -DAY, DAY, false },
	    X509_V_ERR_HOSTNAME_MISMATCH },
	{ "x.y.example", { "DNS:x.*.example", "a", -DAY, DAY, false },
	    X509_V_ERR_HOSTNAME_MISMATCH },
	{ "b\xc3\xbc"
	  "cher.example",
	    { "DNS:xn--bcher-kva.example", "a", -DAY, DAY, false }, X509_V_OK },
	{ "127.0.0.1", { "IP:127.0.0.1", "a", -DAY, DAY, false }, X509_V_OK },
	{ "[::1]", { "IP:0:0:0:0:0:0:0:1", "a", -DAY, DAY, false }, X509_V_OK },
	{ "127.0.0.1", { "DNS:127.0.0.1", "a", -DAY, DAY, false },
	    X509_V_ERR_IP_ADDRESS_MISMATCH },
	{ "127.0.0.1", { "IP:127.0.0.2", "a", -DAY, DAY, false },
	    X509_V_ERR_IP_ADDRESS_MISMATCH },
	{ "a.example", { "DNS:a.example", "a", -2 * DAY, -DAY, false },
	    X509_V_ERR_CERT_HAS_EXPIRED },
	{ "a.example", { "DNS:a.example", "a", DAY, 2 * DAY, false },
	    X509_V_ERR_CERT_NOT_YET_VALID },
	{ "a.example", { "DNS:a.example", "a", -DAY, DAY, true },
	    X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT },
};

START_TEST(test_verify)
{
	SSL_CTX *ctx = bed_peer_server(&bed, &verifications[_i].cert);
	const struct tls_info *info;
	struct seen seen;
	struct peer peer;
	long error = verifications[_i].error;

	open_client(&seen, &peer, ctx, verifications[_i].host, NULL);
	run(&peer);
	info = io_tls_info(seen.io);
	ck_assert_int_eq(info->verify_error, error);
	ck_assert_int_eq(info->verified, error == X509_V_OK);
	ck_assert_int_eq(seen_has(&seen, IO_SECURE), error == X509_V_OK);
	if (error != X509_V_OK) {
		ck_assert_str_eq(io_error(seen.io), tls_verify_words(error));
		ck_assert_str_eq(info->verify_text, io_error(seen.io));
		ck_assert(peer.failed); /* it was told */
	}
	SSL_CTX_free(ctx);
	clear(&seen, &peer);
}
END_TEST

START_TEST(test_unknown_authority)
{
	struct bed other;
	SSL_CTX *ctx;
	struct seen seen;
	struct peer peer;

	bed_init(&other);
	ctx = bed_peer_server(&other, NULL);
	open_client(&seen, &peer, ctx, "origin.example", NULL);
	run(&peer);
	/* the same name, another key */
	ck_assert_int_eq(io_tls_info(seen.io)->verify_error,
	    X509_V_ERR_CERT_SIGNATURE_FAILURE);
	SSL_CTX_free(ctx);
	clear(&seen, &peer);
	bed_clear(&other);
}
END_TEST

START_TEST(test_weak_key)
{
	EVP_PKEY *key = EVP_RSA_gen(1024), *mine = bed.leaf_key;
	struct bed_cert cert = { "DNS:a.example", "a", -DAY, DAY, false };
	SSL_CTX *ctx;
	struct seen seen;
	struct peer peer;
	X509 *x;

	bed.leaf_key = key;
	x = bed_cert(&bed, &cert);
	bed.leaf_key = mine;
	ctx = weak(SSL_CTX_new(TLS_server_method()), TLS1_3_VERSION);
	ck_assert_int_eq(SSL_CTX_use_certificate(ctx, x), 1);
	ck_assert_int_eq(SSL_CTX_use_PrivateKey(ctx, key), 1);
	open_client(&seen, &peer, ctx, "a.example", NULL);
	run(&peer);
	ck_assert_int_eq(
	    io_tls_info(seen.io)->verify_error, X509_V_ERR_EE_KEY_TOO_SMALL);
	ck_assert_str_eq(
	    io_error(seen.io), "the certificate's key is too weak");
	X509_free(x);
	EVP_PKEY_free(key);
	SSL_CTX_free(ctx);
	clear(&seen, &peer);
}
END_TEST

/* The origin wants a certificate from us, which we don't have. */
START_TEST(test_client_certificate_wanted)
{
	SSL_CTX *ctx = bed_peer_server(&bed, NULL);
	struct seen seen;
	struct peer peer;

	SSL_CTX_set_verify(
	    ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	open_client(&seen, &peer, ctx, "origin.example", NULL);
	run(&peer);
	ck_assert(seen_has(&seen, IO_ERROR));
	ck_assert_str_eq(
	    io_tls_info(seen.io)->alert, "client certificate required");
	SSL_CTX_free(ctx);
	clear(&seen, &peer);
}
END_TEST

/* A client that doesn't trust our authority says so. */
START_TEST(test_distrust)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	struct seen seen;
	struct peer peer;

	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	open_server(&seen, &peer, ctx);
	seen.leaf = bed.leaf;
	run(&peer);
	ck_assert(seen_has(&seen, IO_ERROR));
	ck_assert_str_eq(
	    io_tls_info(seen.io)->alert, "unknown certificate authority");
	clear(&seen, &peer);
}
END_TEST

/* --- anchors and leaves ---------------------------------------------------- */

START_TEST(test_anchors)
{
	struct slice good = slice_from(bed.ca_pem, bed.ca_pem_len);
	struct slice cut = slice_from(bed.ca_pem, bed.ca_pem_len - 40);
	const struct {
		struct slice texts[2];
		size_t n;
		const char *why;
	} cases[] = {
		{ { SLICE_EMPTY }, 0, "no trusted certificates" },
		{ { SLICE_EMPTY }, 1, "no certificate in it" },
		{ { SLICE("# nothing\n") }, 1, "no certificate in it" },
		{ { good, SLICE("junk") }, 2, "no certificate in it" },
		{ { cut }, 1, "a certificate in it can't be read" },
		{ { good, good }, 2, NULL },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *why = NULL;
		SSL_CTX *ctx = tls_client_ctx(cases[i].texts, cases[i].n, &why);

		ck_assert_int_eq(ctx != NULL, cases[i].why == NULL);
		if (cases[i].why != NULL)
			ck_assert_str_eq(why, cases[i].why);
		SSL_CTX_free(ctx);
	}
	ck_assert_uint_eq(ERR_peek_error(), 0);
}
END_TEST

START_TEST(test_leaf)
{
	struct bed_cert cert = { "DNS:a.example", "a", -10, 1000, false };
	X509 *x = bed_cert(&bed, &cert);
	unsigned char der[TLS_CHAIN_MAX + 1][2048], *p = der[0];
	char all[(TLS_CHAIN_MAX + 1) * 2048];
	struct tls_leaf *leaf;
	size_t n = (size_t)i2d_X509(x, &p);

	for (int i = 0; i <= TLS_CHAIN_MAX; i++)
		memcpy(all + (size_t)i * n, der[0], n);
	leaf = tls_leaf_new(slice_from(all, n * TLS_CHAIN_MAX), NULL);
	ck_assert_ptr_nonnull(leaf);
	ck_assert_uint_ge(tls_leaf_expires(leaf), (uint64_t)time(NULL) + 900);
	ck_assert_uint_le(tls_leaf_expires(leaf), (uint64_t)time(NULL) + 1001);
	tls_leaf_unref(tls_leaf_ref(leaf));
	tls_leaf_unref(leaf);
	ck_assert_ptr_null(
	    tls_leaf_new(slice_from(all, n * (TLS_CHAIN_MAX + 1)), NULL));
	for (size_t cut = 0; cut < n; cut++)
		ck_assert_ptr_null(tls_leaf_new(slice_from(all, cut), NULL));
	ck_assert_ptr_null(tls_leaf_new(slice_from(all, n + 1), NULL));
	ck_assert_uint_eq(ERR_peek_error(), 0);
	X509_free(x);
}
END_TEST

static X509 *
first_issuer(SSL *ssl, const struct tls_leaf *leaf)
{
	STACK_OF(X509) *chain = NULL;

	ck_assert_int_eq(tls_leaf_use(leaf, ssl), 0);
	ck_assert_int_eq(SSL_get0_chain_certs(ssl, &chain), 1);
	return sk_X509_value(chain, 0);
}

/* Leaf, issuer, and others like them. */
START_TEST(test_leaf_shares_issuers)
{
	struct bed_cert cert = { "DNS:a.example", "a", -10, 1000, false };
	X509 *a = bed_cert(&bed, &cert), *b = bed_cert(&bed, &cert);
	int n = i2d_X509(a, NULL), m = i2d_X509(b, NULL);
	unsigned char *p;
	char aab[3 * 2048];
	struct tls_leaf *one, *same, *other;
	SSL *ssl = SSL_new(bed.server);
	X509 *issuer;

	p = (unsigned char *)aab;
	ck_assert_int_eq(i2d_X509(a, &p), n);
	ck_assert_int_eq(i2d_X509(a, &p), n);
	ck_assert_int_eq(i2d_X509(b, &p), m);
	one = tls_leaf_new(slice_from(aab, (size_t)(n * 2)), NULL);
	same = tls_leaf_new(slice_from(aab, (size_t)(n * 2)), one);
	other = tls_leaf_new(slice_from(aab + n, (size_t)(n + m)), one);
	issuer = first_issuer(ssl, one);
	ck_assert_ptr_eq(first_issuer(ssl, same), issuer);
	ck_assert_ptr_ne(first_issuer(ssl, other), issuer);
	ck_assert_ptr_null(
	    tls_leaf_new(slice_from(aab, (size_t)(n * 2 + 1)), one));
	tls_leaf_unref(one);
	ck_assert_ptr_eq(first_issuer(ssl, same), issuer);
	tls_leaf_unref(same);
	tls_leaf_unref(other);
	SSL_free(ssl);
	X509_free(a);
	X509_free(b);
}
END_TEST

/* --- the insides of extensions --------------------------------------------- */

static const struct {
	struct slice ext;
	const char *name; /* NULL: bad */
} snis[] = {
	{ EXT("\0\x0c\0\0\x09"
	      "a.example"),
	    "a.example" },
	{ EXT("\0\x0c\0\0\x09"
	      "A.EXAMPLE"),
	    "a.example" },
	{ EXT(""), NULL },
	{ EXT("\0"), NULL },
	{ EXT("\0\0"), NULL },
	{ EXT("\0\3\0\0\0"), NULL }, /* an empty name */
	{ EXT("\0\x0b\0\0\x09"
	      "a.exampl"),
	    NULL }, /* cut */
	{ EXT("\0\x0c\0\0\x09"
	      "a.exampleX"),
	    NULL }, /* bytes behind */
	{ EXT("\0\x0c\1\0\x09"
	      "a.example"),
	    NULL },                            /* no host name */
	{ EXT("\0\x08\0\0\1a\0\0\1b"), NULL }, /* two names */
	{ EXT("\0\6\0\0\3a\0b"), NULL },       /* a NUL in it */
	{ EXT("\0\7\0\0\4a..b"), NULL },
};

START_TEST(test_sni)
{
	struct tls_hello hello;

	memset(&hello, 0, sizeof(hello));
	tls_hello_sni(snis[_i].ext, &hello);
	ck_assert(hello.has_sni);
	ck_assert_int_eq(hello.sni_bad, snis[_i].name == NULL);
	if (snis[_i].name != NULL)
		ck_assert_str_eq(hello.sni.name, snis[_i].name);
}
END_TEST

START_TEST(test_alpn_list)
{
	char many[2 + TLS_ALPN_BYTES_MAX + 2];
	struct tls_hello hello;

	memset(&hello, 0, sizeof(hello));
	tls_hello_alpn((struct slice)EXT("\0\x0c\2h2\x08http/1.1"), &hello);
	ck_assert_uint_eq(hello.nalpn, 2);
	ck_assert(slice_eq_str(hello.alpn[1], "http/1.1"));
	tls_hello_alpn((struct slice)EXT("\0\3\2h"), &hello);
	ck_assert_uint_eq(hello.nalpn, 0);
	tls_hello_alpn((struct slice)EXT("\0\4\2h2\2"), &hello);
	ck_assert_uint_eq(hello.nalpn, 1);
	/* more protocols than are told; a list at and over its maximum */
	for (size_t i = 2; i < sizeof(many); i += 2) {
		many[i] = 1;
		many[i + 1] = 'x';
	}
	many[0] = TLS_ALPN_BYTES_MAX >> 8;
	many[1] = (char)(TLS_ALPN_BYTES_MAX & 0xff);
	tls_hello_alpn(slice_from(many, 2 + TLS_ALPN_BYTES_MAX), &hello);
	ck_assert_uint_eq(hello.nalpn, TLS_ALPN_MAX);
	many[1] += 2;
	tls_hello_alpn(slice_from(many, sizeof(many)), &hello);
	ck_assert_uint_eq(hello.nalpn, 0);
}
END_TEST

/* --- words ----------------------------------------------------------------- */

/* Every code of this OpenSSL that can end a handshake of ours has words of
 * ours; the rest has at least OpenSSL's. */
START_TEST(test_words)
{
	for (long code = 0; code < 110; code++) {
		const char *text = tls_verify_words(code);

		ck_assert_ptr_nonnull(text);
		ck_assert_int_gt((int)strlen(text), 5);
	}
	ck_assert_str_eq(tls_verify_words(X509_V_ERR_CERT_HAS_EXPIRED),
	    "the certificate has expired");
	ck_assert_str_eq(words_errno(111), "connection refused");
	ck_assert_str_eq(words_errno(0x7fffffff), "unknown error");
	ck_assert_str_eq(words_alert(48), "unknown certificate authority");
	ck_assert_str_eq(words_alert(255), "an alert that is not known");
}
END_TEST

static void
add_handshakes(TCase *tc)
{
	tcase_add_test(tc, test_hello_split);
	tcase_add_test(tc, test_hello_early);
	tcase_add_test(tc, test_ech);
	tcase_add_test(tc, test_park);
	tcase_add_test(tc, test_refuse);
	tcase_add_test(tc, test_undo);
	tcase_add_test(tc, test_gone_in_handshake);
	tcase_add_loop_test(tc, test_no_tls, 0, (int)COUNT(junk));
	tcase_add_test(tc, test_alpn_unasked);
	tcase_add_loop_test(tc, test_alpn, 0, (int)COUNT(alpns));
	tcase_add_loop_test(tc, test_version_server, 0, (int)COUNT(versions));
	tcase_add_loop_test(tc, test_version_client, 0, (int)COUNT(versions));
	tcase_add_test(tc, test_renegotiation);
	tcase_add_test(tc, test_wrong_key);
	tcase_add_test(tc, test_tickets);
	tcase_add_test(tc, test_client_session);
}

Suite *
suite_tls(void)
{
	Suite *suite = suite_create("tls");
	TCase *tc = tcase_create("tls");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	add_handshakes(tc);
	tcase_add_loop_test(tc, test_verify, 0, (int)COUNT(verifications));
	tcase_add_test(tc, test_unknown_authority);
	tcase_add_test(tc, test_weak_key);
	tcase_add_test(tc, test_client_certificate_wanted);
	tcase_add_test(tc, test_distrust);
	tcase_add_test(tc, test_anchors);
	tcase_add_test(tc, test_leaf);
	tcase_add_test(tc, test_leaf_shares_issuers);
	tcase_add_loop_test(tc, test_sni, 0, (int)COUNT(snis));
	tcase_add_test(tc, test_alpn_list);
	tcase_add_test(tc, test_words);
	suite_add_tcase(suite, tc);
	return suite;
}
