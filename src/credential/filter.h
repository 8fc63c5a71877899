/*
 * filter: which (account, password) pairs may be real ones.
 *
 * A blocked Bloom filter in a memory region that the caller maps: a look-up
 * touches one cache line.  It answers "no" or "maybe"; the rate of wrong
 * "maybe" is a parameter and never zero.  Passwords can't be taken out one
 * by one: a line is divided into lanes, one a generation, and rotation
 * empties the oldest.
 *
 * One writer (who holds it: the caller's lock) and any number of readers of
 * the same pages, who see new bits at once.  The file's layout, its seals and
 * what happens after a crash: credential/filter_file.h.
 */
#ifndef CREDENTIAL_FILTER_H
#define CREDENTIAL_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "credential/token.h"

#define FILTER_LANES_MAX 4
#define FILTER_CAPACITY_MAX ((uint64_t)1 << 32)
#define FILTER_RATE_MIN 1e-9
#define FILTER_RATE_MAX 0.1

enum filter_kind {
	FILTER_PASSWORDS = 1 << 0, /* has tokens of passwords */
	FILTER_NT_HASHES = 1 << 1, /* has tokens of NT hashes */
};

struct filter_params {
	uint64_t capacity; /* entries of one generation */
	double rate;       /* wrong "maybe" of a full filter, all lanes */
	unsigned lanes;    /* generations kept: 1, 2 or 4 */
	unsigned kinds;    /* enum filter_kind */
	struct token_rule rule;
};

#define FILTER_PARAMS_DEFAULT                                                  \
	((struct filter_params){ .capacity = 100000,                           \
	    .rate = 1e-6,                                                      \
	    .lanes = 2,                                                        \
	    .kinds = FILTER_PASSWORDS,                                         \
	    .rule = TOKEN_RULE_DEFAULT })

struct filter;

enum filter_mode {
	FILTER_READ,  /* the region may be read-only */
	FILTER_WRITE, /* finishes what a crash left undone */
};

/* NULL, or what is wrong in words. */
const char *filter_params_check(const struct filter_params *params);

/* Bytes of the file that params need; params must be valid. */
size_t filter_size(const struct filter_params *params);

/* Lays out an empty filter in mem (page aligned, `size` as filter_size says)
 * in the state "building": filter_load() fills it, filter_seal() ends it, and
 * before that nobody can open it. The caller owns mem, and *out by
 * filter_close(). now: seconds since 1970. NULL, or a reason. */
const char *filter_create(void *mem, size_t size,
    const struct filter_params *params, const struct token_key *key,
    uint64_t now, struct filter **out);

/* Opens what is in mem: NULL, or why it is refused ("the filter was made
 * with another key"). All seals are checked, but for who has no key for them
 * and takes the word of whoever handed the file over: FILTER_READ then. key
 * must outlive the filter. */
const char *filter_open(void *mem, size_t size, const struct token_key *key,
    enum filter_mode mode, struct filter **out);
void filter_close(struct filter *filter); /* not mem; NULL is fine */

/* Calls fn before the filter relies on bytes [p, p + n) of mem being stored,
 * in that order (msync(2), to survive a loss of power and not just the
 * process's death). NULL, the default, stores nothing. */
void filter_on_sync(
    struct filter *filter, void (*fn)(void *arg, void *p, size_t n), void *arg);

/* "Maybe" is true. */
bool filter_test(const struct filter *filter, const struct token *token);
/* Bit i of the answer: token i of at most 64. Faster than one by one. */
uint64_t filter_test_many(
    const struct filter *filter, const struct token *tokens, size_t n);

/* Adds to the newest generation. When it returns, the entry survives the
 * process's death. False where the generation had it already. */
bool filter_add(struct filter *filter, const struct token *token, uint64_t now);

/* Adds while building: fast, and void unless filter_seal() follows. */
bool filter_load(struct filter *filter, const struct token *token);
void filter_seal(struct filter *filter, uint64_t now);

/* Copies src into mem (as large) with its oldest generation emptied and made
 * the newest. The caller renames the new file over the old one. */
const char *filter_rotate(const struct filter *src, void *mem, size_t size,
    uint64_t now, struct filter **out);

struct filter_lane_info {
	uint64_t entries;
	uint64_t started; /* seconds since 1970; 0: never used */
	double fill;      /* of its bits, 0..1 */
};

struct filter_info {
	struct filter_params params;
	size_t size;
	unsigned version;
	unsigned probes;  /* bits an entry sets */
	uint64_t blocks;  /* cache lines */
	uint64_t created; /* seconds since 1970 */
	uint64_t changed;
	unsigned newest; /* lane */
	struct filter_lane_info lane[FILTER_LANES_MAX];
	double true_rate; /* wrong "maybe", estimated from the bits set */
	bool over;        /* a generation holds more than its capacity */
};

void filter_info(const struct filter *filter, struct filter_info *out);
const struct token_rule *filter_rule(const struct filter *filter);
unsigned filter_kinds(const struct filter *filter);

#endif
