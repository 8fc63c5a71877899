/*
 * tls_leaf: a minted certificate with its chain, as the signer gives it.
 * Shared by reference count, within one thread.
 */
#ifndef NET_TLS_LEAF_H
#define NET_TLS_LEAF_H

#include <stdint.h>

#include <openssl/ssl.h>

#include "base/slice.h"

#define TLS_CHAIN_MAX 10 /* certificates in a chain, the leaf included */

struct tls_leaf;

/* der: one or more certificates, leaf first, at most TLS_CHAIN_MAX. like: a
 * leaf whose issuers are shared where they are the same; NULL: none.
 * Returns one reference, or NULL: not parseable. */
struct tls_leaf *tls_leaf_new(
    struct slice der_chain, const struct tls_leaf *like);
struct tls_leaf *tls_leaf_ref(struct tls_leaf *leaf);
void tls_leaf_unref(struct tls_leaf *leaf);             /* NULL is fine */
uint64_t tls_leaf_expires(const struct tls_leaf *leaf); /* seconds, 1970 */

/* Puts the leaf with its key on one connection's SSL. 0, or -1 where the
 * key does not belong to the certificate. */
int tls_leaf_use(const struct tls_leaf *leaf, SSL *ssl);

#endif
