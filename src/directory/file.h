/*
 * file: the account file as a provider.
 *
 * An account that doesn't exist is checked against a dummy hash and takes as
 * long as one that does.
 */
#ifndef DIRECTORY_FILE_H
#define DIRECTORY_FILE_H

#include <event2/event.h>

#include "directory/accounts.h"
#include "directory/provider.h"

struct file;

struct file *file_new(struct event_base *base, unsigned threads,
    provider_fn *on_answer, void *arg);
void file_free(struct file *file); /* NULL is fine */

/* Takes the accounts over, or NULL, and frees the ones before. A check under
 * way succeeds only where its account has the same hash in the new ones. */
void file_set_accounts(struct file *file, struct accounts *accounts);
/* Those in force; NULL: none. */
const struct accounts *file_accounts(const struct file *file);
struct provider file_provider(struct file *file); /* borrowed from file */

#endif
