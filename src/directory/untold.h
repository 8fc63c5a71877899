/*
 * untold: what people are still to be told, for all workers.
 *
 * A script or a picture can't show why it was refused, so the next page that
 * the same account opens on the same site does, once.  Workers know by
 * notice messages that there is something to tell; who tells takes it here.
 */
#ifndef DIRECTORY_UNTOLD_H
#define DIRECTORY_UNTOLD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

#define UNTOLD_MAX 2048 /* half of what a channel's queue holds */
#define UNTOLD_MS (10u * 60 * 1000)
#define UNTOLD_TOKEN_MAX 64

struct untold;

struct untold *untold_new(void);
void untold_free(struct untold *untold); /* NULL is fine */

/* False where these can be no names. token: of the way on, or empty. */
bool untold_add(struct untold *untold, struct slice account, struct slice site,
    struct slice token);
/* False: nothing to tell. token gets what untold_add had, and a NUL. */
bool untold_take(struct untold *untold, struct slice account, struct slice site,
    char token[UNTOLD_TOKEN_MAX + 1]);

/* For a worker that has just come. */
void untold_each(struct untold *untold,
    void (*fn)(struct slice account, struct slice site, void *arg), void *arg);
size_t untold_count(struct untold *untold);

#endif
