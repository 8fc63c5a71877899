/*
 * tls_own: a certificate of ours with its chain and its key: shown to origins
 * that ask for one, or to clients of a listener that speaks TLS.
 */
#ifndef NET_TLS_OWN_H
#define NET_TLS_OWN_H

#include <stdbool.h>

#include <openssl/ssl.h>

#include "base/slice.h"

struct tls_own;

/* Both PEM, the leaf first. passphrase: its first line is the key's; empty:
 * there is none. NULL and *why where they can't be read or don't belong
 * together. */
struct tls_own *tls_own_new(struct slice cert_pem, struct slice key_pem,
    struct slice passphrase, const char **why);
void tls_own_free(struct tls_own *own); /* NULL is fine */

/* Is the name one of its? */
bool tls_own_is_for(const struct tls_own *own, const char *name);

/* On one connection, or for all of a context: OpenSSL takes references.
 * false: the security level has something against it. */
bool tls_own_use(const struct tls_own *own, SSL *ssl);
void tls_own_use_for(const struct tls_own *own, SSL_CTX *ctx);

#endif
