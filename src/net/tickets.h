/*
 * tickets: the keys of session tickets, shared by all workers, and the one
 * before them, so that a change of keys ends no session (RFC 5077 section
 * 5.5).
 */
#ifndef NET_TICKETS_H
#define NET_TICKETS_H

#include <openssl/ssl.h>

#include "base/slice.h"

#define TLS_TICKET_KEYS_SIZE 80 /* of one: name, HMAC, AES */
#define TLS_TICKET_KEYS_MAX 2   /* the newest first */

/* keys: one or two, joined; copied. Tickets are made with the first and
 * accepted from all. */
void tickets_use(SSL_CTX *ctx, struct slice keys);

#endif
