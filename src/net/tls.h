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
#include "net/tls_hello.h"
#include "net/tls_leaf.h"
#include "net/tickets.h"
#include "net/tls_own.h"
#include "net/tls_set.h"
#include "net/verify.h"
#include "net/words.h"

struct tls_info {
	const char *version; /* "TLSv1.3"; static; NULL before the handshake */
	const char *cipher;  /* static; NULL before the handshake */
	char alpn[16];       /* the protocol chosen; "" where none was */
	bool resumed;
	bool verified;
	/* client side, where verification failed: */
	long verify_error;       /* X509_V_ERR_… */
	const char *verify_text; /* plain words for the person; static */
	unsigned accepted;       /* faults that exceptions let pass */
	bool wants_certificate;  /* the origin asked, and we have none */
	bool left;               /* the peer went away without a word */
	const char *alert; /* alert received from the peer; static, NULL */
	int alert_number;  /* … as RFC 8446 section 6 counts; -1: none */
};

struct tls_connect_opts {
	const struct host *host; /* SNI and the name to verify */
	bool insecure;           /* tests of tests only; never from conf */
	struct slice alpn;       /* wire format; empty: none */
	SSL_SESSION *session;    /* borrowed; may be NULL */
	struct verify_opts verify;
	const struct tls_own *own; /* borrowed; shown when asked for */
};

/* ALPN lists in wire format (RFC 7301 section 3.1). */
#define TLS_ALPN_HTTP1 SLICE("\x08http/1.1")

/* The context that faces clients. key: the leaf key all leaves share; owned
 * by the caller, a reference is kept. ticket_keys: as net/tickets.h wants
 * them; empty: no tickets. */
SSL_CTX *tls_server_ctx(EVP_PKEY *leaf_key, struct slice ticket_keys);

/* One for a listener whose clients speak TLS to the proxy itself. clients:
 * PEM of the authorities whose certificates a client may show; empty: none is
 * asked for. NULL and *why where that can't be read. */
SSL_CTX *tls_listener_ctx(struct tls_set *set, struct slice ticket_keys,
    struct slice clients, const char **why);

/* The context that faces origins: TLS 1.2 and up, certificates verified
 * against the PEM texts in anchors[] (system store and additions). NULL and
 * *why where a text has no certificate, or one that can't be read. */
SSL_CTX *tls_client_ctx(
    const struct slice *anchors, size_t nanchors, const char **why);

/* The same with what `legacy` allows: TLS 1.0, suites and signatures of old.
 * Certificates are judged as by the other, whose anchors and lists it
 * shares. */
SSL_CTX *tls_legacy_ctx(SSL_CTX *ctx);

/* Adds the revocation lists of a PEM text to a client context. NULL, or
 * what is wrong. */
const char *tls_add_crls(SSL_CTX *ctx, struct slice pem);

#endif
