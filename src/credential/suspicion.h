/*
 * suspicion: for whom a request's values may be passwords.
 *
 * The candidates of a scan against the accounts that come into question,
 * through the filter.  What comes out are the pairs that only the directory
 * can tell about; nearly always there are none.
 */
#ifndef CREDENTIAL_SUSPICION_H
#define CREDENTIAL_SUSPICION_H

#include <stdbool.h>
#include <stddef.h>

#include "credential/filter.h"
#include "credential/names.h"
#include "credential/scan.h"

#define SUSPICION_ACCOUNTS_MAX 16 /* tried for one request */
#define SUSPICION_HITS_MAX 8      /* pairs handed to the directory */

/* Why an account came into question. */
enum suspicion_source {
	SUSPICION_LOGGED_IN, /* who the proxy knows the client as */
	SUSPICION_NAMED,     /* named in this request */
	SUSPICION_RECENT,    /* named at this site a short time ago */
	SUSPICION_WATCHED,   /* listed in the configuration */
};

struct suspicion_account {
	struct slice name; /* canonical; borrowed */
	enum suspicion_source source;
};

struct suspicion_hit {
	struct suspicion_account account;
	const struct candidate *candidate; /* borrowed from the scan */
};

struct suspicion {
	/* in: filled by the caller, then by suspicion_add_named() */
	struct suspicion_account accounts[SUSPICION_ACCOUNTS_MAX];
	size_t naccounts;
	bool named;    /* some value names an account, */
	size_t others; /* … and that many don't */
	/* out */
	struct suspicion_hit hits[SUSPICION_HITS_MAX];
	size_t nhits;
	bool more_hits; /* than fit: treat as suspicious */
	size_t lookups; /* tokens looked up, for the counters */
};

void suspicion_init(struct suspicion *suspicion);
/* name: in any form and case; kept in canonical form only if it already is
 * one, for it is borrowed. False where it is there already or none fits. */
bool suspicion_add_account(struct suspicion *suspicion, struct slice name,
    enum suspicion_source source);
/* The accounts that the scan's values name. */
void suspicion_add_named(struct suspicion *suspicion, const struct scan *scan,
    const struct names_source *names);
/* Looks every pair up. The filter may be NULL: then there are no hits. */
void suspicion_look_up(struct suspicion *suspicion, const struct scan *scan,
    const struct filter *filter, const struct token_key *key);

#endif
