/*
 * tls_own: a certificate of ours with its chain and its key: shown to origins
 * that ask for one, or to clients of a listener that speaks TLS.
 */
#ifndef NET_TLS_OWN_H
#define NET_TLS_OWN_H

#include <openssl/ssl.h>

#include "base/slice.h"

struct tls_own;

/* Both PEM, the leaf first. NULL and *why where they can't be read or don't
 * belong together; an encrypted key can't be read. */
struct tls_own *tls_own_new(
    struct slice cert_pem, struct slice key_pem, const char **why);
void tls_own_free(struct tls_own *own); /* NULL is fine */

/* On one connection, or for all of a context: OpenSSL takes references. */
void tls_own_use(const struct tls_own *own, SSL *ssl);
void tls_own_use_for(const struct tls_own *own, SSL_CTX *ctx);

#endif
