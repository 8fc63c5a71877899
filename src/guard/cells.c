/*
 * cells: from rules in order to one entry a prefix.
 *
 * Prefixes are sorted so that each comes behind those that hold it; a stack
 * of the ones around the current prefix says which rules know it.
 */
#include "guard/cells.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/must.h"

#define V4_BITS 96
#define DEPTH_MAX 130

static const struct prefix root_v6 = { { 0 }, 0 };
static const struct prefix root_v4 = { { [10] = 0xff, [11] = 0xff }, V4_BITS };

/* --- sets ------------------------------------------------------------------- */

void
sets_init(struct sets *sets)
{
	*sets = (struct sets){ .by_content = map_new(0, NULL) };
}

void
sets_clear(struct sets *sets)
{
	map_free(sets->by_content);
	free(sets->v);
	*sets = (struct sets){ .v = NULL };
}

static const char *
sets_number(struct sets *sets, const struct share *share, uint32_t *out)
{
	struct slice key = slice_from(
	    share->clauses, share->n * sizeof(*share->clauses));
	uintptr_t number = (uintptr_t)map_get(sets->by_content, key);

	if (number == 0) {
		if (sets->n == GUARD_SETS)
			return "too many destinations with ranges of ports of"
			       " their own";
		sets->v = mem_grow(
		    sets->v, sets->n, &sets->cap, sizeof(*sets->v));
		memset(sets->v[sets->n], 0, sizeof(*sets->v));
		memcpy(sets->v[sets->n], key.p, key.n);
		number = ++sets->n;
		map_set(sets->by_content, key, (void *)number);
	}
	*out = (uint32_t)(number - 1);
	return NULL;
}

/* --- what rules speak of ------------------------------------------------------ */

struct mention {
	const struct prefix *prefix;
	uint32_t at; /* in `order`; UINT32_MAX: nobody's, a root */
};

struct work {
	const struct flat *flats;
	const uint32_t *order;
	size_t norder;
	struct mention *mentions; /* owned, as the next three */
	size_t nmentions;
	uint32_t *globals; /* those with ports for all addresses, in order */
	size_t nglobals;
	uint32_t *known; /* by rule: the cell that is inside of it, plus 1 */
	struct open {
		struct mention *first, *end;
		size_t cell; /* in cells, of the entry that counts there */
	} stack[DEPTH_MAX];
	size_t depth;
	uint32_t stamp;
	uint32_t *near; /* owned: rules that know the current prefix */
	size_t nnear, near_cap;
};

static bool
is_v4(const struct prefix *prefix)
{
	return prefix->len >= V4_BITS &&
	    memcmp(prefix->ip, root_v4.ip, 12) == 0;
}

static int
compare_prefix(const struct prefix *a, const struct prefix *b)
{
	int order = memcmp(a->ip, b->ip, sizeof(a->ip));

	return order ? order : (int)a->len - (int)b->len;
}

static int
compare_mention(const void *a, const void *b)
{
	const struct mention *one = a, *other = b;
	int order = compare_prefix(one->prefix, other->prefix);

	return order ? order : (one->at > other->at) - (one->at < other->at);
}

static int
compare_number(const void *a, const void *b)
{
	const uint32_t *one = a, *other = b;

	return (*one > *other) - (*one < *other);
}

static void
collect(struct work *work)
{
	size_t n = 2, at = 0;

	for (size_t i = 0; i < work->norder; i++)
		n += work->flats[work->order[i]].nprefixes;
	work->mentions = mem_resize(NULL, n, sizeof(*work->mentions));
	work->globals = mem_resize(
	    NULL, work->norder + 1, sizeof(*work->globals));
	work->known = mem_zalloc((work->norder + 1) * sizeof(*work->known));
	work->mentions[at++] = (struct mention){ &root_v6, UINT32_MAX };
	work->mentions[at++] = (struct mention){ &root_v4, UINT32_MAX };
	for (size_t i = 0; i < work->norder; i++) {
		const struct flat *flat = &work->flats[work->order[i]];

		for (size_t j = 0; j < flat->nprefixes; j++)
			work->mentions[at++] = (struct mention){
				flat->prefixes[j], (uint32_t)i
			};
		if (!spans_empty(&flat->out))
			work->globals[work->nglobals++] = (uint32_t)i;
	}
	work->nmentions = at;
	qsort(work->mentions, at, sizeof(*work->mentions), compare_mention);
}

/* --- one cell ------------------------------------------------------------------- */

static void
note_near(struct work *work, const struct open *open)
{
	for (const struct mention *m = open->first; m < open->end; m++) {
		if (m->at == UINT32_MAX || work->known[m->at] == work->stamp)
			continue;
		work->known[m->at] = work->stamp;
		work->near = mem_grow(work->near, work->nnear, &work->near_cap,
		    sizeof(*work->near));
		work->near[work->nnear++] = m->at;
	}
}

/* The rules that know this prefix, in order. A short prefix of IPv6 doesn't
 * hold IPv4 addresses (see prefix_has in base/prefix.h). */
static void
find_near(struct work *work, const struct prefix *prefix)
{
	work->stamp++;
	work->nnear = 0;
	for (size_t i = 0; i < work->depth; i++)
		if (!is_v4(prefix) ||
		    work->stack[i].first->prefix->len >= V4_BITS)
			note_near(work, &work->stack[i]);
	if (work->nnear > 0)
		qsort(work->near, work->nnear, sizeof(*work->near),
		    compare_number);
}

