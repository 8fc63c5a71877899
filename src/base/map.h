/*
 * map: a bounded hash table from byte strings to pointers, oldest out first.
 *
 * Hashed with XXH3 under a random seed, so that a peer can't aim for one
 * bucket.  Keys are copied; values are the caller's and are handed to the
 * map's free function when they leave.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stddef.h>

#include "base/slice.h"

struct map;

/* max: entries held at most (0: no bound); beyond it the entry that was used
 * longest ago leaves. on_free may be NULL. The caller owns the map. */
struct map *map_new(size_t max, void (*on_free)(void *value));
void map_free(struct map *map); /* frees the values; NULL is fine */

/* Replaces what stands there (and frees it). value must not be NULL. */
void map_set(struct map *map, struct slice key, void *value);
/* Borrowed from the map; counts as a use. NULL where there is none. */
void *map_get(struct map *map, struct slice key);
/* As map_get, without counting as a use. */
void *map_peek(const struct map *map, struct slice key);
/* Removes and hands over: the caller owns the value. */
void *map_take(struct map *map, struct slice key);
void map_del(struct map *map, struct slice key);
size_t map_count(const struct map *map);

/* Calls fn for every entry, oldest first, until it returns non-zero; fn may
 * delete the entry it is called for and no other. */
int map_each(struct map *map,
    int (*fn)(struct slice key, void *value, void *arg), void *arg);

#endif
