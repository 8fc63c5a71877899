/*
 * seen: an open hash table of hashes. Two strings of one hash count as one:
 * the seed is random, so nobody can aim at that.
 */
#include "credential/seen.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "base/secret.h"

/* Slots in use at first, for a login, and after it, for what is larger: few
 * enough for the cache. The next step is all of them. */
#define SEEN_FEW 64
#define SEEN_MORE 512

void
seen_init(struct seen *seen, size_t entries)
{
	size_t slots = 64;

	while (slots < entries * 2)
		slots *= 2;
	seen->slots = mem_zalloc(slots * sizeof(*seen->slots));
	seen->most = slots - 1;
	seen->mask = slots < SEEN_FEW ? slots - 1 : SEEN_FEW - 1;
	seen->epoch = 1;
	secret_random(&seen->seed, sizeof(seen->seed));
}

void
seen_clear(struct seen *seen)
{
	free(seen->slots);
	seen->slots = NULL;
}

void
seen_reset(struct seen *seen)
{
	seen->n = 0;
	if (seen->mask > SEEN_FEW - 1)
		seen->mask = SEEN_FEW - 1;
	if (++seen->epoch != 0)
		return;
	memset(seen->slots, 0, (seen->most + 1) * sizeof(*seen->slots));
	seen->epoch = 1;
}

/* It is at most half full, so that there is a free slot. */
struct seen_slot *
seen_find(struct seen *seen, uint64_t hash)
{
	size_t i = hash & seen->mask;

	while (
	    seen->slots[i].epoch == seen->epoch && seen->slots[i].hash != hash)
		i = (i + 1) & seen->mask;
	return &seen->slots[i];
}

bool
seen_has(const struct seen *seen, const struct seen_slot *slot)
{
	return slot->epoch == seen->epoch;
}

static void
seen_grow(struct seen *seen)
{
	struct seen_slot old[SEEN_MORE];
	size_t n = seen->mask + 1, i;

	must(n <= SEEN_MORE);
	memcpy(old, seen->slots, n * sizeof(*old));
	memset(seen->slots, 0, n * sizeof(*old));
	seen->mask = n < SEEN_MORE && seen->most >= SEEN_MORE ? SEEN_MORE - 1
							      : seen->most;
	for (i = 0; i < n; i++) {
		if (old[i].epoch == seen->epoch)
			*seen_find(seen, old[i].hash) = old[i];
	}
}

void
seen_put(struct seen *seen, struct seen_slot *slot, uint64_t hash, size_t index)
{
	slot->epoch = seen->epoch;
	slot->hash = hash;
	slot->index = (uint32_t)index;
	if (++seen->n * 2 > seen->mask && seen->mask < seen->most)
		seen_grow(seen);
}
