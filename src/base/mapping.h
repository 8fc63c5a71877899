/*
 * mapping: a file's bytes as memory, shared with whoever else maps it.
 */
#ifndef BASE_MAPPING_H
#define BASE_MAPPING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

struct mapping {
	void *p; /* owned; NULL: nothing is mapped */
	size_t n;
};

/* Maps all of fd, which stays the caller's. 0, or -1 with errno (EINVAL for
 * what is empty or no regular file) and *out as it was. */
int mapping_open(struct mapping *out, int fd, bool writable);
void mapping_close(struct mapping *mapping); /* may be called again */
/* Has the pages of [p, p + n), which lie in a mapping, stored: 0, or -1 with
 * errno. */
int mapping_sync(void *p, size_t n);

/* A sealed memfd of that name with these bytes; the caller closes it. -1
 * with errno. */
int mapping_seal(const char *name, struct slice bytes);

#endif
