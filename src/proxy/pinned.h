/*
 * pinned: programs that trust only certificates which they know, told by how
 * they break off when they are shown one of ours.
 *
 * Evidence is kept by account and name, in a bounded memory of the worker:
 * handshakes ended by an alert that distrusts our authority, and connections
 * closed right after the handshake without a word.  It counts only where the
 * same account at the same address has accepted our authority for another
 * name: a computer without our authority breaks off everywhere, and is not
 * pinned but unfinished.  A name with which a program of the account has
 * just got on is never learned.
 */
#ifndef PROXY_PINNED_H
#define PROXY_PINNED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/name.h"

#define PINNED_MAX 4096            /* pairs of account and name */
#define PINNED_ADDRESSES_MAX 16384 /* where our authority is accepted */
#define PINNED_ALERTS 3            /* breaks that make a name learned … */
#define PINNED_CLOSES 6            /* … or silent ends, which say less */
#define PINNED_WITHIN_MS 3600000   /* of each other */
#define PINNED_TRUST_MS 86400000   /* that long acceptance counts */

enum pinned_how {
	PINNED_ALERT, /* an alert that distrusts */
	PINNED_CLOSE  /* the end, in the handshake or right after it */
};

struct pinned;

struct pinned *pinned_new(void);
void pinned_free(struct pinned *pinned); /* NULL is fine */

/* What a client's program did; account: its name, or empty. */
struct pinned_case {
	struct slice account;
	const struct addr *addr;
	const struct host *host;
	uint64_t now_ms; /* clock_ms() */
};

/* A request came through: our certificate was good. */
void pinned_accept(struct pinned *pinned, const struct pinned_case *one);
/* words: static; the alert. bypass_ms: of `bypass learn`; 0: only watch. True
 * where the name was learned by this. */
bool pinned_break(struct pinned *pinned, const struct pinned_case *one,
    enum pinned_how how, const char *words, uint64_t bypass_ms);
/* Is it to be left alone? */
bool pinned_bypassed(struct pinned *pinned, const struct pinned_case *one);
/* `bypass learn off`: what was learned is forgotten, the evidence is not. */
void pinned_unlearn(struct pinned *pinned);

struct pin {
	char *account, *host; /* owned */
	unsigned alerts, closes;
	const char *words; /* static: of the last alert; or NULL */
	uint64_t last_ms;
	uint64_t accepted_ms; /* 0: never */
	uint64_t until_ms;    /* bypassed until then; 0: not */
};

/* Every pair that broke off since it last got on, until fn returns
 * non-zero. */
void pinned_each(struct pinned *pinned,
    int (*fn)(const struct pin *pin, void *arg), void *arg);

#endif
