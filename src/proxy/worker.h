/*
 * worker: the one context of a proxy process, passed down to everything.
 *
 * It is plain data so that a reader sees at a glance what a worker holds;
 * only worker.c, setup.c and peers.c write to it.  What can be reloaded hangs
 * from `rules`, which is replaced as a whole: an exchange looks at
 * worker->rules when it decides and keeps no pointer into it.
 */
#ifndef PROXY_WORKER_H
#define PROXY_WORKER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include <event2/event.h>

#include "base/clock.h"
#include "conf/conf.h"
#include "http/h1_read.h"
#include "ipc/chan.h"
#include "ipc/pending.h"
#include "net/listen.h"
#include "net/resolve.h"
#include "net/tls.h"
#include "policy/policy.h"
#include "proxy/rules.h"

struct audit;
struct census;
struct client;
struct fetches;
struct keyring;
struct leaves;
struct logins;
struct notices;
struct origins;
struct spared;
struct pool;
struct roleloop;
struct sessions;
struct watch;

TAILQ_HEAD(client_list, client);

/* Alerts that wait for the alerter; see proxy/alert.h. */
#define ALERTS_MAX 256
struct alerts {
	char *v[ALERTS_MAX]; /* owned */
	size_t n;
	uint64_t lost;
};

struct worker {
	unsigned index, count;
	struct h1_limits h1;       /* of the current rules; readers borrow */
	struct roleloop *loop;     /* borrowed */
	struct event_base *base;   /* borrowed from the loop */
	struct rules *rules;       /* owned, current */
	struct resolver *resolver; /* owned */
	struct pending *pending;   /* owned: questions to other roles */
	struct chan *signer;       /* owned; NULL while it is away */
	struct chan *guard;        /* owned; NULL while it is away */
	bool tagging;              /* sockets need the guard's tag */
	struct chan *directory;    /* owned; NULL while it is away */
	struct chan *alerter;      /* owned; NULL: away, or none */
	struct alerts alerts;      /* for while it is */
	EVP_PKEY *leaf_key;        /* owned */
	SSL_CTX *client_ctx;       /* owned: faces clients */
	struct leaves *leaves;     /* owned */
	struct origins *origins;   /* owned */
	struct crls *crls;         /* owned */
	struct logins *logins;     /* owned */
	struct watch *own_watch;   /* owned */
	struct watch *watch;       /* borrowed; NULL: no filter configured */
	struct pool *pool;         /* owned */
	struct spared *spared;     /* owned */
	struct sessions *sessions; /* owned: with origins */
	struct fetches *fetches;   /* owned */
	struct keyring *keyring;   /* owned */
	struct secret *tickets;    /* owned: the keys as they came last */
	struct census *census;     /* owned */
	struct audit *audit;       /* owned */
	struct notices *notices;   /* owned: what people are still to be told */
	size_t held;               /* bytes held to be looked into */
	struct listen **listens;   /* owned */
	struct addr *listen_addrs; /* owned: what they are bound to */
	size_t nlistens;
	struct client_list clients; /* owned, newest last */
	size_t nclients;
	size_t lingering;           /* ios still writing for gone clients */
	size_t handshakes;          /* client handshakes under way */
	struct evbuffer *piece;     /* owned: a body on its way, empty between
	                               * two calls */
	uint64_t date_s;            /* what `date` says */
	char date[CLOCK_HTTP_SIZE]; /* for responses that have none */
	uint64_t ids;               /* last connection or incident number */
	bool draining;
	bool ended; /* the loop is over: close at once */
	struct {
		uint64_t connections, requests, refused, tunnels;
		uint64_t bytes_in, bytes_out; /* as clients see it */
		uint64_t upstreams, upstreams_reused, origins_resumed;
		uint64_t inspected; /* requests and messages looked into */
		uint64_t lookups;   /* of pairs in the filter */
		uint64_t unread[3]; /* by enum unread */
	} counts;
};

/* Is this address and port one of our own listeners? */
bool worker_is_self(const struct worker *worker, const struct addr *addr);

/* That of the address a client came to; NULL: none (of the rules now). */
const struct listener *worker_listener(
    const struct worker *worker, const struct addr *local, size_t *index);

/* Now, as a Date field has it; borrowed until the next call. */
struct slice worker_date(struct worker *worker);

/* A new number for a connection or an incident, unique in this deployment
 * for all practical purposes; as text in `buf`. */
#define ID_SIZE 20
char *worker_id(struct worker *worker, char buf[ID_SIZE]);

/* A draining worker stops when its last client is gone and has got all that
 * was meant for it. */
void worker_maybe_stop(struct worker *worker);
void worker_io_gone(void *arg); /* a client's io; arg is the worker */

#endif
