/*
 * account_file: watches the account file and says when there is a new one.
 *
 * Looks every two seconds whether the file of that name is another, or was
 * changed: portable, and right for files that are replaced by renaming.
 */
#ifndef CLI_ACCOUNT_FILE_H
#define CLI_ACCOUNT_FILE_H

#include <event2/event.h>

#include "conf/model.h"

struct account_file;

/* The file changed: open it and hand it out. */
typedef void account_file_fn(void *arg);

struct account_file *account_file_new(
    struct event_base *base, account_file_fn *on_change, void *arg);
/* Only another file of that name is a change: this one's content is written
 * to all the time. */
void account_file_watch_name(struct account_file *file, const char *path);
void account_file_free(struct account_file *file); /* NULL is fine */

/* From now on this file (NULL: none). A change of path is no change of
 * file: the caller hands the new one out by itself. */
void account_file_watch(struct account_file *file, const char *path);

#endif
