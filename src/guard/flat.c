/*
 * flat: asks of a rule what policy/match.c would ask of it, once for
 * addresses that its list has and once for others, at each port where the
 * answer may change.
 */
#include "guard/flat.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/reach.h"
#include "policy/tri.h"

#define PORT_LAST 65535

/* --- internal ------------------------------------------------------------------ */

static void
inside_add(struct inside *inside, const struct prefix *prefixes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		inside->prefixes = mem_grow(inside->prefixes, inside->n,
		    &inside->cap, sizeof(*inside->prefixes));
		inside->prefixes[inside->n++] = &prefixes[i];
	}
}

void
inside_init(struct inside *inside, const struct conf *conf)
{
	const struct prefix *table;
	size_t n;

	*inside = (struct inside){ .prefixes = NULL };
	table = addr_special_prefixes(&n);
	inside_add(inside, table, n);
	if (!conf->internal_given) {
		table = addr_internal_prefixes(&n);
		inside_add(inside, table, n);
	}
	for (size_t i = 0; i < conf->internal.n; i++) {
		const struct dest *dest = &conf->internal.v[i];

		if (dest->kind == DEST_PREFIX)
			inside_add(inside, &dest->prefix, 1);
		if (dest->kind == DEST_NAME)
			inside->has_names = true;
		if (dest->kind != DEST_LIST)
			continue;
		inside_add(
		    inside, dest->list->prefixes.v, dest->list->prefixes.n);
		inside->has_names |= dest->list->names.n > 0;
	}
}

void
inside_clear(struct inside *inside)
{
	free(inside->prefixes);
	*inside = (struct inside){ .prefixes = NULL };
}

/* --- a rule ---------------------------------------------------------------------- */

struct look {
	const struct rule *rule;
	const struct namepins *pinned;
	bool any, has_names, has_ports; /* of its `to` */
	bool unknown; /* has a condition that the kernel can't know */
	bool maybe_is_yes;
	const struct prefix **prefixes;
	size_t n, cap;
};

static void
mention(struct look *look, const struct prefix *const *prefixes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		look->prefixes = mem_grow(look->prefixes, look->n, &look->cap,
		    sizeof(*look->prefixes));
		look->prefixes[look->n++] = prefixes[i];
	}
}

/* What was known of a name stands for it only where that takes away. */
static void
look_at_name(struct look *look, struct slice name)
{
	const struct namepin *found = look->pinned
	    ? namepins_find(look->pinned, name)
	    : NULL;

	look->has_names |= !look->pinned;
	if (!found || (!found->answered && look->rule->action == ACTION_ALLOW))
		return;
	for (size_t i = 0; i < found->n; i++) {
		const struct prefix *prefix = &found->v[i];

		mention(look, &prefix, 1);
	}
}

static void
look_at(struct look *look, const struct dest *dest, const struct inside *inside)
{
	const struct prefix *prefix = &dest->prefix;

	switch (dest->kind) {
	case DEST_ANY:
		look->any = true;
		break;
	case DEST_INTERNAL:
		mention(look, inside->prefixes, inside->n);
		look->has_names |= inside->has_names;
		break;
	case DEST_NAME:
		look_at_name(look, slice_from(dest->name.name, dest->name.len));
		break;
	case DEST_PREFIX:
		mention(look, &prefix, 1);
		break;
	case DEST_PORT:
		look->has_ports = true;
		break;
	case DEST_LIST:
		for (size_t i = 0; i < dest->list->names.n; i++)
			look_at_name(look, dest->list->names.v[i].name);
		for (size_t i = 0; i < dest->list->prefixes.n; i++) {
			prefix = &dest->list->prefixes.v[i];
			mention(look, &prefix, 1);
		}
		break;
	}
}

static enum tri
has_port(const struct rule *rule, unsigned port)
{
	if (port == 0)
		return TRI_MAYBE;
	for (size_t i = 0; i < rule->to.n; i++)
		if (rule->to.v[i].kind == DEST_PORT &&
		    rule->to.v[i].port.from <= port &&
		    port <= rule->to.v[i].port.to)
			return TRI_YES;
	return TRI_NO;
}