static void
share_out(struct work *work, struct share *share)
{
	size_t near = 0, global = 0;

	share_init(share);
	while (!share_complete(share)) {
		uint32_t a = near < work->nnear ? work->near[near] : UINT32_MAX;
		uint32_t b = global < work->nglobals ? work->globals[global]
						     : UINT32_MAX;
		uint32_t at = a < b ? a : b;
		const struct flat *flat;

		must(at != UINT32_MAX);
		near += a == at;
		global += b == at;
		flat = &work->flats[work->order[at]];
		share_give(share,
		    work->known[at] == work->stamp ? &flat->in : &flat->out,
		    flat->rule);
	}
	share_finish(share);
}

static const char *
make_entry(
    struct sets *sets, const struct share *share, struct guard_entry *out)
{
	struct guard_entry entry = { .count = (uint32_t)share->n };
	const char *wrong;

	if (share->failed)
		return "more than 64 ranges of ports meet at one destination";
	if (share->n <= GUARD_INLINE) {
		memcpy(entry.clauses, share->clauses,
		    share->n * sizeof(*share->clauses));
	} else {
		wrong = sets_number(sets, share, &entry.set);
		if (wrong)
			return wrong;
	}
	*out = entry;
	return NULL;
}

static bool
must_stay(const struct prefix *prefix)
{
	return compare_prefix(prefix, &root_v6) == 0 ||
	    compare_prefix(prefix, &root_v4) == 0;
}

/* --- all of them ----------------------------------------------------------------- */

static void
mask(struct prefix *prefix)
{
	for (unsigned i = 0; i < 16; i++) {
		unsigned keep = prefix->len > 8 * i ? prefix->len - 8 * i : 0;

		if (keep < 8)
			prefix->ip[i] &= (uint8_t)(0xff00 >> keep);
	}
}

/* By bits alone, as the kernel does it: IPv6's root holds IPv4's here. */
static bool
holds(const struct prefix *outer, const struct prefix *inner)
{
	struct prefix start = { .len = outer->len };

	if (outer->len > inner->len)
		return false;
	memcpy(start.ip, inner->ip, sizeof(start.ip));
	mask(&start);
	return memcmp(start.ip, outer->ip, sizeof(start.ip)) == 0;
}

/* Leaves those that hold the prefix. */
static void
pop(struct work *work, const struct prefix *prefix)
{
	while (work->depth > 0 &&
	    !holds(work->stack[work->depth - 1].first->prefix, prefix))
		work->depth--;
}

static const char *
add_cell(struct work *work, struct cells *cells, struct sets *sets,
    struct open *open)
{
	const struct prefix *prefix = open->first->prefix;
	struct cell cell = { .prefix = *prefix };
	struct share share;
	const char *wrong;

	find_near(work, prefix);
	share_out(work, &share);
	wrong = make_entry(sets, &share, &cell.entry);
	if (wrong)
		return wrong;
	/* what says the same as the next larger one isn't needed */
	if (!must_stay(prefix) && work->depth > 1) {
		size_t around = work->stack[work->depth - 2].cell;

		if (memcmp(&cells->v[around].entry, &cell.entry,
			sizeof(cell.entry)) == 0) {
			open->cell = around;
			return NULL;
		}
	}
	cells->v = mem_grow(cells->v, cells->n, &cells->cap, sizeof(*cells->v));
	open->cell = cells->n;
	cells->v[cells->n++] = cell;
	return NULL;
}

const char *
cells_build(struct cells *cells, struct sets *sets, const struct flat *flats,
    const uint32_t *order, size_t norder)
{
	struct work work = { .flats = flats, .order = order, .norder = norder };
	const char *wrong = NULL;
	size_t i = 0;

	*cells = (struct cells){ NULL, 0, 0 };
	collect(&work);
	while (i < work.nmentions && !wrong) {
		struct mention *first = &work.mentions[i];
		struct open *open;

		pop(&work, first->prefix);
		while (i < work.nmentions &&
		    compare_prefix(first->prefix, work.mentions[i].prefix) == 0)
			i++;
		must(work.depth < DEPTH_MAX);
		open = &work.stack[work.depth++];
		*open = (struct open){ first, &work.mentions[i], 0 };
		wrong = add_cell(&work, cells, sets, open);
	}
	free(work.mentions);
	free(work.globals);
	free(work.known);
	free(work.near);
	if (wrong)
		cells_clear(cells);
	return wrong;
}

void
cells_clear(struct cells *cells)
{
	free(cells->v);
	*cells = (struct cells){ NULL, 0, 0 };
}

/* --- looking up -------------------------------------------------------------------- */

static int
compare_cell(const void *a, const void *b)
{
	return compare_prefix(a, &((const struct cell *)b)->prefix);
}

uint32_t
cells_find(const struct cells *cells, const struct sets *sets,
    const struct addr *addr, uint16_t port)
{
	const struct cell *cell = NULL;
	const struct guard_clause *v;
	uint32_t i = 0;

	for (int len = 128; len >= 0 && !cell; len--) {
		struct prefix prefix = { .len = (uint8_t)len };

		memcpy(prefix.ip, addr->ip, sizeof(prefix.ip));
		mask(&prefix);
		cell = bsearch(&prefix, cells->v, cells->n, sizeof(*cells->v),
		    compare_cell);
	}
	must(cell);
	v = cell->entry.count > GUARD_INLINE ? sets->v[cell->entry.set]
					     : cell->entry.clauses;
	while (i < cell->entry.count - 1 && v[i].to < port)
		i++;
	return v[i].rule;
}
