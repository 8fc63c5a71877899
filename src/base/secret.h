/*
 * secret: bytes that must not be printed, swapped, dumped or left behind.
 *
 * The memory is locked and excluded from core dumps where the system allows,
 * and wiped when cleared.  There is no function that formats one.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

struct secret {
	unsigned char *p; /* owned */
	size_t n;
	size_t cap;
};

/* An empty secret with room for cap bytes. */
void secret_init(struct secret *secret, size_t cap);
void secret_set(struct secret *secret, const void *p, size_t n);
/* Wipes and releases; a cleared or all-zero secret may be cleared again. */
void secret_clear(struct secret *secret);

/* Reads fd to its end, at most max bytes: 0, or -1 with errno (EFBIG) and the
 * secret as it was. */
int secret_read(struct secret *secret, int fd, size_t max);

struct slice secret_slice(const struct secret *secret); /* borrowed */

/* Constant time in the length of the shorter. */
bool secret_eq(struct slice a, struct slice b);
void secret_wipe(void *p, size_t n);   /* not optimised away */
void secret_random(void *p, size_t n); /* getrandom(2); fatal if it fails */

#endif
