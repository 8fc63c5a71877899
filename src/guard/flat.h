/*
 * flat: one rule of proxy.conf as prefixes and ports.
 */
#ifndef GUARD_FLAT_H
#define GUARD_FLAT_H

#include "base/prefix.h"
#include "conf/model.h"
#include "guard/cells.h"
#include "guard/namepins.h"

/* What `internal` stands for, as the rules see it. */
struct inside {
	const struct prefix **prefixes; /* owned array of borrowed prefixes */
	size_t n, cap;
	bool has_names; /* an address may be inside by a name */
};

void inside_init(struct inside *inside, const struct conf *conf);
void inside_clear(struct inside *inside);

/* The flat form; with what the kernel can't know taken for "may be" and, if
 * maybe_allows, a maybe to be allowed for yes. pinned: what names stand for;
 * NULL: it can't be known. Borrows from all of them. */
void flat_rule(struct flat *flat, const struct rule *rule, uint32_t number,
    const struct inside *inside, const struct namepins *pinned,
    bool maybe_allows);
/* What is left to the end: internal ones are denied, others allowed. */
void flat_internal(struct flat *flat, const struct inside *inside);
void flat_rest(struct flat *flat, uint32_t rule);
void flat_clear(struct flat *flat);

#endif
