/*
 * filter_acts: what `sallyport filter` can do, a function each.
 */
#ifndef CLI_FILTER_ACTS_H
#define CLI_FILTER_ACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/filter_store.h"

/* The command line, understood. */
struct filter_verb {
	const char *conf;          /* path */
	char *path, *key_path;     /* owned */
	const char *operand;       /* NULL: none */
	bool hashes, quiet, given; /* given: an option for a new filter */
	bool due;
	uint64_t rotate_ms; /* of the configuration; 0: none */
	struct filter_params params;
	struct filter_store store;
};

struct filter_act {
	const char *word;
	/* Says what failed; returns the verb's exit status. */
	int (*run)(struct filter_verb *verb);
	int least, most; /* operands */
};

/* NULL where there is none of that name. */
const struct filter_act *filter_act_find(const char *word);

#endif
