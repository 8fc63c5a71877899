/*
 * TLS in TLS, as in a connection to an HTTPS proxy: the scripted peer carries
 * a second client inside what it sends and gets.
 */
#include <string.h>
#include <unistd.h>

#include <check.h>
#include <openssl/pem.h>

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

static struct slice
text_of(BIO *bio)
{
	char *p;
	long n = BIO_get_mem_data(bio, &p);

	return slice_from(p, (size_t)n);
}

static SSL_CTX *
listener(void)
{
	static const struct bed_cert cert = { "DNS:proxy.example", "proxy", -60,
		86400, false };
	BIO *pem = BIO_new(BIO_s_mem()), *key = BIO_new(BIO_s_mem());
	X509 *x = bed_cert(&bed, &cert);
	struct tls_set *set = tls_set_new();
	struct tls_own *own;
	const char *why;
	SSL_CTX *ctx;

	PEM_write_bio_X509(pem, x);
	PEM_write_bio_PrivateKey(key, bed.leaf_key, NULL, NULL, 0, NULL, NULL);
	own = tls_own_new(text_of(pem), text_of(key), SLICE_EMPTY, &why);
	ck_assert_ptr_nonnull(own);
	tls_set_add(set, own);
	ctx = tls_listener_ctx(set, SLICE_EMPTY, SLICE_EMPTY, &why);
	ck_assert_ptr_nonnull(ctx);
	tls_set_unref(set);
	BIO_free(pem);
	BIO_free(key);
	X509_free(x);
	return ctx;
}

struct nest {
	struct seen seen;
	struct peer peer;
	SSL *inner;     /* owned */
	size_t in, out; /* bytes a step */
};

