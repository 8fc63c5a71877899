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

/* What is asked about, with what every look-up of a name needs worked out
 * once. */
#define PLACE_LABELS 128 /* more than a name of 253 bytes can have */
struct place_of {
	const struct host *host; /* NULL: unknown */
	const struct addr *addr; /* unfolded; NULL: unknown */
	uint16_t port;           /* 0: unknown */
	enum tri internal;
	/* the name, then what stands behind each of its dots */
	size_t nkeys;
	struct slice keys[PLACE_LABELS]; /* borrowed from host */
	uint64_t hashes[PLACE_LABELS];
};
/* All of it but internal, which is TRI_MAYBE. */
void place_init(struct place_of *place, const struct host *host,
    const struct addr *addr, uint16_t port);

/* An empty set has nobody in it. */
enum tri destset_has(const struct destset *set, const struct place_of *place);
bool destset_empty(const struct destset *set);

#endif