static enum tri
matches_to(const struct look *look, bool inside, unsigned port)
{
	enum tri found = look->has_names ? TRI_MAYBE : TRI_NO;

	if (look->rule->to.n == 0)
		return TRI_YES;
	if (look->any || inside)
		found = TRI_YES;
	if (look->has_ports)
		found = tri_or(found, has_port(look->rule, port));
	return look->rule->to_negated ? tri_not(found) : found;
}

static enum tri
matches_ports(const struct rule *rule, unsigned port)
{
	for (size_t i = 0; i < rule->ports.n; i++)
		if (rule->ports.v[i].from <= port &&
		    port <= rule->ports.v[i].to)
			return TRI_YES;
	return rule->ports.n == 0 ? TRI_YES : TRI_NO;
}

static bool
decides(const struct look *look, bool inside, unsigned port)
{
	enum tri all = look->unknown ? TRI_MAYBE : TRI_YES;

	all = tri_and(all, matches_ports(look->rule, port));
	all = tri_and(all, matches_to(look, inside, port));
	return all == TRI_YES || (all == TRI_MAYBE && look->maybe_is_yes);
}

static int
compare_port(const void *a, const void *b)
{
	return (int)*(const uint32_t *)a - (int)*(const uint32_t *)b;
}

/* Ports at which the answer may be another one than at the port before. */
static uint32_t *
edges_of(const struct rule *rule, size_t *n)
{
	uint32_t *edges = mem_resize(
	    NULL, 3 + 2 * (rule->ports.n + rule->to.n), sizeof(*edges));

	*n = 0;
	edges[(*n)++] = 0;
	edges[(*n)++] = 1;
	for (size_t i = 0; i < rule->ports.n; i++) {
		edges[(*n)++] = rule->ports.v[i].from;
		edges[(*n)++] = rule->ports.v[i].to + 1u;
	}
	for (size_t i = 0; i < rule->to.n; i++) {
		if (rule->to.v[i].kind != DEST_PORT)
			continue;
		edges[(*n)++] = rule->to.v[i].port.from;
		edges[(*n)++] = rule->to.v[i].port.to + 1u;
	}
	edges[(*n)++] = PORT_LAST + 1;
	qsort(edges, *n, sizeof(*edges), compare_port);
	return edges;
}

void
flat_rule(struct flat *flat, const struct rule *rule, uint32_t number,
    const struct inside *inside, const struct namepins *pinned,
    bool maybe_allows)
{
	bool allows = rule->action == ACTION_ALLOW;
	struct look look = { .rule = rule,
		.pinned = pinned,
		.unknown = rule->from.n || rule->methods.n || rule->paths.n,
		.maybe_is_yes = maybe_allows && allows };
	uint32_t *edges;
	size_t n;

	*flat = (struct flat){ .rule = number |
		    (allows ? GUARD_RULE_ALLOW : 0) };
	for (size_t i = 0; i < rule->to.n; i++)
		look_at(&look, &rule->to.v[i], inside);
	edges = edges_of(rule, &n);
	for (size_t i = 0; i + 1 < n; i++) {
		uint16_t from = (uint16_t)edges[i];
		uint16_t to = (uint16_t)(edges[i + 1] - 1);

		if (edges[i] == edges[i + 1])
			continue;
		if (decides(&look, true, from))
			spans_add(&flat->in, from, to);
		if (decides(&look, false, from))
			spans_add(&flat->out, from, to);
	}
	free(edges);
	flat->prefixes = look.prefixes;
	flat->nprefixes = look.n;
}

void
flat_internal(struct flat *flat, const struct inside *inside)
{
	const struct prefix **prefixes = mem_resize(
	    NULL, inside->n + 1, sizeof(*prefixes));

	for (size_t i = 0; i < inside->n; i++)
		prefixes[i] = inside->prefixes[i];
	*flat = (struct flat){ .rule = GUARD_RULE_INTERNAL,
		.prefixes = prefixes,
		.nprefixes = inside->n };
	spans_add(&flat->in, 0, PORT_LAST);
}

void
flat_rest(struct flat *flat, uint32_t rule)
{
	*flat = (struct flat){ .rule = rule };
	spans_add(&flat->in, 0, PORT_LAST);
	spans_add(&flat->out, 0, PORT_LAST);
}

void
flat_clear(struct flat *flat)
{
	spans_clear(&flat->in);
	spans_clear(&flat->out);
	free((void *)(uintptr_t)flat->prefixes);
	*flat = (struct flat){ .rule = 0 };
}
