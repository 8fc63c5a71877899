/*
 * notices: whom the directory process still has something to tell.
 *
 * A script or a picture can't show why it was refused, so the next page that
 * the same account opens on the same site does, once (directory/untold.h).
 * Here is which pages are worth a question; a worker forgets nothing that
 * matters when it ends.
 */
#ifndef PROXY_NOTICES_H
#define PROXY_NOTICES_H

#include <stdbool.h>

#include "proxy/exchange.h"

struct notices;

struct notices *notices_new(void);
void notices_free(struct notices *notices); /* NULL is fine */

/* x was refused in a form that nobody reads: tells the directory, which
 * tells all workers. */
void notices_add(struct exchange *x);
void notices_on_notice(
    struct notices *notices, const struct msg_notice *notice);
/* Is x a page on which there may be something to tell? To be asked about
 * (way_tell), and not again. */
bool notices_may_tell(struct notices *notices, const struct exchange *x);

#endif
