/*
 * destset: names in a table that is asked for the whole name and for what
 * stands behind each dot; networks in one that is asked for each prefix length
 * that occurs.
 */
#include "policy/destset.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "policy/table.h"

#define V4_BITS 96

enum {
	NAME_EXACT = 1,
	NAME_BELOW = 2,
	PREFIX_HERE = 4
};

struct ports {
	struct port_range *v; /* owned */
	size_t n, cap;
};

struct lists {
	const struct destset **v; /* owned array of borrowed sets */
	size_t n, cap;
};

struct destset {
	bool any, internal;
	struct table names;
	struct table prefixes; /* keys are struct prefix as it lies in memory */
	uint8_t lengths[129];  /* those that occur */
	size_t nlengths;
	struct ports ports;
	struct lists lists;
};

_Static_assert(sizeof(struct prefix) == 17, "a prefix has no padding");

static struct slice
prefix_key(const struct prefix *prefix)
{
	return slice_from(prefix, sizeof(*prefix));
}

static void
add_prefix(struct destset *set, const struct prefix *prefix)
{
	if (!memchr(set->lengths, prefix->len, set->nlengths))
		set->lengths[set->nlengths++] = prefix->len;
	table_add(&set->prefixes, prefix_key(prefix), PREFIX_HERE);
}

struct destset *
destset_of_list(const struct dest_list *list)
{
	struct destset *set = mem_zalloc(sizeof(*set));

	for (size_t i = 0; i < list->names.n; i++)
		table_add(&set->names, list->names.v[i].name,
		    list->names.v[i].wildcard ? NAME_BELOW : NAME_EXACT);
	for (size_t i = 0; i < list->prefixes.n; i++)
		add_prefix(set, &list->prefixes.v[i]);
	return set;
}

static void
add_port(struct destset *set, const struct port_range *range)
{
	struct ports *ports = &set->ports;

	ports->v = mem_grow(ports->v, ports->n, &ports->cap, sizeof(*ports->v));
	ports->v[ports->n++] = *range;
}

static void
add_list(struct destset *set, const struct destset *list)
{
	struct lists *lists = &set->lists;

	lists->v = mem_grow(lists->v, lists->n, &lists->cap, sizeof(*lists->v));
	lists->v[lists->n++] = list;
}

struct destset *
destset_new(const dests *list,
    const struct destset *(*find)(const struct dest_list *, const void *arg),
    const void *arg)
{
	struct destset *set = mem_zalloc(sizeof(*set));

	for (size_t i = 0; i < list->n; i++) {
		const struct dest *dest = &list->v[i];

		switch (dest->kind) {
		case DEST_ANY:
			set->any = true;
			break;
		case DEST_INTERNAL:
			set->internal = true;
			break;
		case DEST_NAME:
			table_add(&set->names,
			    slice_from(dest->name.name, dest->name.len),
			    dest->name.wildcard ? NAME_BELOW : NAME_EXACT);
			break;
		case DEST_PREFIX:
			add_prefix(set, &dest->prefix);
			break;
		case DEST_PORT:
			add_port(set, &dest->port);
			break;
		case DEST_LIST:
			add_list(set, find(dest->list, arg));
			break;
		}
	}
	return set;
}

void
destset_free(struct destset *set)
{
	if (!set)
		return;
	table_clear(&set->names);
	table_clear(&set->prefixes);
	free(set->ports.v);
	free(set->lists.v);
	free(set);
}

bool
destset_empty(const struct destset *set)
{
	return !set->any && !set->internal && set->names.n == 0 &&
	    set->nlengths == 0 && set->ports.n == 0 && set->lists.n == 0;
}

/* --- asking ------------------------------------------------------------------ */

void
place_init(struct place_of *place, const struct host *host,
    const struct addr *addr, uint16_t port)
{
	struct slice rest;
	size_t n = 0, dot;

	place->host = host;
	place->addr = addr;
	place->port = port;
	place->internal = TRI_MAYBE;
	if (host && !host->is_addr) {
		rest = host_slice(host);
		for (;;) {
			must(n < PLACE_LABELS);
			place->keys[n] = rest;
			place->hashes[n++] = slice_hash(rest, 0);
			dot = slice_find(rest, '.');
			if (dot == rest.n)
				break;
			rest = slice_from_idx(rest, dot + 1);
		}
	}
	place->nkeys = n;
}

static enum tri
has_name(const struct destset *set, const struct place_of *place)
{
	unsigned wanted = NAME_EXACT;

	if (set->names.n == 0)
		return TRI_NO;
	if (!place->host)
		return TRI_MAYBE;
	for (size_t i = 0; i < place->nkeys; i++) {
		if (table_get_hashed(
			&set->names, place->keys[i], place->hashes[i]) &
		    wanted)
			return TRI_YES;
		wanted = NAME_BELOW;
	}
	return TRI_NO;
}

/* Only the first len bits, as prefix_parse leaves them. */
static void
mask(uint8_t ip[16], unsigned len)
{
	for (unsigned i = 0; i < 16; i++) {
		if (len >= 8 * (i + 1))
			continue;
		ip[i] &= len > 8 * i ? (uint8_t)(0xff00 >> (len - 8 * i)) : 0;
	}
}

static enum tri
has_addr(const struct destset *set, const struct addr *addr)
{
	if (set->nlengths == 0)
		return TRI_NO;
	if (!addr)
		return TRI_MAYBE;
	for (size_t i = 0; i < set->nlengths; i++) {
		struct prefix prefix = { .len = set->lengths[i] };

		/* ::/0 is IPv6 alone, as prefix_has says */
		if (prefix.len < V4_BITS && addr_is_v4(addr))
			continue;
		memcpy(prefix.ip, addr->ip, sizeof(prefix.ip));
		mask(prefix.ip, prefix.len);
		if (table_get(&set->prefixes, prefix_key(&prefix)))
			return TRI_YES;
	}
	return TRI_NO;
}

static enum tri
has_port(const struct destset *set, uint16_t port)
{
	if (set->ports.n == 0)
		return TRI_NO;
	if (port == 0)
		return TRI_MAYBE;
	for (size_t i = 0; i < set->ports.n; i++)
		if (set->ports.v[i].from <= port && port <= set->ports.v[i].to)
			return TRI_YES;
	return TRI_NO;
}

/* Without what files hold. */
static enum tri
has_own(const struct destset *set, const struct place_of *place)
{
	enum tri found = set->internal ? place->internal : TRI_NO;

	if (set->any)
		return TRI_YES;
	found = tri_or(found, has_name(set, place));
	if (found != TRI_YES)
		found = tri_or(found, has_port(set, place->port));
	if (found != TRI_YES)
		found = tri_or(found, has_addr(set, place->addr));
	return found;
}

enum tri
destset_has(const struct destset *set, const struct place_of *place)
{
	enum tri found = has_own(set, place);

	/* a list holds no lists: this goes one step deep */
	for (size_t i = 0; i < set->lists.n && found != TRI_YES; i++)
		found = tri_or(found, has_own(set->lists.v[i], place));
	return found;
}
