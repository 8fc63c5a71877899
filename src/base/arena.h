/*
 * arena: memory that lives as long as one exchange and is freed at once.
 *
 * Never shared between owners, never used for secrets (they go to
 * base/secret.h).  Out of memory is fatal.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/slice.h"

struct arena;

/* chunk: bytes asked from the heap at a time; larger requests get a chunk of
 * their own. The caller owns the arena. */
struct arena *arena_new(size_t chunk);
void arena_free(struct arena *arena); /* NULL is fine */

/* Forgets all allocations and keeps the first chunk: what was handed out is
 * dangling after this. */
void arena_reset(struct arena *arena);

/* Aligned for any type; valid until arena_reset or arena_free. */
void *arena_alloc(struct arena *arena, size_t size);
void *arena_zalloc(struct arena *arena, size_t size);
struct slice arena_dup(struct arena *arena, struct slice s); /* NUL behind */
char *arena_str(struct arena *arena, struct slice s);
struct slice arena_printf(struct arena *arena, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Bytes handed out since the last reset. */
size_t arena_used(const struct arena *arena);

#endif
