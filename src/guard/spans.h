/*
 * spans: which ports a rule is about, and who decides about which port.
 *
 * Pure.  Port 0 stands for packets that have none.
 */
#ifndef GUARD_SPANS_H
#define GUARD_SPANS_H

#include <stdbool.h>
#include <stddef.h>

#include "conf/model.h"
#include "guard/kernel.h"

/* Ports, as ranges in order that don't touch. */
struct spans {
	struct port_range *v; /* owned */
	size_t n, cap;
};

/* Adds a range that begins behind all that are there. */
void spans_add(struct spans *spans, uint16_t from, uint16_t to);
void spans_clear(struct spans *spans);
bool spans_empty(const struct spans *spans);

/* The rule of every port, while it is found out: first come, first served. */
struct share {
	struct guard_clause clauses[GUARD_SET_CLAUSES];
	size_t n;
	struct port_range open[GUARD_SET_CLAUSES + 1]; /* nobody's yet */
	size_t nopen;
	bool failed; /* more clauses than a set holds */
};

void share_init(struct share *share);
/* What is still open of spans goes to rule. */
void share_give(struct share *share, const struct spans *spans, uint32_t rule);
/* All of it has an owner: nothing that comes later matters. */
bool share_complete(const struct share *share);
/* Puts the clauses in order, those of one rule side by side joined. */
void share_finish(struct share *share);

#endif