static void
open_nest(struct nest *nest, size_t in, size_t out)
{
	SSL_CTX *ctx = listener(), *client = bed_peer_client(&bed);
	int fd[2];

	memset(nest, 0, sizeof(*nest));
	nest->in = in;
	nest->out = out;
	bed_pair(fd);
	seen_init(&nest->seen, &bed, fd[0]);
	nest->seen.leaf = bed.leaf;
	peer_init(&nest->peer, fd[1]);
	peer_tls(&nest->peer, client, false, "proxy.example");
	io_tls_accept(nest->seen.io, ctx);
	nest->inner = SSL_new(client);
	SSL_set_bio(nest->inner, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
	SSL_set_tlsext_host_name(nest->inner, "origin.example");
	SSL_set_connect_state(nest->inner);
	SSL_CTX_free(client);
	SSL_CTX_free(ctx);
	peer_run(&nest->peer, &bed, in, out);
	ck_assert(io_is_secure(nest->seen.io));
	ck_assert_uint_eq(seen_count(&nest->seen, IO_HELLO), 0);
}

static void
close_nest(struct nest *nest)
{
	SSL_free(nest->inner);
	seen_clear(&nest->seen);
	peer_clear(&nest->peer);
}

/* What the inner client wrote goes out, what came is given to it. */
static void
carry(struct nest *nest)
{
	char buf[4096];
	int n;

	while ((n = BIO_read(SSL_get_wbio(nest->inner), buf, sizeof(buf))) > 0)
		evbuffer_add(nest->peer.sent, buf, (size_t)n);
	peer_run(&nest->peer, &bed, nest->in, nest->out);
	while ((n = evbuffer_remove(nest->peer.got, buf, sizeof(buf))) > 0)
		BIO_write(SSL_get_rbio(nest->inner), buf, n);
}

static void
shake(struct nest *nest)
{
	for (int i = 0; i < 10 && SSL_do_handshake(nest->inner) != 1; i++)
		carry(nest);
	carry(nest);
	ck_assert(SSL_is_init_finished(nest->inner));
	ck_assert(io_is_secure(nest->seen.io));
	ck_assert_uint_eq(seen_count(&nest->seen, IO_SECURE), 2);
	ck_assert_uint_eq(seen_count(&nest->seen, IO_HELLO), 1);
	ck_assert_str_eq(io_hello(nest->seen.io)->sni.name, "origin.example");
}

static const struct {
	size_t in, out;
} steps[] = { { 60000, 60000 }, { 1000, 60000 }, { 60000, 7 }, { 50, 50 } };

#define BYTES 100000

START_TEST(test_echo)
{
	struct nest nest;
	struct evbuffer *back = evbuffer_new();
	static char sent[BYTES], buf[BYTES];
	size_t put = 0, n;

	open_nest(&nest, steps[_i].in, steps[_i].out);
	io_tls_accept(nest.seen.io, bed.server);
	shake(&nest);
	nest.seen.echo = true;
	fill_pattern(sent, BYTES, 0);
	while (put < BYTES) {
		ck_assert_int_eq(
		    SSL_write_ex(nest.inner, sent + put,
			BYTES - put < 16384 ? BYTES - put : 16384, &n),
		    1);
		put += n;
		carry(&nest);
		while (SSL_read_ex(nest.inner, buf, sizeof(buf), &n) == 1)
			evbuffer_add(back, buf, n);
	}
	for (int i = 0; i < 20 && evbuffer_get_length(back) < BYTES; i++) {
		carry(&nest);
		while (SSL_read_ex(nest.inner, buf, sizeof(buf), &n) == 1)
			evbuffer_add(back, buf, n);
	}
	check_pattern(back, BYTES);
	/* both layers say goodbye */
	io_finish(nest.seen.io);
	carry(&nest);
	ck_assert(SSL_read_ex(nest.inner, buf, sizeof(buf), &n) != 1);
	ck_assert_int_eq(SSL_get_shutdown(nest.inner) & SSL_RECEIVED_SHUTDOWN,
	    SSL_RECEIVED_SHUTDOWN);
	ck_assert(nest.peer.closed);
	evbuffer_free(back);
	close_nest(&nest);
}
END_TEST

/* The inner handshake is given back; the outer one stays. */
START_TEST(test_undo)
{
	struct nest nest;
	char hello[8192], back[8192];
	int n;

	open_nest(&nest, 60000, 60000);
	nest.seen.leaf = NULL;
	io_tls_accept(nest.seen.io, bed.server);
	(void)SSL_do_handshake(nest.inner);
	n = BIO_read(SSL_get_wbio(nest.inner), hello, sizeof(hello));
	ck_assert_int_gt(n, 100);
	evbuffer_add(nest.peer.sent, hello, (size_t)n);
	peer_run(&nest.peer, &bed, 60000, 60000);
	ck_assert_uint_eq(seen_count(&nest.seen, IO_HELLO), 1);
	nest.seen.keep = true;
	io_tls_undo(nest.seen.io);
	ck_assert(io_is_tls(nest.seen.io) && io_is_secure(nest.seen.io));
	ck_assert_int_eq(
	    evbuffer_remove(io_input(nest.seen.io), back, sizeof(back)), n);
	ck_assert_int_eq(memcmp(hello, back, (size_t)n), 0);
	evbuffer_add(nest.peer.sent, "more", 4);
	peer_run(&nest.peer, &bed, 60000, 60000);
	ck_assert_uint_eq(evbuffer_get_length(io_input(nest.seen.io)), 4);
	evbuffer_add(io_output(nest.seen.io), "back", 4);
	io_kick(nest.seen.io);
	peer_run(&nest.peer, &bed, 60000, 60000);
	ck_assert_uint_eq(evbuffer_get_length(nest.peer.got), 4);
	close_nest(&nest);
}
END_TEST

/* The connection below goes without a word: that is not a clean end. */
START_TEST(test_cut)
{
	struct nest nest;

	open_nest(&nest, 60000, 60000);
	io_tls_accept(nest.seen.io, bed.server);
	shake(&nest);
	close(nest.peer.fd);
	nest.peer.fd = -1;
	bed_settle(&bed);
	ck_assert(seen_has(&nest.seen, IO_ERROR) ||
	    io_end(nest.seen.io) == IO_END_TRUNCATED);
	close_nest(&nest);
}
END_TEST

Suite *
suite_nested(void)
{
	Suite *suite = suite_create("nested");
	TCase *tc = tcase_create("tls in tls");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(
	    tc, test_echo, 0, (int)(sizeof(steps) / sizeof(steps[0])));
	tcase_add_test(tc, test_undo);
	tcase_add_test(tc, test_cut);
	suite_add_tcase(suite, tc);
	return suite;
}
