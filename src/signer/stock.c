/*
 * stock: finding a leaf before minting one.
 *
 * Runs in the signer.  The key of the map is a digest of the authority and
 * all that was asked for, so that a rotated CA never serves the old one's
 * leaves.
 */
#include "signer/stock.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"

#define DAY 86400

struct stock {
	struct map *map; /* owned; of struct leaf */
	size_t max;
	uint64_t minted, found;
};

struct leaf {
	struct minted minted;
	int64_t day; /* on which it was minted */
};

static void
leaf_free(void *arg)
{
	struct leaf *leaf = arg;

	minted_clear(&leaf->minted);
	free(leaf);
}

struct stock *
stock_new(size_t max)
{
	struct stock *stock = mem_zalloc(sizeof(*stock));

	stock->max = max;
	stock->map = map_new(max, leaf_free);
	return stock;
}

void
stock_free(struct stock *stock)
{
	if (!stock)
		return;
	map_free(stock->map);
	free(stock);
}

void
stock_forget(struct stock *stock)
{
	map_free(stock->map);
	stock->map = map_new(stock->max, leaf_free);
}

static bool
still_good(const struct leaf *leaf, int64_t now)
{
	int64_t left = leaf->minted.not_after - now;

	if (left < 0 || now < leaf->minted.not_before)
		return false;
	return left >= (int64_t)STOCK_RENEW_DAYS * DAY ||
	    leaf->day == now / DAY;
}

static const char *
mint_new(struct stock *stock, const struct authority *authority,
    const struct mint_request *request, struct slice key, struct leaf **out)
{
	struct leaf *leaf = mem_zalloc(sizeof(*leaf));
	const char *why = mint_leaf(authority, request, &leaf->minted);

	if (why) {
		free(leaf);
		return why;
	}
	leaf->day = request->now / DAY;
	stock->minted++;
	map_set(stock->map, key, leaf);
	*out = leaf;
	return NULL;
}

const char *
stock_get(struct stock *stock, const struct authority *authority,
    const struct mint_request *request, struct slice *der)
{
	unsigned char digest[MINT_DIGEST_SIZE];
	struct slice key;
	struct leaf *leaf;
	const char *why;

	mint_digest(authority, request, digest);
	key = slice_from(digest, sizeof(digest));
	leaf = map_get(stock->map, key);
	if (leaf && still_good(leaf, request->now)) {
		stock->found++;
	} else {
		why = mint_new(stock, authority, request, key, &leaf);
		if (why)
			return why;
	}
	*der = slice_from(leaf->minted.der, leaf->minted.n);
	return NULL;
}

struct stock_counts
stock_counts(const struct stock *stock)
{
	return (struct stock_counts){ stock->minted, stock->found,
		map_count(stock->map) };
}
