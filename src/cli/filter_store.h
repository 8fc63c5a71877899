/*
 * filter_store: the filter's file and its key's, for the verb `filter`.
 *
 * A change is made to a copy in memory, which then takes the file's place as
 * a whole (cli/replace.h): killed at any moment, this program leaves the old
 * file or the new one.  The directory process of a running proxy may write to
 * the old one meanwhile; it adds what it learned to the new one when it gets
 * it.
 */
#ifndef CLI_FILTER_STORE_H
#define CLI_FILTER_STORE_H

#include "base/mapping.h"
#include "cli/replace.h"
#include "credential/filter.h"

struct filter_store {
	const char *path, *key_path; /* borrowed */
	struct replace replace;
	struct token_key *key; /* owned */
	void *mem;             /* owned: the copy, or a new filter */
	size_t size;
	struct filter *filter; /* owned; over mem */
	char why[512];
};

/* All return NULL, or what went wrong in words: borrowed from the store. */

/* Reads the key; where make is set and there is none, makes one. */
const char *filter_store_key(struct filter_store *store, bool make);
/* Locks the file and copies it to memory, open for changes. */
const char *filter_store_open(struct filter_store *store);
/* Lays out a new filter in memory, to be filled and sealed: in place of the
 * one that is open, or, as the first, in a file that isn't there yet. */
const char *filter_store_fresh(
    struct filter_store *store, const struct filter_params *params);
/* The copy with its oldest generation emptied. */
const char *filter_store_rotate(struct filter_store *store);
/* Puts what is in memory in the file's place. */
const char *filter_store_commit(struct filter_store *store);
/* Unlocks; what wasn't committed is gone, and so is a file that was made for
 * it. All-zero but for the paths is fine. */
void filter_store_close(struct filter_store *store);

#endif
