/*
 * bench_tls: what a handshake costs in one process, with nothing around it.
 *
 *	bench_tls [ROUNDS]
 *
 * The asymmetric operations one by one, then whole handshakes of either side:
 * by OpenSSL alone, with its defaults but for the suite, and by net/tls_conn.h
 * with the options of the product. Both sides run here, over memory; each is
 * timed by itself. t/bench/run.py reads the rows.
 * One core; times are of the thread's CPU.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/mem.h"
#include "base/must.h"
#include "net/tls.h"
#include "net/tls_conn.h"

#define NAME "bench.test"
#define WARM 20 /* rounds that aren't counted */

struct identity {
	EVP_PKEY *key;
	X509 *cert;
	struct slice der, pem; /* of cert */
};

/* One way of a connection. */
struct pipe {
	char bytes[65536];
	size_t from, to;
};

struct end {
	struct pipe *in, *out;
};

struct pair {
	struct pipe up, down;
	struct end client_end, server_end;
};

struct result {
	double server, client; /* us each */
};

static double
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

/* --- the certificate ------------------------------------------------------- */

static void
add_extension(X509 *cert, int nid, const char *value)
{
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	must(ext != NULL && X509_add_ext(cert, ext, -1) == 1);
	X509_EXTENSION_free(ext);
}

static struct slice
pem_of(X509 *cert)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *p;
	struct slice pem;

	must(bio != NULL && PEM_write_bio_X509(bio, cert) == 1);
	pem.n = (size_t)BIO_get_mem_data(bio, &p);
	pem = slice_from(slice_dup(slice_from(p, pem.n)), pem.n);
	BIO_free(bio);
	return pem;
}

/* Its own issuer: verifying it is one signature, as with an origin whose
 * chain ends at an anchor. */
static void
identity_init(struct identity *id)
{
	unsigned char *der = NULL;
	int n;

	id->key = EVP_EC_gen("P-256");
	id->cert = X509_new();
	must(id->key != NULL && id->cert != NULL);
	must(X509_set_version(id->cert, X509_VERSION_3) == 1);
	must(ASN1_INTEGER_set(X509_get_serialNumber(id->cert), 1) == 1);
	X509_gmtime_adj(X509_getm_notBefore(id->cert), -3600);
	X509_gmtime_adj(X509_getm_notAfter(id->cert), 86400);
	must(X509_NAME_add_entry_by_txt(X509_get_subject_name(id->cert), "CN",
		 MBSTRING_ASC, (const unsigned char *)NAME, -1, -1, 0) == 1);
	must(X509_set_issuer_name(id->cert, X509_get_subject_name(id->cert)) ==
	    1);
	must(X509_set_pubkey(id->cert, id->key) == 1);
	add_extension(id->cert, NID_subject_alt_name, "DNS:" NAME);
	must(X509_sign(id->cert, id->key, EVP_sha256()) > 0);
	n = i2d_X509(id->cert, &der);
	must(n > 0);
	id->der = slice_from(der, (size_t)n);
	id->pem = pem_of(id->cert);
}

static void
identity_clear(struct identity *id)
{
	EVP_PKEY_free(id->key);
	X509_free(id->cert);
	OPENSSL_free((void *)(uintptr_t)id->der.p);
	free((void *)(uintptr_t)id->pem.p);
}

/* --- single operations ----------------------------------------------------- */

static EVP_PKEY *
generate(void)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");

	must(key != NULL);
	return key;
}

static void
derive(EVP_PKEY *own, EVP_PKEY *peer)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(own, NULL);
	unsigned char secret[32];
	size_t n = sizeof(secret);

	must(ctx != NULL && EVP_PKEY_derive_init(ctx) == 1);
	must(EVP_PKEY_derive_set_peer(ctx, peer) == 1);
	must(EVP_PKEY_derive(ctx, secret, &n) == 1);
	EVP_PKEY_CTX_free(ctx);
}

static size_t
sign(EVP_PKEY *key, unsigned char sig[128])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t n = 128;

	must(ctx != NULL);
	must(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1);
	must(
	    EVP_DigestSign(ctx, sig, &n, (const unsigned char *)NAME, 10) == 1);
	EVP_MD_CTX_free(ctx);
	return n;
}

static void
verify(EVP_PKEY *key, const unsigned char *sig, size_t n)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	must(ctx != NULL);
	must(EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) == 1);
	must(EVP_DigestVerify(ctx, sig, n, (const unsigned char *)NAME, 10) ==
	    1);
	EVP_MD_CTX_free(ctx);
}

