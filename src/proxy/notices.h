/*
 * notices: what a person has not been told yet.
 *
 * A script or a picture can't show why it was refused, so the next page that
 * the same account opens on the same site does, once.  Kept by each worker
 * for its own connections: a browser comes back over the one it has.
 */
#ifndef PROXY_NOTICES_H
#define PROXY_NOTICES_H

#include <stdbool.h>

#include "proxy/exchange.h"

struct notices;

struct notices *notices_new(void);
void notices_free(struct notices *notices); /* NULL is fine */

/* x was refused in a form that nobody reads. */
void notices_add(struct notices *notices, const struct exchange *x);
/* Is x a page on which to tell? Then the notice counts as told. */
bool notices_take(struct notices *notices, const struct exchange *x);

#endif
