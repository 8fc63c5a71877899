/*
 * tls_hello: what a ClientHello says about where it wants to go.
 *
 * OpenSSL parses the ClientHello; here are only the insides of the few
 * extensions we read (RFC 6066 section 3, RFC 7301 section 3.1).
 */
#ifndef NET_TLS_HELLO_H
#define NET_TLS_HELLO_H

#include <stdbool.h>

#include <openssl/ssl.h>

#include "base/name.h"
#include "base/slice.h"

#define TLS_ALPN_MAX 8 /* protocols told; more are left out */
#define TLS_ALPN_BYTES_MAX                                                     \
	256 /* of the whole list; longer ones count as none */

struct tls_hello {
	bool has_sni;
	bool sni_bad; /* there, but no host name */
	struct host sni;
	struct slice alpn[TLS_ALPN_MAX]; /* borrowed from this struct */
	size_t nalpn;
	bool has_ech;
	char alpn_bytes[TLS_ALPN_BYTES_MAX];
};

/* Fills *out from within a client_hello_cb of ssl. */
void tls_hello_read(SSL *ssl, struct tls_hello *out);

/* For a context whose hellos are read: without it, extensions that OpenSSL
 * doesn't know can't be seen. */
void tls_hello_prepare(SSL_CTX *ctx);

/* The insides of the two extensions, for that function and the tests. */
void tls_hello_sni(struct slice ext, struct tls_hello *out);
void tls_hello_alpn(struct slice ext, struct tls_hello *out);

#endif
