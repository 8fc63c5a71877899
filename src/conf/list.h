/*
 * list: appending to the growable lists of conf/model.h.
 */
#ifndef CONF_LIST_H
#define CONF_LIST_H

#include <stddef.h>

#include "base/arena.h"

/* Room for one more than n items of `size` bytes: old, or a larger copy in
 * the arena. */
void *list_grow(
    struct arena *arena, void *old, size_t n, size_t *cap, size_t size);

#define LIST_PUSH(arena, list, ...)                                            \
	do {                                                                   \
		(list)->v = list_grow((arena), (list)->v, (list)->n,           \
		    &(list)->cap, sizeof(*(list)->v));                         \
		(list)->v[(list)->n++] = (__VA_ARGS__);                        \
	} while (0)

#endif
