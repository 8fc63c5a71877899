/*
 * changes: what is different between one account file and the next.
 */
#ifndef DIRECTORY_CHANGES_H
#define DIRECTORY_CHANGES_H

#include <stdbool.h>

#include "directory/accounts.h"

#define CHANGES_BATCH_MAX (48u << 10) /* bytes of names in a call */

/* names: one a line, borrowed for the time of the call. gone: those are in the
 * old file alone; else they are new, or their hash or spelling is. */
typedef void changes_fn(struct slice names, bool gone, void *arg);

/* As many calls as it takes; none where nothing is different. NULL: a file
 * without accounts. */
void changes_each(const struct accounts *old, const struct accounts *fresh,
    changes_fn *on_names, void *arg);

#endif
