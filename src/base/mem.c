/*
 * mem: the heap, without the case in which it says no.
 *
 * Runs in every process.  It never returns NULL and never multiplies without
 * looking: an array whose size overflows is treated as out of memory.
 */
#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/must.h"

#define GROW_FIRST 8

/* malloc(0) may return NULL and then looks like a failure; what no object can
 * be large enough for (SIZE_MAX from our callers' sums) isn't even asked for */
static size_t
possible(size_t size)
{
	if (size > PTRDIFF_MAX)
		fatal("out of memory (%zu bytes)", size);
	return size ? size : 1;
}

static void *
checked(void *p, size_t size)
{
	if (!p)
		fatal("out of memory (%zu bytes)", size);
	return p;
}

void *
mem_alloc(size_t size)
{
	return checked(malloc(possible(size)), size);
}

void *
mem_zalloc(size_t size)
{
	return checked(calloc(1, possible(size)), size);
}

void *
mem_resize(void *old, size_t count, size_t size)
{
	size_t total;

	if (!mem_mul(count, size, &total))
		fatal("out of memory (%zu times %zu bytes)", count, size);
	return checked(realloc(old, possible(total)), total);
}

char *
mem_dup(const char *string)
{
	return mem_dupn(string, strlen(string));
}

char *
mem_dupn(const void *bytes, size_t len)
{
	size_t total;
	char *copy;

	if (!mem_add(len, 1, &total))
		fatal("out of memory (%zu bytes)", len);
	copy = mem_alloc(total);
	if (len)
		memcpy(copy, bytes, len);
	copy[len] = '\0';
	return copy;
}

char *
mem_printf(const char *fmt, ...)
{
	va_list args;
	char *text = NULL;
	int n;

	va_start(args, fmt);
	n = vasprintf(&text, fmt, args);
	va_end(args);
	if (n < 0)
		fatal("out of memory (formatting)");
	return text;
}

bool
mem_mul(size_t a, size_t b, size_t *out)
{
	size_t result;

	if (__builtin_mul_overflow(a, b, &result))
		return false;
	*out = result;
	return true;
}

bool
mem_add(size_t a, size_t b, size_t *out)
{
	size_t result;

	if (__builtin_add_overflow(a, b, &result))
		return false;
	*out = result;
	return true;
}

void *
mem_grow(void *array, size_t count, size_t *cap, size_t size)
{
	size_t bigger = GROW_FIRST;

	must(count <= *cap);
	if (count < *cap)
		return array;
	if (*cap && !mem_mul(*cap, 2, &bigger))
		fatal("out of memory (%zu items)", *cap);
	array = mem_resize(array, bigger, size);
	*cap = bigger;
	return array;
}
