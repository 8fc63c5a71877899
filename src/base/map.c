/*
 * map: chains of entries by hash, and one list of them by last use.
 *
 * Runs wherever something is remembered about strangers, so it has a bound
 * and a seed.  It never looks into values and never calls out while its own
 * lists are half changed.
 */
#include "base/map.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "base/secret.h"

#define FIRST_BUCKETS 16

struct entry {
	struct entry *chain; /* borrowed: the next of the same bucket */
	struct entry *older; /* borrowed */
	struct entry *newer; /* borrowed */
	void *value;         /* owned once it leaves by on_free */
	uint64_t hash;
	size_t len;
	char key[];
};

struct map {
	struct entry **buckets; /* owned, as are the entries */
	size_t bucket_count;    /* a power of two */
	struct entry *oldest, *newest;
	size_t count, max;
	uint64_t seed;
	void (*on_free)(void *value);
};

static struct entry **
bucket_of(const struct map *map, uint64_t hash)
{
	return &map->buckets[hash & (map->bucket_count - 1)];
}

static struct entry *
lookup(const struct map *map, struct slice key)
{
	uint64_t hash = slice_hash(key, map->seed);
	struct entry *entry = *bucket_of(map, hash);

	for (; entry; entry = entry->chain)
		if (entry->hash == hash &&
		    slice_eq(slice_from(entry->key, entry->len), key))
			return entry;
	return NULL;
}

static void
list_remove(struct map *map, struct entry *entry)
{
	if (entry->older)
		entry->older->newer = entry->newer;
	else
		map->oldest = entry->newer;
	if (entry->newer)
		entry->newer->older = entry->older;
	else
		map->newest = entry->older;
}

static void
list_push(struct map *map, struct entry *entry)
{
	entry->older = map->newest;
	entry->newer = NULL;
	if (map->newest)
		map->newest->newer = entry;
	else
		map->oldest = entry;
	map->newest = entry;
}

static void
touch(struct map *map, struct entry *entry)
{
	if (entry == map->newest)
		return;
	list_remove(map, entry);
	list_push(map, entry);
}

/* Forgets the entry and returns its value, which is the caller's. */
static void *
unlink_entry(struct map *map, struct entry *entry)
{
	struct entry **at = bucket_of(map, entry->hash);
	void *value = entry->value;

	while (*at != entry)
		at = &(*at)->chain;
	*at = entry->chain;
	list_remove(map, entry);
	map->count--;
	free(entry);
	return value;
}

static void
release(struct map *map, void *value)
{
	if (value && map->on_free)
		map->on_free(value);
}

static void
set_buckets(struct map *map, size_t count)
{
	map->buckets = mem_resize(NULL, count, sizeof(struct entry *));
	memset(map->buckets, 0, count * sizeof(struct entry *));
	map->bucket_count = count;
}

static void
double_buckets(struct map *map)
{
	size_t count;

	/* longer chains are better than none */
	if (!mem_mul(map->bucket_count, 2, &count))
		return;
	free(map->buckets);
	set_buckets(map, count);
	for (struct entry *e = map->oldest; e; e = e->newer) {
		struct entry **at = bucket_of(map, e->hash);

		e->chain = *at;
		*at = e;
	}
}

static void
add(struct map *map, struct slice key, void *value)
{
	struct entry *entry;
	struct entry **at;
	size_t size = SIZE_MAX; /* where it overflows: out of memory */

	if (map->count >= map->bucket_count)
		double_buckets(map);
	(void)mem_add(sizeof(*entry), key.n, &size);
	entry = mem_alloc(size);
	entry->value = value;
	entry->hash = slice_hash(key, map->seed);
	entry->len = key.n;
	if (key.n)
		memcpy(entry->key, key.p, key.n);
	at = bucket_of(map, entry->hash);
	entry->chain = *at;
	*at = entry;
	list_push(map, entry);
	map->count++;
}

struct map *
map_new(size_t max, void (*on_free)(void *value))
{
	struct map *map = mem_zalloc(sizeof(*map));

	map->max = max;
	map->on_free = on_free;
	secret_random(&map->seed, sizeof(map->seed));
	set_buckets(map, FIRST_BUCKETS);
	return map;
}

void
map_free(struct map *map)
{
	if (!map)
		return;
	while (map->oldest)
		release(map, unlink_entry(map, map->oldest));
	free(map->buckets);
	free(map);
}

void
map_set(struct map *map, struct slice key, void *value)
{
	struct entry *entry = lookup(map, key);
	void *leaving = NULL;

	must(value != NULL);
	if (entry) {
		if (entry->value != value)
			leaving = entry->value;
		entry->value = value;
		touch(map, entry);
	} else {
		if (map->max && map->count >= map->max)
			leaving = unlink_entry(map, map->oldest);
		add(map, key, value);
	}
	release(map, leaving);
}

void *
map_get(struct map *map, struct slice key)
{
	struct entry *entry = lookup(map, key);

	if (!entry)
		return NULL;
	touch(map, entry);
	return entry->value;
}

void *
map_peek(const struct map *map, struct slice key)
{
	struct entry *entry = lookup(map, key);

	return entry ? entry->value : NULL;
}

void *
map_take(struct map *map, struct slice key)
{
	struct entry *entry = lookup(map, key);

	return entry ? unlink_entry(map, entry) : NULL;
}

void
map_del(struct map *map, struct slice key)
{
	release(map, map_take(map, key));
}

size_t
map_count(const struct map *map)
{
	return map->count;
}

int
map_each(struct map *map, int (*fn)(struct slice key, void *value, void *arg),
    void *arg)
{
	struct entry *next;

	for (struct entry *e = map->oldest; e; e = next) {
		int stop;

		next = e->newer; /* fn may delete e */
		stop = fn(slice_from(e->key, e->len), e->value, arg);
		if (stop)
			return stop;
	}
	return 0;
}
