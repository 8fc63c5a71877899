/*
 * stock: the leaf certificates minted of late, by authority and contents.
 *
 * Bounded by count; the one that was asked for longest ago leaves.  What
 * every worker asks for at once is minted once, because the signer does one
 * thing at a time and finds it here the second time.
 */
#ifndef SIGNER_STOCK_H
#define SIGNER_STOCK_H

#include "signer/mint.h"

#define STOCK_MAX 10000
/* A leaf is minted anew when it has less than this left, unless that was
 * done today: clients keep what they got for a while. */
#define STOCK_RENEW_DAYS 30

struct stock;

struct stock_counts {
	uint64_t minted, found; /* since the start */
	size_t held;
};

struct stock *stock_new(size_t max);
void stock_free(struct stock *stock); /* NULL is fine */

/* The leaf (and chain, DER) for that request, minted where it isn't there.
 * *der is borrowed until the next call. NULL, or why not in words. */
const char *stock_get(struct stock *stock, const struct authority *authority,
    const struct mint_request *request, struct slice *der);
void stock_forget(struct stock *stock); /* the leaf key changed */
struct stock_counts stock_counts(const struct stock *stock);

#endif
