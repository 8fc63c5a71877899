/*
 * pinned: programs that trust only certificates which they know, told by how
 * they break off when they are shown one of ours.
 *
 * Evidence is kept by account and name, in a bounded memory of the signer:
 * handshakes ended by an alert that distrusts our authority, and connections
 * closed right after the handshake without a word.  It counts only where the
 * same account at the same address has accepted our authority for another
 * name: a computer without our authority breaks off everywhere, and is not
 * pinned but unfinished.  A name with which a program of the account has
 * just got on is never learned.
 */
#ifndef SIGNER_PINNED_H
#define SIGNER_PINNED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/name.h"

#define PINNED_MAX 4096            /* pairs of account and name */
#define PINNED_ADDRESSES_MAX 16384 /* where our authority is accepted */
#define PINNED_ALERTS 3            /* breaks that make a name learned … */
#define PINNED_CLOSES 6            /* … or silent ends, which say less */
#define PINNED_WITHIN_MS 3600000   /* of each other */
#define PINNED_TRUST_MS 86400000   /* that long acceptance counts */
#define PINNED_WORDS_MAX 64        /* bytes of an alert's words */

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

enum pinned_done {
	PINNED_COUNTED,
	PINNED_FIRST,  /* since it last got on */
	PINNED_LEARNED /* not to be decrypted from now on */
};

/* A request came through: our certificate was good. True where the name was
 * learned before, and is no more. */
bool pinned_accept(struct pinned *pinned, const struct pinned_case *one);
/* words: the alert; copied. bypass_ms: of `bypass learn`; 0: only watch. */
enum pinned_done pinned_break(struct pinned *pinned,
    const struct pinned_case *one, enum pinned_how how, struct slice words,
    uint64_t bypass_ms);
/* Is it to be left alone? */
bool pinned_bypassed(struct pinned *pinned, const struct pinned_case *one);
/* `bypass learn off`: what was learned is forgotten, the evidence is not. */
void pinned_unlearn(struct pinned *pinned);

struct pin {
	char *account, *host; /* owned */
	unsigned alerts, closes;
	char alert[PINNED_WORDS_MAX]; /* the last one's words; or empty */
	uint64_t last_ms;
	uint64_t accepted_ms; /* 0: never */
	uint64_t until_ms;    /* bypassed until then; 0: not */
};

/* Every pair that broke off since it last got on, until fn returns
 * non-zero. */
void pinned_each(struct pinned *pinned,
    int (*fn)(const struct pin *pin, void *arg), void *arg);

#endif
