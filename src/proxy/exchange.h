/*
 * exchange: one request's journey from the client to the record.
 *
 * Each step is a function that tries to get on and says NEXT (x->step was
 * set by exchange_go), WAIT (something it armed will call exchange_run) or
 * END.  Steps can be called again at any time while they wait: they look at
 * what is there, not at which event came.  Only exchange_run advances.
 *
 *	READ -> ACCOUNT -> RULES -> INSPECT -> DIAL -> SECURE -> SEND -> FORWARD -> RECORD
 *	                     |  CONNECT, decrypted:
 *	                     +-> OPEN -> PEEK -> HELLO -> LEAF -> SHAKE -> RECORD
 *	                     |       first time there: HELLO -> DIAL -> SECURE
 *	                     |                               -> LEAF
 *	                     |  CONNECT, not decrypted:
 *	                     +-> DIAL -> OPEN -> TUNNEL -> RECORD
 *	any of them -> REFUSE -> RECORD
 */
#ifndef PROXY_EXCHANGE_H
#define PROXY_EXCHANGE_H

#include "base/arena.h"
#include "http/message.h"
#include "net/dial.h"
#include "net/pump.h"
#include "policy/policy.h"
#include "policy/reason.h"
#include "proxy/client.h"
#include "proxy/tags.h"
#include "proxy/worker.h"

enum step {
	STEP_READ,
	STEP_ACCOUNT,
	STEP_RULES,
	STEP_LOCAL,
	STEP_WAY,
	STEP_INSPECT,
	STEP_DIAL,
	STEP_SECURE,
	STEP_SEND,
	STEP_FORWARD,
	STEP_OPEN,
	STEP_PEEK,
	STEP_HELLO,
	STEP_LEAF,
	STEP_SHAKE,
	STEP_TUNNEL,
	STEP_RELAY,
	STEP_REFUSE,
	STEP_RECORD,
	STEP_COUNT
};

enum step_ret {
	STEP_RET_NEXT,
	STEP_RET_WAIT,
	STEP_RET_END
};

struct fetch;
struct inspect;
struct inspect_hit;
struct relay;
struct upstream;

struct exchange {
	struct client *client; /* borrowed: it owns us */
	struct arena *arena;   /* owned */
	enum step step;
	bool running; /* inside exchange_run */
	bool again;   /* called while running */

	/* what was asked */
	struct head request;
	bool have_request;
	uint8_t minor;    /* of the client's HTTP/1.x */
	struct host host; /* whom it is for: canonical */
	uint16_t port;
	bool secure; /* https (or wss) */
	bool is_connect;
	bool opened; /* CONNECT was answered with 200 */
	bool local;  /* for this proxy itself */
	bool silent; /* inside a CONNECT the client has said nothing yet */
	bool late;   /* this step's deadline has passed */
	uint64_t started_us, wall_us;

	/* what was decided */
	struct account *account; /* reference; NULL: not logged in */
	struct slice claimed;    /* account name of a failed login; arena */
	struct decision decision;
	struct slice label;  /* of the rule; arena */
	struct slice report; /* label of a report rule that would have
	                          * denied; arena; empty: none */
	enum reason reason;
	const char *detail;     /* static words for the record; or NULL */
	const char *note;       /* static words beside the detail; or NULL */
	char incident[ID_SIZE]; /* empty until there is one */
	uint32_t retry_s;       /* for Retry-After; 0: none */

	/* what it submits */
	struct inspect *inspect; /* owned; NULL: not looked into */
	bool scanned;
	const struct inspect_hit *hit; /* that stopped it; borrowed */
	struct evbuffer *form;         /* owned: of a continue page */
	struct relay *relay; /* owned: a WebSocket that is looked into */

	/* the way on past a continue rule: proxy/way.h; slices in arena */
	struct {
		uint64_t id; /* question under way; 0: none */
		enum way_verdict verdict;
		struct slice token, answer, about; /* as way_done has them */
		struct slice asked;                /* token of the page */
	} way;

