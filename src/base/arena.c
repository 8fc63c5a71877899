/*
 * arena: small pieces cut from a few large ones.
 *
 * Runs wherever something lives as long as one exchange.  It never frees a
 * single piece and never moves one.  Nothing is taken from the heap before
 * the first piece is asked for: an idle connection's arena costs its struct.
 */
#include "base/arena.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"

struct chunk {
	struct chunk *next; /* owned */
	size_t used;
	_Alignas(max_align_t) unsigned char data[];
};

struct arena {
	struct chunk *chunks; /* owned; newest first, each of chunk_size */
	struct chunk *large;  /* owned; one allocation each */
	size_t chunk_size;
	size_t used;
};

static size_t
aligned(size_t size)
{
	size_t align = _Alignof(max_align_t);
	size_t padded;

	if (!mem_add(size, align - 1, &padded))
		return size; /* no chunk will be that large either */
	return padded & ~(align - 1);
}

static void *
chunk_push(struct chunk **list, size_t size)
{
	struct chunk *chunk;
	size_t total = SIZE_MAX; /* where it overflows: out of memory */

	(void)mem_add(sizeof(*chunk), size, &total);
	chunk = mem_alloc(total);
	chunk->next = *list;
	chunk->used = 0;
	*list = chunk;
	return chunk->data;
}

/* Frees chunks from the newest on until `keep` of the oldest is reached. */
static struct chunk *
chunk_drop(struct chunk *chunk, bool keep_oldest)
{
	while (chunk && (chunk->next || !keep_oldest)) {
		struct chunk *next = chunk->next;

		free(chunk);
		chunk = next;
	}
	return chunk;
}

struct arena *
arena_new(size_t chunk)
{
	struct arena *arena = mem_zalloc(sizeof(*arena));

	must(chunk > 0);
	arena->chunk_size = aligned(chunk);
	return arena;
}

void
arena_free(struct arena *arena)
{
	if (!arena)
		return;
	chunk_drop(arena->chunks, false);
	chunk_drop(arena->large, false);
	free(arena);
}

void
arena_reset(struct arena *arena)
{
	arena->large = chunk_drop(arena->large, false);
	arena->chunks = chunk_drop(arena->chunks, true);
	if (arena->chunks)
		arena->chunks->used = 0;
	arena->used = 0;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	size_t need = aligned(size ? size : 1);
	struct chunk *chunk = arena->chunks;

	if (need > arena->chunk_size) {
		arena->used += size;
		return chunk_push(&arena->large, need);
	}
	if (!chunk || arena->chunk_size - chunk->used < need) {
		chunk_push(&arena->chunks, arena->chunk_size);
		chunk = arena->chunks;
	}
	chunk->used += need;
	arena->used += size;
	return chunk->data + chunk->used - need;
}

void *
arena_zalloc(struct arena *arena, size_t size)
{
	return memset(arena_alloc(arena, size), 0, size);
}

struct slice
arena_dup(struct arena *arena, struct slice s)
{
	return slice_from(arena_str(arena, s), s.n);
}

char *
arena_str(struct arena *arena, struct slice s)
{
	size_t total = SIZE_MAX;
	char *copy;

	(void)mem_add(s.n, 1, &total);
	copy = arena_alloc(arena, total);
	if (s.n)
		memcpy(copy, s.p, s.n);
	copy[s.n] = '\0';
	return copy;
}

struct slice
arena_printf(struct arena *arena, const char *fmt, ...)
{
	va_list args;
	char *text;
	int n;

	va_start(args, fmt);
	n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	must(n >= 0);
	text = arena_alloc(arena, (size_t)n + 1);
	va_start(args, fmt);
	vsnprintf(text, (size_t)n + 1, fmt, args);
	va_end(args);
	return slice_from(text, (size_t)n);
}

size_t
arena_used(const struct arena *arena)
{
	return arena->used;
}
