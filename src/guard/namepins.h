/*
 * namepins: the names in a host's rules, and what they stand for at the moment.
 *
 * Pure: who asks is guard/asker.h.  A name whose last question had no answer
 * stands for nothing where a rule allows, and for what it was known to be
 * where one denies.
 */
#ifndef GUARD_NAMEPINS_H
#define GUARD_NAMEPINS_H

#include "base/map.h"
#include "base/prefix.h"
#include "conf/model.h"

#define NAMEPINS_MAX 256      /* names of a configuration */
#define NAMEPINS_ADDRESSES 32 /* of a name */

struct namepin {
	struct slice name; /* canonical; borrowed from the model */
	bool answered;     /* the last question was */
	struct prefix *v;  /* owned: addresses */
	size_t n;
};

struct namepins {
	struct namepin *names; /* owned */
	size_t n, cap;
	struct map *by_name; /* owned: index and 1 */
};

/* The names of the model's rules, of which nothing is known; former: what is
 * known from there is taken over (or NULL). The model must outlive it. The
 * caller owns it. */
struct namepins *namepins_new(
    const struct conf *conf, const struct namepins *former);
void namepins_free(struct namepins *pinned); /* NULL is fine */

/* NULL: there is no such name. */
const struct namepin *namepins_find(
    const struct namepins *pinned, struct slice name);

/* An answer, in any order; more than NAMEPINS_ADDRESSES are left out. n 0: there
 * was none. Whether that changes what rules stand for. */
bool namepins_set(struct namepin *name, const struct addr *addrs, size_t n);

#endif
