/*
 * table: open addressing, at most half full.
 *
 * Keys come from the configuration, so that nobody who looks names up can
 * choose what collides.
 */
#include "policy/table.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"

#define FIRST 16

static struct table_slot *
find(const struct table *table, struct slice key, uint64_t hash)
{
	size_t mask = table->cap - 1, i = (size_t)hash & mask;

	while (table->v[i].bits &&
	    (table->v[i].hash != hash || !slice_eq(table->v[i].key, key)))
		i = (i + 1) & mask;
	return &table->v[i];
}

static void
grow(struct table *table)
{
	struct table old = *table;
	size_t bytes;

	table->cap = old.cap ? old.cap * 2 : FIRST;
	if (table->cap < old.cap ||
	    !mem_mul(table->cap, sizeof(*table->v), &bytes))
		fatal("out of memory (a table of %zu)", old.n);
	table->v = mem_zalloc(bytes);
	for (size_t i = 0; i < old.cap; i++)
		if (old.v[i].bits)
			*find(table, old.v[i].key, old.v[i].hash) = old.v[i];
	free(old.v);
}

void
table_add(struct table *table, struct slice key, unsigned bits)
{
	uint64_t hash = slice_hash(key, 0);
	struct table_slot *slot;

	if (table->n >= table->cap / 2)
		grow(table);
	slot = find(table, key, hash);
	if (!slot->bits) {
		slot->key = key;
		slot->hash = hash;
		table->n++;
	}
	slot->bits |= bits;
}

unsigned
table_get(const struct table *table, struct slice key)
{
	return table->n ? find(table, key, slice_hash(key, 0))->bits : 0;
}

unsigned
table_get_hashed(const struct table *table, struct slice key, uint64_t hash)
{
	return table->n ? find(table, key, hash)->bits : 0;
}

void
table_clear(struct table *table)
{
	free(table->v);
	*table = (struct table){ 0 };
}
