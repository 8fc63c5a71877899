/*
 * leaves: the leaf certificates minted of late, by authority and name.
 *
 * Bounded by count; the one that was asked for longest ago leaves.  A name
 * asked for by every worker at once is minted once, because the signer does
 * one thing at a time and finds it here the second time.
 */
#ifndef SIGNER_LEAVES_H
#define SIGNER_LEAVES_H

#include "signer/mint.h"

#define LEAVES_MAX 10000
/* A leaf is minted anew when it has less than this left, unless that was
 * done today: clients keep what they got for a while. */
#define LEAVES_RENEW_DAYS 30

struct leaves;

struct leaves_counts {
	uint64_t minted, found; /* since the start */
	size_t held;
};

struct leaves *leaves_new(size_t max);
void leaves_free(struct leaves *leaves); /* NULL is fine */

/* The leaf (and chain, DER) for request->names[0], which is all that the
 * cache looks at beside the authority; minted where it isn't there. *der is
 * borrowed until the next call. NULL, or why not in words. */
const char *leaves_get(struct leaves *leaves, const struct authority *authority,
    const struct mint_request *request, struct slice *der);
void leaves_forget(struct leaves *leaves); /* the leaf key changed */
struct leaves_counts leaves_counts(const struct leaves *leaves);

#endif
