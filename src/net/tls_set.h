/*
 * tls_set: the certificates of one listener; a client gets the one whose
 * names the one it asks for is among (SNI, RFC 6066 section 3), else the
 * first.
 */
#ifndef NET_TLS_SET_H
#define NET_TLS_SET_H

#include <openssl/ssl.h>

#include "net/tls_own.h"

#define TLS_SET_MAX 64

struct tls_set;

/* One reference. */
struct tls_set *tls_set_new(void);
void tls_set_unref(struct tls_set *set); /* NULL is fine */
/* Takes the certificate; at most TLS_SET_MAX. */
void tls_set_add(struct tls_set *set, struct tls_own *own);

/* For all connections of a context, which holds a reference. The set has one
 * certificate at least. */
void tls_set_use_for(struct tls_set *set, SSL_CTX *ctx);
/* NULL: one of them isn't good enough for the context; else its words. */
const char *tls_set_judge(const struct tls_set *set, SSL_CTX *ctx);

#endif
