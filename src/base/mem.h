/*
 * mem: allocation that succeeds or ends the process, and checked sizes.
 *
 * Out of memory in a worker is fatal (the supervisor starts a new one), so
 * that no path is ever half handled.  Every size a peer had a part in goes
 * through mem_mul() or mem_add() before it gets here.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>

/* malloc/calloc/realloc/strdup that never return NULL; the caller frees. */
void *mem_alloc(size_t size);
void *mem_zalloc(size_t size);
void *mem_resize(void *old, size_t count, size_t size);
char *mem_dup(const char *string);
char *mem_dupn(const void *bytes, size_t len); /* adds a NUL */
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* *out = a * b (a + b); false, *out untouched, where it would overflow. */
bool mem_mul(size_t a, size_t b, size_t *out);
bool mem_add(size_t a, size_t b, size_t *out);

/* Grows an array so that it holds one more than `count` items of `size`
 * bytes; doubles *cap. Returns the array, perhaps moved. */
void *mem_grow(void *array, size_t count, size_t *cap, size_t size);

#endif
