/*
 * client: one connection from a person's program, as long as it lives.
 *
 * It owns its io, its reader and its one exchange (HTTP/1.1 has one at a
 * time).  After a CONNECT that is decrypted it remembers the account and the
 * target, and every request inside is an exchange of its own.
 */
#ifndef PROXY_CLIENT_H
#define PROXY_CLIENT_H

#include "base/name.h"
#include "http/h1_read.h"
#include "net/io.h"
#include "policy/policy.h"
#include "policy/reason.h"
#include "proxy/worker.h"

struct account;
struct exchange;

struct client {
	TAILQ_ENTRY(client) next;
	struct worker *worker;    /* borrowed: it owns us */
	struct io *io;            /* owned; NULL once a pump has it */
	struct h1_reader *reader; /* owned */
	struct exchange *x;       /* owned */
	struct addr addr, local;
	char id[ID_SIZE];
	uint64_t started_us, wall_us;
	uint64_t exchanges;
	bool failed;      /* its io has died */
	bool handshaking; /* counted in worker->handshakes */
	bool counted;     /* account is in the census */

	/* after a CONNECT */
	bool inside;      /* requests come through a CONNECT */
	bool secure;      /* … and are decrypted */
	struct host host; /* the CONNECT's */
	uint16_t port;
	struct host sni;            /* what the leaf certificate is for */
	struct account *account;    /* reference */
	bool by_ticket;             /* … of Negotiate: for the connection */
	bool owns;                  /* it logged in on upstreams: upstream.h */
	uint64_t leg;               /* of a Negotiate login; 0: none */
	bool refused;               /* CONNECT's own decision, to be shown */
	char *origin_chain;         /* owned: see proxy/handshake.h; or NULL */
	bool greeting;              /* TLS to the listener is under way */
	bool tls_listener;          /* … or done */
	char *certified;            /* owned: account its certificate names */
	bool shown;                 /* it was shown a leaf, … */
	bool got_on;                /* … and asked for something then */
	uint64_t shown_ms;          /* clock_ms() */
	struct slice refused_label; /* owned copy */
	bool refused_internal;
	enum reason refused_reason; /* of a login; OK: it was by the rules */
	struct {
		enum reason reason; /* REASON_OK: nothing */
		const char *detail; /* static */
		bool stays;         /* told to every request, not once */
		uint64_t until_ms;  /* clock_ms() */
	} ahead;                    /* what proxy/scout.h found wrong */

	struct event *timer;  /* owned; the one deadline */
	uint64_t deadline_ms; /* clock_ms(); 0: none */
	uint64_t timer_ms;    /* what the timer is armed for */
	enum reason deadline_reason;
	uint64_t tunnel_in, tunnel_out; /* bytes that a pump moved */
	enum reason end;                /* why it ended, for the record */
};

/* Takes over the accepted socket. */
void client_accept(struct worker *worker, int fd, const struct addr *addr,
    const struct addr *local);
/* Frees the client and all it owns, writes the connection's record. */
void client_free(struct client *client);

/* One deadline a connection: re-armed per step. ms 0: none. */
void client_deadline(struct client *client, uint64_t ms, enum reason reason);

/* The exchange is over: true where client->x is a new one that should run;
 * false: the client has been freed. */
bool client_next(struct client *client);

/* A CONNECT to there has opened: what comes next is for it. */
void client_go_inside(
    struct client *client, const struct host *host, uint16_t port, bool secure);

/* All that is asked inside gets the denial that x has met. */
void client_refuse_inside(struct client *client, const struct exchange *x);

/* For proxy/spared.h: what the program did when it was shown a certificate
 * of ours. info: of a handshake that failed; NULL: it didn't. */
void client_got_on(struct client *client);
void client_broke_off(struct client *client, const struct host *host,
    const struct tls_info *info);
/* Is what it asks for not to be decrypted, as it breaks off when it is? */
bool client_is_pinned(const struct client *client, const struct host *host);

/* Is the program's end of the stream still able to take an answer? */
bool client_can_answer(const struct client *client);

#endif
