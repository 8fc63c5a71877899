/*
 * bed: see bed.h.  Everything here may end the test with ck_assert.
 */
#include "bed.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <check.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/clock.h"
#include "net/io_tls.h"

static const struct bed_cert origin = {
	.san = "DNS:origin.example,DNS:*.wild.example,IP:127.0.0.1",
	.cn = "origin.example",
	.from_s = -3600,
	.until_s = 86400,
};

/* --- certificates ---------------------------------------------------------- */

static EVP_PKEY *
make_key(void)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");

	ck_assert_ptr_nonnull(key);
	return key;
}

static void
add_ext(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *ext;

	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	ck_assert_ptr_nonnull(ext);
	ck_assert_int_eq(X509_add_ext(cert, ext, -1), 1);
	X509_EXTENSION_free(ext);
}

static X509 *
make_cert(EVP_PKEY *key, const char *cn, X509 *issuer, EVP_PKEY *issuer_key,
    const struct bed_cert *cert)
{
	X509 *x = X509_new();
	X509_NAME *name = X509_get_subject_name(x);

	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 1 + rand() % 1000000);
	X509_gmtime_adj(X509_getm_notBefore(x), cert ? cert->from_s : -60);
	X509_gmtime_adj(X509_getm_notAfter(x), cert ? cert->until_s : 86400);
	X509_NAME_add_entry_by_txt(
	    name, "CN", MBSTRING_UTF8, (const unsigned char *)cn, -1, -1, 0);
	X509_set_issuer_name(x, issuer ? X509_get_subject_name(issuer) : name);
	X509_set_pubkey(x, key);
	if (cert == NULL)
		add_ext(x, x, NID_basic_constraints, "critical,CA:TRUE");
	else if (cert->san != NULL)
		add_ext(
		    x, issuer ? issuer : x, NID_subject_alt_name, cert->san);
	ck_assert_int_gt(X509_sign(x, issuer_key, EVP_sha256()), 0);
	return x;
}

X509 *
bed_cert(const struct bed *bed, const struct bed_cert *cert)
{
	if (cert->self_signed)
		return make_cert(
		    bed->leaf_key, cert->cn, NULL, bed->leaf_key, cert);
	return make_cert(bed->leaf_key, cert->cn, bed->ca, bed->ca_key, cert);
}

struct tls_leaf *
bed_leaf(const struct bed *bed, const struct bed_cert *cert)
{
	X509 *x = bed_cert(bed, cert);
	unsigned char *der = NULL;
	int n = i2d_X509(x, &der);
	struct tls_leaf *leaf = tls_leaf_new(slice_from(der, (size_t)n), NULL);

	ck_assert_ptr_nonnull(leaf);
	OPENSSL_free(der);
	X509_free(x);
	return leaf;
}

void
bed_init(struct bed *bed)
{
	static const char keys[TLS_TICKET_KEYS_SIZE] = "ticket keys";
	BIO *bio = BIO_new(BIO_s_mem());
	struct slice pem;
	const char *why = NULL;
	char *p;

	memset(bed, 0, sizeof(*bed));
	bed->base = event_base_new();
	bed->ca_key = make_key();
	bed->leaf_key = make_key();
	bed->ca = make_cert(bed->ca_key, "Test CA", NULL, bed->ca_key, NULL);
	PEM_write_bio_X509(bio, bed->ca);
	bed->ca_pem_len = (size_t)BIO_get_mem_data(bio, &p);
	bed->ca_pem = malloc(bed->ca_pem_len);
	memcpy(bed->ca_pem, p, bed->ca_pem_len);
	BIO_free(bio);
	pem = slice_from(bed->ca_pem, bed->ca_pem_len);
	bed->server = tls_server_ctx(
	    bed->leaf_key, slice_from(keys, sizeof(keys)));
	bed->client = tls_client_ctx(&pem, 1, &why);
	ck_assert_ptr_nonnull(bed->client);
	bed->leaf = bed_leaf(bed, &origin);
}

void
bed_clear(struct bed *bed)
{
	tls_leaf_unref(bed->leaf);
	SSL_CTX_free(bed->server);
	SSL_CTX_free(bed->client);
	X509_free(bed->ca);
	EVP_PKEY_free(bed->ca_key);
	EVP_PKEY_free(bed->leaf_key);
	free(bed->ca_pem);
	event_base_free(bed->base);
}

