/*
 * tls_state: what a tls_conn is made of, for its files alone (tls_conn,
 * tls_bio, tls_hooks): everybody else uses net/tls_conn.h.
 */
#ifndef NET_TLS_STATE_H
#define NET_TLS_STATE_H

#include <openssl/ssl.h>

#include "net/tls_conn.h"

enum hello_state {
	HELLO_WANTED,
	HELLO_PARKED,
	HELLO_GO,
	HELLO_REFUSED
};

struct tls_conn {
	SSL *ssl;                    /* owned */
	const struct tls_wire *wire; /* borrowed */
	void *arg;
	enum hello_state state;  /* server side */
	int refusal;             /* the alert of HELLO_REFUSED */
	struct slice alpn;       /* what a server may choose; static */
	struct tls_hello *hello; /* owned; server side */
	struct tls_info info;
	struct verify *verify; /* owned; client side, until it is done */
	SSL_SESSION *session;  /* owned */
	const char *error;
	int wire_errno;
	bool wire_end;
};

#endif
