/*
 * destset: destinations, compiled so that a look-up takes as many steps as a
 * name has labels, whatever their number.
 */
#ifndef POLICY_DESTSET_H
#define POLICY_DESTSET_H

#include <stdbool.h>

#include "conf/model.h"
#include "policy/tri.h"

struct destset;

/* Names and networks of a destination file. */
struct destset *destset_of_list(const struct dest_list *list);
/* Those of a statement; `find` gives the set of a file that it names, which
 * is borrowed and must outlive the new one. */
struct destset *destset_new(const dests *list,
    const struct destset *(*find)(const struct dest_list *, const void *arg),
    const void *arg);
void destset_free(struct destset *set);

/* What is asked about. Unknown parts: NULL, port 0, TRI_MAYBE. */
struct place_of {
	const struct host *host;
	const struct addr *addr; /* unfolded */
	uint16_t port;
	enum tri internal;
};

/* An empty set has nobody in it. */
enum tri destset_has(const struct destset *set, const struct place_of *place);
bool destset_empty(const struct destset *set);

#endif