SSL_CTX *
bed_peer_client(const struct bed *bed)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), bed->ca);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	return ctx;
}

SSL_CTX *
bed_peer_server(const struct bed *bed, const struct bed_cert *cert)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	X509 *x = bed_cert(bed, cert != NULL ? cert : &origin);

	ck_assert_int_eq(SSL_CTX_use_certificate(ctx, x), 1);
	ck_assert_int_eq(SSL_CTX_use_PrivateKey(ctx, bed->leaf_key), 1);
	SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"p", 1);
	X509_free(x);
	return ctx;
}

/* --- loop and sockets ------------------------------------------------------ */

void
bed_settle(struct bed *bed)
{
	for (int i = 0; i < 3; i++)
		event_base_loop(bed->base, EVLOOP_NONBLOCK);
}

void
bed_wait(struct bed *bed, const bool *flag, unsigned ms)
{
	uint64_t until = clock_ms() + ms;
	struct timeval tv = { 0, 5000 };

	while (!*flag && clock_ms() < until) {
		event_base_loopexit(bed->base, &tv);
		event_base_dispatch(bed->base);
	}
}

static void
nonblock(int fd)
{
	ck_assert_int_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
}

void
bed_pair(int fd[2])
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	nonblock(fd[0]);
	nonblock(fd[1]);
}

