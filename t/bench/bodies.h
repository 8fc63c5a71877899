/*
 * bodies: large request bodies, one for each decoder of the credential check.
 */
#ifndef BENCH_BODIES_H
#define BENCH_BODIES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

struct body {
	const char *name;
	const char *coding; /* a Content-Encoding, or "" */
	struct slice bytes; /* owned; see body_clear */
	size_t plain;       /* bytes before the last coding */
};

/* The body with that number, counted from 0; false: there are no more. */
bool body_make(size_t number, struct body *body);
void body_clear(struct body *body);

#endif
