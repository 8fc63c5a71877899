/*
 * tls_bio: OpenSSL's way to the tls_wire of a connection.
 */
#ifndef NET_TLS_BIO_H
#define NET_TLS_BIO_H

#include <openssl/bio.h>

#include "net/tls_conn.h"

/* Reads and writes through conn's wire, and notes there how it ended; conn
 * must outlive it. NULL: no memory. */
BIO *tls_bio_new(struct tls_conn *conn);

#endif