static void
operations(const struct identity *id, int rounds)
{
	double took[4] = { 0 };

	for (int i = -WARM; i < rounds; i++) {
		EVP_PKEY *own, *peer = generate();
		unsigned char sig[128];
		size_t n;
		double at[5];

		at[0] = now_us();
		own = generate();
		at[1] = now_us();
		derive(own, peer);
		at[2] = now_us();
		n = sign(id->key, sig);
		at[3] = now_us();
		verify(id->key, sig, n);
		at[4] = now_us();
		for (int j = 0; j < 4 && i >= 0; j++)
			took[j] += (at[j + 1] - at[j]) / rounds;
		EVP_PKEY_free(own);
		EVP_PKEY_free(peer);
	}
	printf("X25519 key %.1f, derivation %.1f; P-256 signature %.1f, "
	       "verification %.1f us\n",
	    took[0], took[1], took[2], took[3]);
}

/* --- the wire -------------------------------------------------------------- */

static ssize_t
on_read(void *arg, void *p, size_t n)
{
	struct pipe *pipe = ((struct end *)arg)->in;
	size_t have = pipe->to - pipe->from;

	if (have == 0) {
		errno = EAGAIN;
		return -1;
	}
	n = n < have ? n : have;
	memcpy(p, pipe->bytes + pipe->from, n);
	pipe->from += n;
	if (pipe->from == pipe->to)
		pipe->from = pipe->to = 0;
	return (ssize_t)n;
}

static ssize_t
on_write(void *arg, const void *p, size_t n)
{
	struct pipe *pipe = ((struct end *)arg)->out;

	must(n <= sizeof(pipe->bytes) - pipe->to);
	memcpy(pipe->bytes + pipe->to, p, n);
	pipe->to += n;
	return (ssize_t)n;
}

static const struct tls_wire wire = { on_read, on_write };

static void
pair_init(struct pair *pair)
{
	pair->up.from = pair->up.to = pair->down.from = pair->down.to = 0;
	pair->client_end = (struct end){ &pair->down, &pair->up };
	pair->server_end = (struct end){ &pair->up, &pair->down };
}

/* --- the product's --------------------------------------------------------- */

struct ours {
	SSL_CTX *server, *client;
	struct tls_leaf *leaf;
	SSL_SESSION *session; /* for the next; NULL: none */
	bool resumes;
};

static void
ours_init(struct ours *ours, const struct identity *id, bool resumes)
{
	unsigned char keys[TLS_TICKET_KEYS_SIZE];
	const char *why = NULL;

	must(RAND_bytes(keys, sizeof(keys)) == 1);
	*ours = (struct ours){ .resumes = resumes };
	ours->server = tls_server_ctx(id->key, slice_from(keys, sizeof(keys)));
	ours->client = tls_client_ctx(&id->pem, 1, &why);
	ours->leaf = tls_leaf_new(id->der, NULL);
	must(ours->client != NULL && ours->leaf != NULL);
}

static void
ours_clear(struct ours *ours)
{
	SSL_SESSION_free(ours->session);
	tls_leaf_unref(ours->leaf);
	SSL_CTX_free(ours->server);
	SSL_CTX_free(ours->client);
}

static void
ours_round(struct ours *ours, struct pair *pair, struct result *sum)
{
	struct host host;
	struct tls_connect_opts opts = {
		.host = &host, .alpn = TLS_ALPN_HTTP1, .session = ours->session
	};
	struct tls_conn *client, *server;
	enum tls_ret c = TLS_WANT, s = TLS_WANT;
	double at[3];
	char byte;
	size_t got;

	must(host_parse(SLICE(NAME), &host) == NULL);
	at[0] = now_us();
	client = tls_conn_client(ours->client, &opts, &wire, &pair->client_end);
	at[1] = now_us();
	server = tls_conn_server(ours->server, &wire, &pair->server_end);
	sum->client += at[1] - at[0];
	sum->server += now_us() - at[1];
	while (c != TLS_OK || s != TLS_OK) {
		at[0] = now_us();
		if (c != TLS_OK)
			c = tls_conn_handshake(client);
		at[1] = now_us();
		if (s == TLS_PARKED)
			must(tls_conn_present(server, ours->leaf) == 0);
		if (s != TLS_OK)
			s = tls_conn_handshake(server);
		at[2] = now_us();
		must(c != TLS_FAIL && s != TLS_FAIL);
		sum->client += at[1] - at[0];
		sum->server += at[2] - at[1];
	}
	must(tls_conn_info(server)->resumed == (ours->session != NULL));
	at[0] = now_us();
	(void)tls_conn_read(client, &byte, 1, &got);
	SSL_SESSION_free(ours->session);
	ours->session = ours->resumes ? tls_conn_take_session(client) : NULL;
	must(!ours->resumes || ours->session != NULL);
	tls_conn_free(client);
	at[1] = now_us();
	tls_conn_free(server);
	sum->client += at[1] - at[0];
	sum->server += now_us() - at[1];
}

/* --- OpenSSL alone --------------------------------------------------------- */

struct bare {
	SSL_CTX *server, *client;
	SSL_SESSION *session;
	bool resumes;
};

static int
on_session(SSL *ssl, SSL_SESSION *session)
{
	struct bare *bare = SSL_get_app_data(ssl);

	SSL_SESSION_free(bare->session);
	bare->session = session;
	return 1;
}

