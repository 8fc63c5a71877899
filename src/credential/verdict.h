/*
 * verdict: for whom a request's values may be passwords.
 *
 * The candidates of a scan against the accounts that come into question,
 * through the filter.  What comes out are the pairs that only the directory
 * can tell about; nearly always there are none.
 */
#ifndef CREDENTIAL_VERDICT_H
#define CREDENTIAL_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

#include "credential/filter.h"
#include "credential/names.h"
#include "credential/scan.h"

#define VERDICT_ACCOUNTS_MAX 16 /* tried for one request */
#define VERDICT_HITS_MAX 8      /* pairs handed to the directory */

/* Why an account came into question. */
enum verdict_source {
	VERDICT_LOGGED_IN, /* who the proxy knows the client as */
	VERDICT_NAMED,     /* named in this request */
	VERDICT_RECENT,    /* named at this site a short time ago */
	VERDICT_WATCHED,   /* listed in the configuration */
};

struct verdict_account {
	struct slice name; /* canonical; borrowed */
	enum verdict_source source;
};

struct verdict_hit {
	struct verdict_account account;
	const struct candidate *candidate; /* borrowed from the scan */
};

struct verdict {
	/* in: filled by the caller, then by verdict_add_named() */
	struct verdict_account accounts[VERDICT_ACCOUNTS_MAX];
	size_t naccounts;
	/* out */
	struct verdict_hit hits[VERDICT_HITS_MAX];
	size_t nhits;
	bool more_hits; /* than fit: treat as suspicious */
	size_t lookups; /* tokens looked up, for the counters */
};

void verdict_init(struct verdict *verdict);
/* name: in any form and case; kept in canonical form only if it already is
 * one, for it is borrowed. False where it is there already or none fits. */
bool verdict_add_account(
    struct verdict *verdict, struct slice name, enum verdict_source source);
/* The accounts that the scan's values name. */
void verdict_add_named(struct verdict *verdict, const struct scan *scan,
    const struct names_source *names);
/* Looks every pair up. The filter may be NULL: then there are no hits. */
void verdict_look_up(struct verdict *verdict, const struct scan *scan,
    const struct filter *filter, const struct token_key *key);

#endif
