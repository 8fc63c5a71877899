/*
 * cover: compares conditions of rules, for the warning that a rule can never
 * match.
 */
#include "conf/cover.h"

#include "base/glob.h"
#include "base/prefix.h"

static bool
spend(size_t *budget)
{
	if (*budget == 0)
		return false;
	--*budget;
	return true;
}

bool
cover_pattern(struct slice outer, struct slice inner)
{
	if (slice_eq(outer, inner))
		return true;
	/* a "*" in inner is matched by one in outer as any other byte is */
	return glob_matches(outer, inner);
}

static bool
who_has(const struct who *who, const struct who_item *inner, size_t *budget)
{
	for (size_t i = 0; i < who->items.n && spend(budget); i++) {
		const struct who_item *item = &who->items.v[i];

		if (item->is_group != inner->is_group)
			continue;
		if (item->is_group
			? slice_eq(item->pattern, inner->pattern)
			: cover_pattern(item->pattern, inner->pattern))
			return true;
	}
	return false;
}

static bool
who_within(const struct who *outer, const struct who *inner, size_t *budget)
{
	for (size_t i = 0; i < inner->items.n; i++)
		if (!who_has(outer, &inner->items.v[i], budget))
			return false;
	return true;
}

bool
cover_who(const struct who *outer, const struct who *inner, size_t *budget)
{
	if (outer->items.n == 0)
		return true;
	if (inner->items.n == 0 || outer->negated != inner->negated)
		return false;
	/* what is left out by the outer must be left out by the inner */
	return outer->negated ? who_within(inner, outer, budget)
			      : who_within(outer, inner, budget);
}

static bool
name_covers(const struct name_pattern *outer, const struct name_pattern *inner)
{
	struct slice name = slice_from(inner->name, inner->len);

	if (outer->wildcard && inner->wildcard &&
	    slice_eq(slice_from(outer->name, outer->len), name))
		return true;
	if (inner->wildcard && !outer->wildcard)
		return false;
	return pattern_matches(outer, name);
}

bool
cover_dest(const struct dest *outer, const struct dest *inner)
{
	if (outer->kind == DEST_ANY)
		return true;
	if (outer->kind != inner->kind)
		return false;
	switch (outer->kind) {
	case DEST_ANY:
	case DEST_INTERNAL:
		return true;
	case DEST_NAME:
		return name_covers(&outer->name, &inner->name);
	case DEST_PREFIX:
		return prefix_covers(&outer->prefix, &inner->prefix);
	case DEST_PORT:
		return outer->port.from <= inner->port.from &&
		    inner->port.to <= outer->port.to;
	case DEST_LIST:
		return outer->list == inner->list;
	}
	return false;
}

bool
cover_dests(const dests *list, const struct dest *inner, size_t *budget)
{
	for (size_t i = 0; i < list->n && spend(budget); i++)
		if (cover_dest(&list->v[i], inner))
			return true;
	return false;
}

static bool
covers_to(const struct rule *outer, const struct rule *inner, size_t *budget)
{
	const struct dest any = { .kind = DEST_ANY };

	if (outer->to.n == 0)
		return true;
	if (outer->to_negated || inner->to_negated)
		return false;
	if (inner->to.n == 0)
		return cover_dests(&outer->to, &any, budget);
	for (size_t i = 0; i < inner->to.n; i++)
		if (!cover_dests(&outer->to, &inner->to.v[i], budget))
			return false;
	return true;
}

static bool
from_has(const struct rule *outer, const struct prefix *inner, size_t *budget)
{
	for (size_t i = 0; i < outer->from.n && spend(budget); i++)
		if (prefix_covers(&outer->from.v[i], inner))
			return true;
	return false;
}

static bool
covers_from(const struct rule *outer, const struct rule *inner, size_t *budget)
{
	for (size_t i = 0; i < inner->from.n; i++)
		if (!from_has(outer, &inner->from.v[i], budget))
			return false;
	return outer->from.n == 0 || inner->from.n > 0;
}

static bool
port_within(
    const struct rule *outer, const struct port_range *inner, size_t *budget)
{
	for (size_t i = 0; i < outer->ports.n && spend(budget); i++)
		if (outer->ports.v[i].from <= inner->from &&
		    inner->to <= outer->ports.v[i].to)
			return true;
	return false;
}

static bool
covers_ports(const struct rule *outer, const struct rule *inner, size_t *budget)
{
	for (size_t i = 0; outer->ports.n && i < inner->ports.n; i++)
		if (!port_within(outer, &inner->ports.v[i], budget))
			return false;
	return outer->ports.n == 0 || inner->ports.n > 0;
}

/* Methods are equal; a path is at or below the other. */
static bool
path_below(struct slice outer, struct slice inner)
{
	if (slice_eq_str(outer, "/"))
		return true;
	return slice_starts(inner, outer) &&
	    (inner.n == outer.n || inner.p[outer.n] == '/');
}

static bool
method_same(struct slice outer, struct slice inner)
{
	return slice_eq(outer, inner);
}

struct words {
	const struct slice *v;
	size_t n;
};

static bool
covers_words(struct words outer, struct words inner,
    bool (*covers)(struct slice outer, struct slice inner), size_t *budget)
{
	if (outer.n == 0)
		return true;
	for (size_t i = 0; i < inner.n; i++) {
		size_t j = 0;

		while (j < outer.n && spend(budget) &&
		    !covers(outer.v[j], inner.v[i]))
			j++;
		if (j == outer.n || *budget == 0)
			return false;
	}
	return inner.n > 0;
}

static bool
time_within(const struct time_range *outer, const struct time_range *inner)
{
	if ((inner->days & outer->days) != inner->days)
		return false;
	if (outer->from == inner->from && outer->to == inner->to)
		return true;
	return outer->from < outer->to && inner->from < inner->to &&
	    outer->from <= inner->from && inner->to <= outer->to;
}

static bool
covers_times(const struct rule *outer, const struct rule *inner, size_t *budget)
{
	if (outer->times.n == 0)
		return true;
	for (size_t i = 0; i < inner->times.n; i++) {
		size_t j = 0;

		while (j < outer->times.n && spend(budget) &&
		    !time_within(&outer->times.v[j], &inner->times.v[i]))
			j++;
		if (j == outer->times.n || *budget == 0)
			return false;
	}
	return inner->times.n > 0;
}

bool
cover_rule(const struct rule *outer, const struct rule *inner, size_t *budget)
{
	struct words methods = { outer->methods.v, outer->methods.n };
	struct words paths = { outer->paths.v, outer->paths.n };

	return cover_who(&outer->who, &inner->who, budget) &&
	    covers_from(outer, inner, budget) &&
	    covers_to(outer, inner, budget) &&
	    covers_ports(outer, inner, budget) &&
	    covers_words(methods,
		(struct words){ inner->methods.v, inner->methods.n },
		method_same, budget) &&
	    covers_words(paths,
		(struct words){ inner->paths.v, inner->paths.n }, path_below,
		budget) &&
	    covers_times(outer, inner, budget);
}
