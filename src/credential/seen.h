/*
 * seen: which pieces and values a scan has met before, by their hashes.
 *
 * A table of a size that is set once, emptied in no time by counting the
 * epoch up; a usual request stays within a few cache lines of it.
 */
#ifndef CREDENTIAL_SEEN_H
#define CREDENTIAL_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct seen {
	struct seen_slot {
		uint32_t epoch;
		uint32_t index;
		uint64_t hash;
	} * slots;         /* owned */
	size_t mask, most; /* of the slots in use, of all */
	size_t n;
	uint32_t epoch;
	uint64_t seed; /* so that nobody can aim two values at one slot */
};

/* entries: the most that are ever put in between two resets. */
void seen_init(struct seen *seen, size_t entries);
void seen_clear(struct seen *seen); /* frees */
void seen_reset(struct seen *seen);

/* The slot of hash: its own (seen_has), or the free one where it belongs.
 * Valid until the next seen_put. */
struct seen_slot *seen_find(struct seen *seen, uint64_t hash);
bool seen_has(const struct seen *seen, const struct seen_slot *slot);
/* index: what to find there again. */
void seen_put(
    struct seen *seen, struct seen_slot *slot, uint64_t hash, size_t index);

#endif
