/*
 * tls: contexts, their options, and what a handshake tells.  Every OpenSSL
 * option of the product is set in tls.c.
 *
 * One SSL_CTX a purpose, none per connection: a leaf certificate is put on
 * the SSL object of its connection.
 */
#ifndef NET_TLS_H
#define NET_TLS_H

#include <stdbool.h>
#include <stdint.h>

#include <openssl/ssl.h>

#include "base/name.h"
#include "base/slice.h"

/* A minted certificate with its chain, as the signer gives it. Shared by
 * reference count. */
struct tls_leaf;
/* der: one or more certificates, leaf first. NULL: not parseable. */
struct tls_leaf *tls_leaf_new(struct slice der_chain);
struct tls_leaf *tls_leaf_ref(struct tls_leaf *leaf);
void tls_leaf_unref(struct tls_leaf *leaf);
uint64_t tls_leaf_expires(const struct tls_leaf *leaf); /* seconds, 1970 */

#define TLS_ALPN_MAX 8

/* What the ClientHello says (parsed by OpenSSL, not by us). */
struct tls_hello {
	bool has_sni;
	bool sni_bad;     /* there, but no host name */
	struct host sni;
	struct slice alpn[TLS_ALPN_MAX]; /* borrowed from the io */
	size_t nalpn;
	bool has_ech;
};

struct tls_info {
	const char *version; /* "TLSv1.3"; static */
	const char *cipher;  /* static */
	char alpn[16];
	bool resumed;
	bool verified;
	/* client side, where verification failed: */
	long verify_error;      /* X509_V_ERR_… */
	const char *verify_text;/* plain words for the person; static */
	const char *alert;      /* alert received from the peer; static, NULL */
};

struct tls_connect_opts {
	const struct host *host;  /* SNI and the name to verify */
	bool insecure;            /* tests of tests only; never from conf */
	struct slice alpn;        /* wire format; empty: none */
	SSL_SESSION *session;     /* borrowed; may be NULL */
};

/* The context that faces clients. key: the leaf key all leaves share; owned
 * by the caller, a reference is kept. ticket_keys: 80 bytes (name, HMAC,
 * AES), shared by all workers; empty: no tickets. */
SSL_CTX *tls_server_ctx(EVP_PKEY *leaf_key, struct slice ticket_keys);

/* The context that faces origins: TLS 1.2 and up, certificates verified
 * against the PEM texts in anchors[] (system store and additions). NULL and
 * *why where no certificate could be read. */
SSL_CTX *tls_client_ctx(
    const struct slice *anchors, size_t nanchors, const char **why);

/* A verification failure in words a person understands ("the certificate
 * expired on …" is the page's work; this is the static part). */
const char *tls_verify_words(long error);

#endif
