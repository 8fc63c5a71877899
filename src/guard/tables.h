/*
 * tables: the kernel's copy of the rules, and the flip from one generation
 * to the next.
 *
 * Works on map descriptors, without privileges.  A generation is complete
 * before it is in force: packets see the old rules, then the new ones, and
 * nothing between.
 */
#ifndef GUARD_TABLES_H
#define GUARD_TABLES_H

#include "base/prefix.h"
#include "guard/compile.h"
#include "guard/load.h"

struct tables;

/* Borrows the descriptors. NULL and errno. The caller owns the tables. */
struct tables *tables_new(const int fds[GUARD_MAPS]);
void tables_free(struct tables *tables); /* NULL is fine */

struct tables_account {
	uint32_t number;
	uint32_t profile;
	bool exempt; /* host: while nobody logged in to it */
};

/* Addresses and ports (0: any) outside of the rules. */
struct tables_places {
	const struct prefix *prefixes;
	const uint16_t *ports;
	size_t n;
};

struct tables_rules {
	struct compiler *compiler;
	const struct tables_account *accounts;
	size_t naccounts;
	struct tables_places self; /* for sockets that have no tag */
	struct tables_places wire; /* see the account in an option */
	bool replies; /* host: connections from outside aren't judged */
	enum guard_containers containers; /* host */
	uint32_t container_account;
};

/* Fills the generation that isn't in force, and puts it in force. NULL, or
 * why not: then the old one stays. */
const char *tables_load(struct tables *tables, const struct tables_rules *r);
/* One more account in the generation in force; fresh: its profile is, too. */
const char *tables_add(struct tables *tables, const struct compiler *compiler,
    const struct tables_account *account, bool fresh);

/* Calls fn for every account that the kernel has ever been told of. */
void tables_each_account(const struct tables *tables,
    void (*fn)(uint32_t account, void *arg), void *arg);

uint32_t tables_generation(const struct tables *tables); /* 0: none yet */
void tables_set_mode(struct tables *tables, enum guard_mode mode);
enum guard_mode tables_mode(const struct tables *tables);
/* What the maps in force say of an account: 0 and the rule with its
 * GUARD_RULE_ALLOW, or -1 where they don't know it. */
int tables_find(const struct tables *tables, uint32_t account,
    const struct addr *addr, uint16_t port, uint32_t *rule);
/* Denials that are told: so many at once, and one more each interval. */
void tables_set_rate(
    struct tables *tables, uint32_t burst, uint32_t interval_ms);

/* Calls fn for every account with denials that no event told of, and begins
 * to count anew. */
void tables_take_left_out(struct tables *tables,
    void (*fn)(uint32_t account, uint32_t left_out, void *arg), void *arg);

/* Entries in the generation in force, for status; and all counters. */
size_t tables_entries(const struct tables *tables);
void tables_counts(
    const struct tables *tables, uint64_t counts[GUARD_COUNT_MAX]);

#endif
