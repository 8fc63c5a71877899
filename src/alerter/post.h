/*
 * post: one POST of JSON to a URL, on a connection of its own (RFC 9112).
 */
#ifndef ALERTER_POST_H
#define ALERTER_POST_H

#include "http/target.h"
#include "net/resolve.h"
#include "net/tls.h"

struct post;

/* status: of the answer, or 0 with why in static words. Called once, from
 * the loop; frees the post or has it freed. */
typedef void post_fn(int status, const char *why, void *arg);

struct post_opts {
	struct event_base *base; /* borrowed, as all of these */
	struct resolver *resolver;
	SSL_CTX *ctx;             /* for https */
	const struct target *url; /* http or https */
	struct slice json;        /* copied */
	uint64_t timeout_ms;      /* for all of it */
};

struct post *post_start(
    const struct post_opts *opts, post_fn *on_done, void *arg);
void post_free(struct post *post); /* cancels; NULL is fine */

#endif
