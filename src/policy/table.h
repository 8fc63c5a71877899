/*
 * table: a set of byte strings with a few bits each; filled once, then only
 * asked.  Strings are borrowed.
 */
#ifndef POLICY_TABLE_H
#define POLICY_TABLE_H

#include "base/slice.h"

struct table {
	struct table_slot {
		struct slice key;
		uint64_t hash;
		unsigned bits; /* 0: free */
	} * v;                 /* owned */
	size_t n, cap;         /* cap is a power of two, or 0 */
};

/* Adds bits to those of key. A table of zeroes is an empty one. */
void table_add(struct table *table, struct slice key, unsigned bits);
unsigned table_get(const struct table *table, struct slice key);
/* The same for who asks several tables: hash is slice_hash(key, 0). */
unsigned table_get_hashed(
    const struct table *table, struct slice key, uint64_t hash);
void table_clear(struct table *table);

#endif
