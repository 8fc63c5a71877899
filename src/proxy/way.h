/*
 * way: the way on past `credentials continue`, as far as a worker has to do
 * with it.
 *
 * The page that is answered in the place of a stopped request belongs to the
 * site's origin, so a script of the site can read it: all that it has is a
 * link to WAY_NAME.  That is another origin: its page says what is about to
 * happen, asks for a reason and sends an answer back that no other page can
 * read.  What is granted is kept by the directory process and used up by the
 * next such request (directory/ways.h); nothing is ever left at the site's
 * origin.
 */
#ifndef PROXY_WAY_H
#define PROXY_WAY_H

#include <stdbool.h>

#include "proxy/exchange.h"

/* A name of its own, apart from the setup page's, as one has to be logged in
 * here. */
#define WAY_NAME "continue.sallyport.internal"

struct inspect_hit;

/* What is known of the request that was stopped; slices are borrowed from
 * the text they came in. */
struct way_about {
	struct slice incident, scheme, host, port;
	struct slice site; /* for people: without a usual port */
	struct slice path, back, submitted, where, rule;
};

/* Is x for the pages of ways? */
bool way_is_here(const struct exchange *x);

/* Each asks the directory process; the answer is in x->way when the exchange
 * runs again. False where it can't be asked. */
bool way_try(struct exchange *x, const struct inspect_hit *hit);
bool way_look(struct exchange *x, struct slice token);
bool way_grant(struct exchange *x, struct slice token, struct slice answer);
bool way_tell(struct exchange *x);

/* False, and *about as it was, where the text isn't one of ours. */
bool way_read_about(struct slice text, struct way_about *about);

/* What the page of a refusal links to; empty: there is no way. */
struct slice way_url(const struct exchange *x);

#endif
