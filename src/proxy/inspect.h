/*
 * inspect: what is known of a request that is held to be looked into.
 *
 * The body stands in `held` until a verdict; the scan's candidates live only
 * between inspect_scan() and inspect_ask(), within one call of the step, so
 * that one scan serves all exchanges of a worker.  Values go to the directory
 * process and are wiped here; what stays is where they stood and for whom
 * they may be passwords.
 */
#ifndef PROXY_INSPECT_H
#define PROXY_INSPECT_H

#include "credential/suspicion.h"
#include "credential/where.h"
#include "ipc/pending.h"
#include "proxy/worker.h"

struct exchange;

/* One question to the directory process. */
struct inspect_hit {
	struct exchange *x;      /* borrowed */
	uint64_t id;             /* question under way; 0: none */
	char account[CREDENTIAL_NAME_MAX];
	char where[WHERE_TEXT_MAX];
	enum credential_verdict verdict;
};

struct inspect {
	struct evbuffer *held;   /* owned: the body, decoded of chunks */
	bool complete;           /* all of it is here */
	const struct credential_rule *rule; /* of worker->rules at the start */
	enum credential_action action;
	bool alert, refuse_unread;
	struct slice label;      /* arena */
	unsigned cuts;           /* enum scan_cut: why not all was seen */
	struct inspect_hit hits[SUSPICION_HITS_MAX];
	size_t nhits, waiting;
	size_t charged;          /* bytes counted in worker->held */
};

struct inspect *inspect_new(struct exchange *x);
/* Wipes and frees; cancels questions. NULL is fine. */
void inspect_free(struct inspect *inspect, struct worker *worker);

/* Scans the request with what is held, and asks about what the filter finds.
 * Questions answer by exchange_run; inspect->waiting counts them down. */
void inspect_scan(struct inspect *inspect, struct exchange *x);

/* The hit that decides: one that is valid, else one without an answer; NULL:
 * none. */
const struct inspect_hit *inspect_worst(const struct inspect *inspect);

#endif