void
bed_tcp_pair(int fd[2])
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t len = sizeof(sin);
	int lfd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(lfd, (struct sockaddr *)&sin, len), 0);
	ck_assert_int_eq(listen(lfd, 1), 0);
	ck_assert_int_eq(getsockname(lfd, (struct sockaddr *)&sin, &len), 0);
	fd[0] = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(connect(fd[0], (struct sockaddr *)&sin, len), 0);
	fd[1] = accept(lfd, NULL, NULL);
	ck_assert_int_ge(fd[1], 0);
	close(lfd);
	/* so that bytes are there before what is done next */
	setsockopt(fd[0], IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(fd[1], IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	nonblock(fd[0]);
	nonblock(fd[1]);
}

void
bed_small_buffers(int fd)
{
	int size = 1;

	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

/* --- what an io told ------------------------------------------------------- */

static void
take_data(struct seen *seen)
{
	if (seen->echo) {
		evbuffer_add_buffer(io_output(seen->io), io_input(seen->io));
		io_kick(seen->io);
	} else if (!seen->keep)
		evbuffer_add_buffer(seen->data, io_input(seen->io));
}

static void
on_seen(struct io *io, enum io_event event, void *arg)
{
	struct seen *seen = arg;

	ck_assert(!seen->freed);
	if (event == IO_DATA)
		take_data(seen);
	if (event != IO_DATA || seen->n == 0 ||
	    seen->events[seen->n - 1] != IO_DATA) {
		ck_assert_uint_lt(seen->n, SEEN_MAX);
		seen->events[seen->n++] = event;
	}
	if (event == IO_HELLO && seen->leaf != NULL)
		io_tls_present(io, seen->leaf);
	if (event == IO_EOF && seen->finish_at_eof)
		io_finish(io);
	if (seen->free_now && event == seen->free_at) {
		seen->freed = true;
		seen->io = NULL;
		io_free(io);
	}
}

void
seen_init(struct seen *seen, struct bed *bed, int fd)
{
	memset(seen, 0, sizeof(*seen));
	seen->data = evbuffer_new();
	seen->io = io_new(bed->base, fd, on_seen, seen);
}

void
seen_clear(struct seen *seen)
{
	io_free(seen->io);
	evbuffer_free(seen->data);
}

size_t
seen_count(const struct seen *seen, enum io_event event)
{
	size_t count = 0;

	for (size_t i = 0; i < seen->n; i++)
		count += seen->events[i] == event;
	return count;
}

bool
seen_has(const struct seen *seen, enum io_event event)
{
	return seen_count(seen, event) > 0;
}

/* --- the peer -------------------------------------------------------------- */

void
peer_init(struct peer *peer, int fd)
{
	memset(peer, 0, sizeof(*peer));
	peer->fd = fd;
	peer->sent = evbuffer_new();
	peer->got = evbuffer_new();
}

void
peer_tls(struct peer *peer, SSL_CTX *ctx, bool server, const char *sni)
{
	peer->ssl = SSL_new(ctx);
	SSL_set_bio(peer->ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
	SSL_set_mode(peer->ssl, SSL_MODE_ENABLE_PARTIAL_WRITE);
	if (server)
		SSL_set_accept_state(peer->ssl);
	else
		SSL_set_connect_state(peer->ssl);
	if (sni != NULL)
		SSL_set_tlsext_host_name(peer->ssl, sni);
}

void
peer_clear(struct peer *peer)
{
	SSL_free(peer->ssl);
	if (peer->fd != -1)
		close(peer->fd);
	evbuffer_free(peer->sent);
	evbuffer_free(peer->got);
}

/* Decrypts and encrypts whatever it can; the wire is elsewhere. */
static void
peer_think(struct peer *peer)
{
	char buf[4096];
	int n;

	if (peer->failed)
		return;
	ERR_clear_error();
	while ((n = SSL_read(peer->ssl, buf, sizeof(buf))) > 0)
		evbuffer_add(peer->got, buf, (size_t)n);
	switch (SSL_get_error(peer->ssl, n)) {
	case SSL_ERROR_ZERO_RETURN:
		peer->closed = true;
		break;
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		break;
	default:
		peer->failed = true;
		peer->why = ERR_peek_error();
		ERR_clear_error();
		return;
	}
	while (SSL_is_init_finished(peer->ssl) &&
	    (n = (int)evbuffer_copyout(peer->sent, buf, sizeof(buf))) > 0) {
		n = SSL_write(peer->ssl, buf, n);
		ck_assert_int_gt(n, 0);
		evbuffer_drain(peer->sent, (size_t)n);
	}
}

static bool
peer_in(struct peer *peer, size_t max)
{
	char buf[65536];
	ssize_t n;

	if (peer->eof || max == 0)
		return false;
	n = recv(peer->fd, buf, max < sizeof(buf) ? max : sizeof(buf), 0);
	peer->reset |= n == -1 && errno == ECONNRESET;
	if (n == 0)
		peer->eof = true;
	if (n <= 0)
		return n == 0;
	if (peer->ssl != NULL)
		BIO_write(SSL_get_rbio(peer->ssl), buf, (int)n);
	else
		evbuffer_add(peer->got, buf, (size_t)n);
	return true;
}

static bool
peer_out(struct peer *peer, size_t max)
{
	BIO *bio = peer->ssl != NULL ? SSL_get_wbio(peer->ssl) : NULL;
	struct evbuffer_iovec iov;
	char *p = NULL;
	size_t n;
	ssize_t put;

	if (bio != NULL)
		n = (size_t)BIO_get_mem_data(bio, &p);
	else if (evbuffer_peek(peer->sent, -1, NULL, &iov, 1) > 0) {
		p = iov.iov_base;
		n = iov.iov_len;
	} else
		n = 0;
	if (n > max)
		n = max;
	put = n > 0 ? send(peer->fd, p, n, MSG_NOSIGNAL) : 0;
	if (put <= 0)
		return false;
	for (char c[1]; bio != NULL && put > 0; put--)
		BIO_read(bio, c, 1);
	if (bio == NULL)
		evbuffer_drain(peer->sent, (size_t)put);
	return true;
}

bool
peer_step(struct peer *peer, size_t in, size_t out)
{
	bool moved = peer_in(peer, in);

	if (peer->ssl != NULL)
		peer_think(peer);
	return peer_out(peer, out) || moved;
}

void
peer_run(struct peer *peer, struct bed *bed, size_t in, size_t out)
{
	int idle = 0;

	while (idle < 3) {
		bed_settle(bed);
		idle = peer_step(peer, in, out) ? 0 : idle + 1;
	}
}

/* --- bytes ----------------------------------------------------------------- */

void
fill_pattern(char *p, size_t n, size_t from)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (char)((from + i) * 31 + ((from + i) >> 8));
}

void
check_pattern(struct evbuffer *buf, size_t n)
{
	char *want = malloc(n + 1);

	ck_assert_uint_eq(evbuffer_get_length(buf), n);
	fill_pattern(want, n, 0);
	if (n > 0)
		ck_assert_int_eq(memcmp(evbuffer_pullup(buf, -1), want, n), 0);
	free(want);
}