	/* the way there */
	bool tunnel; /* a CONNECT that stays closed */
	bool scout;  /* looks at the origin before the leaf: proxy/scout.h */
	bool dial_done;
	bool asked;        /* this step's question has been asked */
	uint64_t login_id; /* question under way; 0: none */
	enum login_verdict login_verdict;
	bool by_ticket;         /* … is about one */
	bool by_local;          /* … or by whose program it is */
	struct slice leg_token; /* for the client, base64; arena: of the
	                         * next leg, or the last one's */
	uint64_t leaf_id;       /* question under way; 0: none */
	struct slice leaf_key;  /* in the worker's leaves; arena */
	bool leaf_bare;         /* for the name alone */
	struct tls_leaf *leaf;  /* reference */
	struct dial *dial;      /* owned */
	struct tags_asks tags;  /* owned: about sockets of the dial */
	enum dial_ret dial_ret;
	struct upstream *up; /* owned while in use */
	struct addr addr;    /* dialled */
	bool have_addr;
	enum reason skipped; /* why the last candidate was not dialled */
	struct fetch *fetch; /* owned: see proxy/fetch.h */
	bool fetched;        /* … was tried */
	bool listed;         /* … for a revocation list */
	bool retried;        /* on a fresh connection, once */
	struct pump *pump;   /* owned */
	bool pump_ended;
	enum pump_end pump_end;

	/* the messages */
	enum framing send_framing;
	struct head response;
	bool have_response, response_begun;
	unsigned interims; /* 1xx that came before it */
	enum framing reply_framing;

	bool request_done, response_done;
	bool upgraded;
	bool keep; /* the client's connection may go on */
	uint64_t body_in, body_out;
	const char *up_tls;   /* version to the origin; static; NULL: plain */
	unsigned up_accepted; /* enum cert_fault: let pass by exceptions */
	unsigned status;      /* sent to the client; 0: none */

	struct {
		uint64_t head_us, decided_us, connected_us, sent_us, first_us;
		uint64_t resolve_us;
	} at;
};

/* Never NULL; the client owns it. */
struct exchange *exchange_new(struct client *client);
void exchange_free(struct exchange *x);

/* Runs steps until one waits or the exchange ends. May free x and its
 * client: touch neither afterwards. */
void exchange_run(struct exchange *x);

/* Sets the next step; the pair must be in the table of successors. */
void exchange_go(struct exchange *x, enum step next);
/* Goes to STEP_REFUSE (or STEP_RECORD where nobody can be told; a scout goes
 * on to STEP_LEAF). */
enum step_ret exchange_refuse(
    struct exchange *x, enum reason reason, const char *detail);

/* Whom policy should judge: as much as is known now. addr may be NULL. */
void exchange_subject(
    const struct exchange *x, const struct addr *addr, struct subject *subject);
/* Decides with all that is known and keeps the decision in x. */
enum verdict exchange_decide(
    struct exchange *x, const struct addr *addr, bool final);

/* The line that goes with the answer to a login of several legs, so that the
 * client knows us, too (RFC 4559 section 4.2); else "". Arena. */
const char *exchange_leg_field(struct exchange *x);
/* Gives it a number, unless it has one. */
void exchange_name_incident(struct exchange *x);

/* Empties it for the client's next request. */
void exchange_recycle(struct exchange *x);

/* The connection to the client died. */
void exchange_abort(struct exchange *x, enum reason reason);
/* The deadline of what it waits for has passed. */
void exchange_late(struct exchange *x, enum reason reason);

/* Has the client left in the middle of its handshake? Then: the end. Both in
 * step_hello.c. */
bool exchange_hello_over(const struct exchange *x);
enum step_ret exchange_hello_failed(struct exchange *x);

/* The account's packet marks; false, and x->skipped, where they can't be
 * set. In step_dial.c. */
bool exchange_mark_socket(struct exchange *x, int fd, const struct addr *addr);

const char *step_name(enum step step);

/* What a client's first bytes inside a CONNECT are: step_open.c. */
enum first_words {
	FIRST_TLS,
	FIRST_HTTP,
	FIRST_UNSURE, /* too few to tell HTTP from anything else */
	FIRST_FOREIGN
};
enum first_words exchange_first_words(struct evbuffer *in);

/* The steps, in files of their names; peek is in step_open.c, leaf and shake
 * in step_hello.c. */
enum step_ret step_read(struct exchange *x);
enum step_ret step_account(struct exchange *x);
enum step_ret step_rules(struct exchange *x);
enum step_ret step_local(struct exchange *x);
enum step_ret step_way(struct exchange *x);
enum step_ret step_inspect(struct exchange *x);
enum step_ret step_dial(struct exchange *x);
enum step_ret step_secure(struct exchange *x);
enum step_ret step_send(struct exchange *x);
enum step_ret step_forward(struct exchange *x);
enum step_ret step_open(struct exchange *x);
enum step_ret step_peek(struct exchange *x);
enum step_ret step_hello(struct exchange *x);
enum step_ret step_leaf(struct exchange *x);
enum step_ret step_shake(struct exchange *x);
enum step_ret step_tunnel(struct exchange *x);
enum step_ret step_relay(struct exchange *x);
enum step_ret step_refuse(struct exchange *x);
enum step_ret step_record(struct exchange *x);

#endif
