/*
 * inspect: what is known of a request that is held to be looked into.
 *
 * The body stands in `held` until a verdict; the scan's candidates live only
 * within one call of inspect_scan(), so that one scan serves all exchanges of
 * a worker.  What the filter finds waits in locked memory to be asked about
 * (proxy/judge.h).
 */
#ifndef PROXY_INSPECT_H
#define PROXY_INSPECT_H

#include "base/secret.h"
#include "credential/suspicion.h"
#include "credential/where.h"
#include "ipc/pending.h"
#include "proxy/worker.h"

struct exchange;

/* One question to the directory process. */
struct inspect_hit {
	struct secret value; /* owned; empty once it was asked about */
	char account[CREDENTIAL_NAME_MAX];
	char where[WHERE_TEXT_MAX];
	uint64_t asked; /* the question's id; 0: it couldn't be asked */
	enum credential_verdict verdict;
	bool granted; /* it passes this once: proxy/way.h */
};

struct inspect {
	struct evbuffer *held; /* owned: the body, decoded of chunks */
	bool complete;         /* all of it is here */
	enum credential_action action;
	bool alert, refuse_unread;
	struct slice label; /* arena */
	unsigned cuts;      /* enum scan_cut: why not all was seen */
	bool sealed;        /* looks like a login that a script encrypted */
	bool told;          /* that it was not read is on the record */
	struct inspect_hit *hits; /* owned; NULL until there was one */
	size_t nhits, asked;      /* the first `asked` have been asked about */
	uint64_t id;              /* question under way; 0: none */
	bool even;                /* to take as long as if there were one */
	bool tried;               /* for a way on for the hit that decides */
	size_t charged;           /* bytes counted in worker->held */
	bool hides_path;          /* what may be a password is part of it */
};

#define INSPECT_FORM (16u << 10) /* larger than any that asks for a password */

/* May more be held beside `held` bytes of the same body or message? Where
 * memory is short a form is still held: else whoever keeps it short would
 * make the filter blind. */
bool inspect_has_room(const struct worker *worker, size_t held);

struct inspect *inspect_new(void);
/* Counts in worker->held what is held now, no more and no less. */
void inspect_charge(struct inspect *inspect, struct worker *worker);
/* Wipes and frees; cancels questions. NULL is fine. */
void inspect_free(struct inspect *inspect, struct worker *worker);

/* The filter may be away for a moment, as when it is made anew, and a reload
 * may take it out for good: then there is nothing to ask by. */
bool inspect_is_possible(const struct worker *worker);
/* Which rule of the configuration speaks of x's destination; false: none that
 * would look into it. */
bool inspect_find_rule(struct exchange *x, const struct credential_rule **rule);
/* Puts on the record, once, that not all could be read. */
void inspect_tell_unread(struct exchange *x);
/* A tunnel begins whose inside nobody reads: the same, if a rule would have
 * it looked into. */
void inspect_tell_tunnel(struct exchange *x);
/* Says the filter "maybe" to something in the path? For requests that have
 * nothing else to look into; costs a few look-ups and keeps nothing. */
bool inspect_suspects_path(struct exchange *x);
/* Scans the request with what is held and keeps what the filter finds. */
void inspect_scan(struct inspect *inspect, struct exchange *x);
/* The same with one message of a WebSocket. */
void inspect_scan_message(
    struct inspect *inspect, struct exchange *x, struct slice message);

/* A held body may hold a password: it does not stay in freed memory. */
void inspect_wipe(struct evbuffer *held);

#endif
