/*
 * secret_files: watches the files that hold secrets for the directory
 * process, so that one that was missing or changed is handed out again.
 */
#ifndef CLI_SECRET_FILES_H
#define CLI_SECRET_FILES_H

#include <event2/event.h>

#include "conf/model.h"

struct secret_files;

/* on_change: one of them is another one. */
struct secret_files *secret_files_new(
    struct event_base *base, void (*on_change)(void *arg), void *arg);
void secret_files_free(struct secret_files *files); /* NULL is fine */
/* From now on those that conf names. */
void secret_files_watch(struct secret_files *files, const struct conf *conf);

#endif
