/*
 * cells: the rules of one profile as the kernel looks them up: for each
 * prefix that some rule speaks of, who decides about which port there.
 *
 * Of an address the longest prefix that holds it says which others do, so
 * that one look-up finds all that matters, in the order of the rules.
 */
#ifndef GUARD_CELLS_H
#define GUARD_CELLS_H

#include "base/prefix.h"
#include "guard/kernel.h"
#include "guard/spans.h"

/* A rule without names: who it is about is settled. Everything borrowed. */
struct flat {
	uint32_t rule; /* number, and GUARD_RULE_ALLOW */
	const struct prefix *const *prefixes;
	size_t nprefixes;
	struct spans in;  /* ports it decides for addresses in the prefixes */
	struct spans out; /* … and for all others */
};

/* Clauses that don't fit into an entry, shared by all profiles. */
struct sets {
	struct guard_clause (*v)[GUARD_SET_CLAUSES]; /* owned */
	size_t n, cap;
	struct map *by_content; /* owned */
};

void sets_init(struct sets *sets);
void sets_clear(struct sets *sets);

struct cell {
	struct prefix prefix;
	struct guard_entry entry;
};

struct cells {
	struct cell *v; /* owned; in the order of prefixes */
	size_t n, cap;
};

/* Each rule of `order` is an index into flats; the last of them must decide
 * what is left. NULL, or what is wrong in words. The two roots, of IPv4 and
 * IPv6, are always among the cells. */
const char *cells_build(struct cells *cells, struct sets *sets,
    const struct flat *flats, const uint32_t *order, size_t norder);
void cells_clear(struct cells *cells);

/* What the kernel would find: the rule with its GUARD_RULE_ALLOW. addr is
 * unfolded. */
uint32_t cells_find(const struct cells *cells, const struct sets *sets,
    const struct addr *addr, uint16_t port);

#endif
