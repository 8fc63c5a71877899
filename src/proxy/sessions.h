/*
 * sessions: TLS sessions with origins, some an account and origin (the key of
 * proxy/upstream.h), so that what one account did is never resumed by
 * another.  Several, since browsers open several connections at once.  A session counts from the handshake in which the origin's
 * certificate was verified, however often it was resumed since.
 */
#ifndef PROXY_SESSIONS_H
#define PROXY_SESSIONS_H

#include <stdint.h>

#include "base/slice.h"
#include "net/io_tls.h"

#define SESSIONS_MAX 4096        /* accounts and origins; the oldest go */
#define SESSIONS_EACH 6          /* as many connections as browsers open */
#define SESSIONS_KEEP_MS 3600000 /* since the certificate was looked at */

/* What was found in the handshake that looked at the certificate. */
struct looked {
	uint64_t at_ms;    /* clock_ms() */
	unsigned accepted; /* enum cert_fault, or-ed: let pass by exceptions */
};

struct sessions;

struct sessions *sessions_new(void);
void sessions_free(struct sessions *sessions); /* NULL is fine */
/* What was verified under another configuration counts no more. */
void sessions_forget(struct sessions *sessions);

/* Keeps the session that came over io, if one did. */
void sessions_keep(struct sessions *sessions, struct slice key, struct io *io,
    const struct looked *looked);
/* The caller frees it (SSL_SESSION_free); NULL: none. One of TLS 1.3 is used
 * but once (RFC 8446 appendix C.4). */
SSL_SESSION *sessions_take(
    struct sessions *sessions, struct slice key, struct looked *looked);

#endif
