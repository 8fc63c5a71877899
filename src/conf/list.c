/*
 * list: memory for the model's lists; it all goes with the model's arena.
 */
#include "conf/list.h"

#include <string.h>

#include "base/log.h"
#include "base/mem.h"

#define FIRST 4

void *
list_grow(struct arena *arena, void *old, size_t n, size_t *cap, size_t size)
{
	size_t bigger = *cap ? *cap : FIRST / 2, bytes;
	void *v;

	if (n < *cap)
		return old;
	if (!mem_mul(bigger, 2, &bigger) || !mem_mul(bigger, size, &bytes))
		fatal("out of memory (a list of %zu)", n);
	v = arena_alloc(arena, bytes);
	if (n)
		memcpy(v, old, n * size);
	*cap = bigger;
	return v;
}
