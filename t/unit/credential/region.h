/*
 * region: filters in memory, and entries by number, for tests.
 */
#ifndef UNIT_CREDENTIAL_REGION_H
#define UNIT_CREDENTIAL_REGION_H

#include "credential/filter.h"

struct region {
	void *mem; /* owned; shared with children */
	size_t size;
};

void region_init(struct region *region, size_t size);
void region_clear(struct region *region);

/* A finished, empty filter for `capacity` entries. */
struct filter *region_filter(struct region *region,
    const struct filter_params *params, const struct token_key *key);

struct token_key *region_key(const char *text);
/* The token that stands for entry number i. */
struct token entry(uint64_t i);

#endif
