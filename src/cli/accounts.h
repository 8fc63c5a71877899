/*
 * accounts: watches the account file and says when there is a new one.
 *
 * Looks every two seconds whether the file of that name is another, or was
 * changed: portable, and right for files that are replaced by renaming.
 */
#ifndef CLI_ACCOUNTS_H
#define CLI_ACCOUNTS_H

#include <event2/event.h>

#include "conf/model.h"

struct accounts;

/* The file changed: open it and hand it out. */
typedef void accounts_fn(void *arg);

struct accounts *accounts_new(
    struct event_base *base, accounts_fn *on_change, void *arg);
void accounts_free(struct accounts *accounts); /* NULL is fine */

/* From now on this file (NULL: none). A change of path is no change of
 * file: the caller hands the new one out by itself. */
void accounts_watch(struct accounts *accounts, const char *path);

#endif
