/*
 * tls_hooks: what OpenSSL asks on the way through a handshake, answered from
 * the connection that it is for. For net/tls.c, which makes the contexts.
 */
#ifndef NET_TLS_HOOKS_H
#define NET_TLS_HOOKS_H

#include <openssl/ssl.h>

void tls_hooks_server(SSL_CTX *ctx);
void tls_hooks_listener(SSL_CTX *ctx); /* never parks */
void tls_hooks_client(SSL_CTX *ctx);

#endif