static void
bare_init(struct bare *bare, const struct identity *id, bool resumes)
{
	*bare = (struct bare){ .resumes = resumes };
	bare->server = SSL_CTX_new(TLS_server_method());
	bare->client = SSL_CTX_new(TLS_client_method());
	must(bare->server != NULL && bare->client != NULL);
	must(SSL_CTX_use_certificate(bare->server, id->cert) == 1);
	must(SSL_CTX_use_PrivateKey(bare->server, id->key) == 1);
	must(SSL_CTX_set_num_tickets(bare->server, 1) == 1);
	/* the product's first choice: SHA-384 would cost more */
	must(SSL_CTX_set_ciphersuites(bare->server, "TLS_AES_128_GCM_SHA256") ==
	    1);
	SSL_CTX_set_session_cache_mode(bare->server, SSL_SESS_CACHE_OFF);
	must(X509_STORE_add_cert(
		 SSL_CTX_get_cert_store(bare->client), id->cert) == 1);
	SSL_CTX_set_verify(bare->client, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_session_cache_mode(
	    bare->client, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(bare->client, on_session);
}

static void
bare_clear(struct bare *bare)
{
	SSL_SESSION_free(bare->session);
	SSL_CTX_free(bare->server);
	SSL_CTX_free(bare->client);
}

static SSL *
bare_ssl(SSL_CTX *ctx, BIO *bio)
{
	SSL *ssl = SSL_new(ctx);

	must(ssl != NULL);
	SSL_set_bio(ssl, bio, bio);
	return ssl;
}

static void
bare_round(struct bare *bare, struct pair *pair, struct result *sum)
{
	BIO *up, *down;
	SSL *client, *server;
	int c = 0, s = 0;
	double at[3];
	char byte;

	must(BIO_new_bio_pair(&up, 65536, &down, 65536) == 1);
	at[0] = now_us();
	client = bare_ssl(bare->client, up);
	SSL_set_connect_state(client);
	SSL_set_app_data(client, bare);
	must(SSL_set_tlsext_host_name(client, NAME) == 1);
	must(SSL_set1_host(client, NAME) == 1);
	if (bare->session != NULL)
		must(SSL_set_session(client, bare->session) == 1);
	at[1] = now_us();
	server = bare_ssl(bare->server, down);
	SSL_set_accept_state(server);
	sum->client += at[1] - at[0];
	sum->server += now_us() - at[1];
	while (c != 1 || s != 1) {
		at[0] = now_us();
		c = SSL_do_handshake(client);
		at[1] = now_us();
		s = SSL_do_handshake(server);
		at[2] = now_us();
		must(SSL_get_error(client, c) != SSL_ERROR_SSL);
		sum->client += at[1] - at[0];
		sum->server += at[2] - at[1];
	}
	must(SSL_session_reused(server) == (bare->session != NULL));
	at[0] = now_us();
	(void)SSL_read(client, &byte, 1);
	if (!bare->resumes) {
		SSL_SESSION_free(bare->session);
		bare->session = NULL;
	}
	SSL_set_shutdown(client, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
	SSL_free(client);
	at[1] = now_us();
	SSL_set_shutdown(server, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
	SSL_free(server);
	sum->client += at[1] - at[0];
	sum->server += now_us() - at[1];
}

/* --- both, in turn --------------------------------------------------------- */

static void
show(const char *words, const struct result *sum, int rounds)
{
	printf("%-36s %8.1f %8.1f us\n", words, sum->server / rounds,
	    sum->client / rounds);
}

/* In turn, so that a machine that others use is as slow for both. */
static void
handshakes(const struct identity *id, int rounds, bool resumes)
{
	static struct pair pair;
	struct result of_bare = { 0 }, of_ours = { 0 };
	struct bare bare;
	struct ours ours;

	bare_init(&bare, id, resumes);
	ours_init(&ours, id, resumes);
	for (int i = -WARM; i < rounds; i++) {
		if (i == 0)
			of_bare = of_ours = (struct result){ 0 };
		pair_init(&pair);
		bare_round(&bare, &pair, &of_bare);
		ours_round(&ours, &pair, &of_ours);
	}
	show(resumes ? "resumed, OpenSSL alone" : "full, OpenSSL alone",
	    &of_bare, rounds);
	show(resumes ? "resumed, net/tls_conn" : "full, net/tls_conn", &of_ours,
	    rounds);
	bare_clear(&bare);
	ours_clear(&ours);
}

int
main(int argc, char **argv)
{
	struct identity id;
	int rounds = argc > 1 ? atoi(argv[1]) : 2000;

	if (argc > 2 || rounds <= 0 || rounds > 1000000)
		errx(2, "usage: bench_tls [ROUNDS]");
	identity_init(&id);
	operations(&id, rounds);
	printf("%-36s %8s %8s\n", "handshake in TLS 1.3", "server", "client");
	handshakes(&id, rounds, false);
	handshakes(&id, rounds, true);
	identity_clear(&id);
	return 0;
}
