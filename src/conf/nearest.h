/*
 * nearest: the known word that a person most likely meant.
 */
#ifndef CONF_NEAREST_H
#define CONF_NEAREST_H

#include "base/slice.h"

/* Candidates are offered one by one; what was nearest stands in best. */
struct nearest {
	struct slice word; /* borrowed */
	struct slice best; /* borrowed from a candidate; empty: none near */
	unsigned distance;
};

struct nearest nearest_to(struct slice word);
void nearest_offer(struct nearest *nearest, struct slice candidate);

#endif
