/*
 * upstream: a connection to an origin. From dial to close it belongs to one
 * account, and is never used for another.
 */
#ifndef PROXY_UPSTREAM_H
#define PROXY_UPSTREAM_H

#include <stdbool.h>
#include <sys/queue.h>

#include "base/name.h"
#include "http/h1_read.h"
#include "net/io.h"
#include "proxy/account.h"
#include "proxy/sessions.h"
#include "proxy/worker.h"

struct exchange;

struct upstream {
	TAILQ_ENTRY(upstream) idle;   /* in the pool, by age */
	TAILQ_ENTRY(upstream) bucket; /* in the pool, by key */
	TAILQ_ENTRY(upstream) all;    /* of the pool: every one alive */
	struct worker *worker;        /* borrowed */
	struct io *io;                /* owned; NULL once a pump has it */
	struct h1_reader *reader;     /* owned */
	struct account *account;      /* reference */
	struct slice key;             /* owned: see upstream_key */
	struct host host;
	uint16_t port;
	bool secure;
	struct addr addr; /* dialled */
	char id[ID_SIZE];
	struct exchange *x;           /* borrowed; NULL while idle */
	uint64_t started_ms, idle_ms; /* clock_ms() */
	uint64_t exchanges;           /* served before this one */
	char owner[ID_SIZE];     /* the client that logged in on it; "": none */
	struct looked looked;    /* at its certificate */
	struct looked resumable; /* … at the one of the session offered */
	bool ready;              /* TLS is done, or not wanted */
	bool failed;
};

/* What tells connections apart: the account, the address dialled for (dial),
 * the name verified (host), port and scheme; and which rules it was made by,
 * for marks, source and trust are theirs. In buf; returned borrowed. */
#define UPSTREAM_KEY_SIZE 600
struct slice upstream_key(char buf[UPSTREAM_KEY_SIZE],
    const struct rules *rules, const struct account *account,
    const struct host *dial, const struct host *host, uint16_t port,
    bool secure);

/* Takes over the connected fd for an exchange. */
struct upstream *upstream_new(struct worker *worker, int fd,
    struct account *account, struct slice key, const struct host *host,
    uint16_t port, bool secure, const struct addr *addr);
/* Keeps what lets the next connection resume this one's TLS. */
void upstream_keep_session(struct upstream *up);
void upstream_free(struct upstream *up); /* NULL is fine */

#endif
