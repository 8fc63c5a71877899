/*
 * scan: the work list, the memory and the values of one request.
 *
 * Knows no coding: credential/layer.h does.  Never allocates while a request
 * is scanned, never keeps a byte of it after scan_clear().
 */
#include "credential/scan.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "base/secret.h"
#include "credential/layer.h"
#include "credential/seen.h"
#include "credential/span.h"
#include "credential/text.h"

#define STEPS_PER_SPAN 2
#define SMALL_SPANS 256

struct scan {
	struct credential_limits limits;
	struct charsets *charsets; /* owned */
	char *pool;                /* owned; limits.pool bytes */
	size_t used;
	size_t work;
	struct span *spans; /* owned; limits.spans */
	size_t nspans, next;
	struct candidate *list;   /* owned; limits.candidates */
	struct candidate *sorted; /* owned; the same, by rank */
	size_t ncandidates;
	struct where *steps; /* owned; the root first */
	size_t nsteps, capsteps;
	struct seen seen_spans;
	struct seen seen_values;
	unsigned cuts;
};

struct scan *
scan_new(const struct credential_limits *limits)
{
	struct scan *scan = mem_zalloc(sizeof(*scan));

	must(limits->spans > 0 && limits->candidates > 0);
	scan->limits = *limits;
	scan->charsets = charsets_new();
	scan->pool = mem_alloc(limits->pool);
	scan->spans = mem_alloc(limits->spans * sizeof(*scan->spans));
	scan->list = mem_alloc(limits->candidates * sizeof(*scan->list));
	scan->sorted = mem_alloc(limits->candidates * sizeof(*scan->sorted));
	scan->capsteps = (size_t)limits->spans * STEPS_PER_SPAN + 1;
	scan->steps = mem_alloc(scan->capsteps * sizeof(*scan->steps));
	seen_init(&scan->seen_spans, limits->spans);
	seen_init(&scan->seen_values, limits->candidates);
	scan->steps[0] = (struct where){ .kind = WHERE_ROOT };
	scan->nsteps = 1;
	return scan;
}

void
scan_free(struct scan *scan)
{
	if (scan == NULL)
		return;
	scan_clear(scan);
	charsets_free(scan->charsets);
	free(scan->pool);
	free(scan->spans);
	free(scan->list);
	free(scan->sorted);
	free(scan->steps);
	seen_clear(&scan->seen_spans);
	seen_clear(&scan->seen_values);
	free(scan);
}

void
scan_clear(struct scan *scan)
{
	secret_wipe(scan->pool, scan->used);
	seen_reset(&scan->seen_spans);
	seen_reset(&scan->seen_values);
	scan->used = scan->work = 0;
	scan->nspans = scan->next = 0;
	scan->ncandidates = 0;
	scan->nsteps = 1;
	scan->cuts = 0;
}

const struct credential_limits *
scan_limits(const struct scan *scan)
{
	return &scan->limits;
}

const struct span *
scan_spans(const struct scan *scan, size_t *n)
{
	*n = scan->nspans;
	return scan->spans;
}

const struct where *
scan_steps(const struct scan *scan, size_t *n)
{
	*n = scan->nsteps;
	return scan->steps;
}

struct charsets *
scan_charsets(struct scan *scan)
{
	return scan->charsets;
}

char *
scan_room(struct scan *scan, size_t want, size_t *room)
{
	size_t left = scan->limits.pool - scan->used;

	if (left < want) {
		scan_cut(scan, SCAN_CUT_MEMORY);
		return NULL;
	}
	if (room != NULL)
		*room = left;
	return scan->pool + scan->used;
}

struct slice
scan_keep(struct scan *scan, size_t n)
{
	struct slice kept = slice_from(scan->pool + scan->used, n);

	must(n <= scan->limits.pool - scan->used);
	scan->used += n;
	return kept;
}

void
scan_cut(struct scan *scan, enum scan_cut cut)
{
	scan->cuts |= cut;
}

bool
scan_work(struct scan *scan, size_t n)
{
	if (scan->limits.work - scan->work < n) {
		scan_cut(scan, SCAN_CUT_WORK);
		return false;
	}
	scan->work += n;
	return true;
}

bool
scan_is_small(const struct scan *scan)
{
	return scan->nspans <= SMALL_SPANS;
}

uint32_t
scan_step(struct scan *scan, uint32_t parent, enum where_kind kind,
    struct slice name, uint32_t index)
{
	if (scan->nsteps == scan->capsteps)
		return parent;
	scan->steps[scan->nsteps] = (struct where){
		.parent = parent,
		.index = index,
		.kind = kind,
		.name = name,
	};
	return (uint32_t)scan->nsteps++;
}

/* The same piece again, found at a better place. */
static void
improve(struct scan *scan, size_t index, const struct span *span)
{
	struct span *old = &scan->spans[index];

	if (span->rank >= old->rank)
		return;
	old->rank = span->rank;
	old->where = span->where;
	if (index < scan->next)
		scan_emit(scan, old, old->bytes, old->where, old->rank);
}

static void
push(struct scan *scan, const struct span *span)
{
	uint64_t hash;
	struct seen_slot *slot;

	hash = slice_hash(
	    span->bytes, scan->seen_spans.seed + (uint64_t)span->role);
	slot = seen_find(&scan->seen_spans, hash);
	if (seen_has(&scan->seen_spans, slot)) {
		improve(scan, slot->index, span);
		return;
	}
	if (scan->nspans == scan->limits.spans) {
		scan_cut(scan, SCAN_CUT_SPANS);
		return;
	}
	seen_put(&scan->seen_spans, slot, hash, scan->nspans);
	scan->spans[scan->nspans++] = *span;
}

void
scan_push(struct scan *scan, const struct span *from, struct slice bytes,
    uint32_t where, enum span_role role, enum candidate_rank rank)
{
	struct span span = { .bytes = bytes,
		.where = where,
		.role = role,
		.rank = rank,
		.depth = from->depth + 1,
		.charset = from->charset };

	if (bytes.n == 0)
		return;
	if (span.depth > scan->limits.depth) {
		scan_cut(scan, SCAN_CUT_DEPTH);
		return;
	}
	push(scan, &span);
}

void
scan_root(struct scan *scan, struct slice bytes, uint32_t where,
    enum span_role role, enum candidate_rank rank, enum charset charset)
{
	struct span span = { .bytes = bytes,
		.where = where,
		.role = role,
		.rank = rank,
		.depth = 0,
		.charset = charset };

	if (bytes.n > 0)
		push(scan, &span);
}

/* value is valid UTF-8 without control characters. */
static void
add(struct scan *scan, struct slice value, unsigned mask, uint32_t where,
    enum candidate_rank rank)
{
	struct seen_slot *slot;
	uint64_t hash;

	if (value.n > CREDENTIAL_VALUE_MAX || value.n < scan->limits.min_chars)
		return;
	hash = slice_hash(value, scan->seen_values.seed);
	slot = seen_find(&scan->seen_values, hash);
	if (seen_has(&scan->seen_values, slot)) {
		if (rank < scan->list[slot->index].rank) {
			scan->list[slot->index].rank = rank;
			scan->list[slot->index].where = where;
		}
		return;
	}
	if (scan->ncandidates == scan->limits.candidates) {
		scan_cut(scan, SCAN_CUT_CANDIDATES);
		return;
	}
	seen_put(&scan->seen_values, slot, hash, scan->ncandidates);
	scan->list[scan->ncandidates++] = (struct candidate){
		.value = value,
		.where = where,
		.rank = rank,
		.mask = mask,
	};
}

static void
add_converted(struct scan *scan, struct slice value, enum charset charset,
    uint32_t where, enum candidate_rank rank)
{
	size_t room, n;
	char *out = scan_room(scan, value.n * 3, &room);
	unsigned mask;

	if (out == NULL)
		return;
	n = charset_convert(scan->charsets, charset, value, out, room);
	mask = text_mask(slice_from(out, n));
	if (n == 0 || mask & (HAS_CONTROL | HAS_LINE))
		return;
	add(scan, scan_keep(scan, n), mask, where, rank);
}

/* Not UTF-8: in the charset that was declared, and in those it may be. */
static void
add_foreign(struct scan *scan, const struct span *from, struct slice value,
    unsigned mask, uint32_t where, enum candidate_rank rank)
{
	char *out = scan_room(scan, value.n, NULL);
	size_t n, i;

	if (out == NULL)
		return;
	n = text_join_surrogates(value, out);
	if (n > 0)
		add(scan, scan_keep(scan, n), mask, where, rank);
	if (from->charset != CHARSET_COUNT)
		add_converted(scan, value, from->charset, where, rank);
	for (i = 0; i < CHARSET_GUESSES; i++)
		add_converted(scan, value,
		    (enum charset)(CHARSET_GUESS_FIRST + i), where, rank);
}

/* ASCII in one line. */
static bool
is_plain(const struct span *span)
{
	return span->mask != 0 &&
	    !(span->mask & (HAS_HIGH | HAS_CONTROL | HAS_LINE));
}

static bool
is_inside(const struct span *span, struct slice value)
{
	uintptr_t start = (uintptr_t)span->bytes.p;
	uintptr_t at = (uintptr_t)value.p;

	return at >= start && at - start <= span->bytes.n - value.n &&
	    value.n <= span->bytes.n;
}

static void
emit(struct scan *scan, const struct span *from, struct slice value,
    unsigned mask, uint32_t where, enum candidate_rank rank)
{
	if (value.n < scan->limits.min_chars)
		return;
	if (!mask)
		mask = text_mask(value);
	if (mask & (HAS_CONTROL | HAS_LINE) || value.n > CREDENTIAL_VALUE_MAX)
		return;
	if (!(mask & HAS_HIGH) || text_is_utf8(value))
		add(scan, value, mask, where, rank);
	else
		add_foreign(scan, from, value, mask, where, rank);
}

void
scan_emit(struct scan *scan, const struct span *from, struct slice value,
    uint32_t where, enum candidate_rank rank)
{
	struct slice trimmed;
	unsigned mask = 0;

	if (value.n > CREDENTIAL_VALUE_MAX + 64)
		return;
	/* most values stand in a plain text that was looked at as a whole */
	if (is_plain(from) && is_inside(from, value))
		mask = from->mask;
	trimmed = text_trim(value);
	emit(scan, from, value, mask, where, rank);
	if (trimmed.n != value.n)
		emit(scan, from, trimmed, mask, where, rank);
}

static void
sort(struct scan *scan)
{
	size_t start[RANK_COUNT + 1] = { 0 }, i;

	for (i = 0; i < scan->ncandidates; i++)
		start[scan->list[i].rank + 1]++;
	for (i = 0; i < RANK_COUNT; i++)
		start[i + 1] += start[i];
	for (i = 0; i < scan->ncandidates; i++)
		scan->sorted[start[scan->list[i].rank]++] = scan->list[i];
}

void
scan_run(struct scan *scan)
{
	struct span span;

	while (scan->next < scan->nspans) {
		span = scan->spans[scan->next++];
		span.mask = text_mask(span.bytes);
		layers_run(scan, &span);
	}
	sort(scan);
}

const struct candidate *
scan_candidates(const struct scan *scan, size_t *n)
{
	*n = scan->ncandidates;
	return scan->sorted;
}

unsigned
scan_cuts(const struct scan *scan)
{
	return scan->cuts;
}

const char *
scan_cut_words(unsigned cuts)
{
	static const struct {
		enum scan_cut cut;
		const char *words;
	} table[] = {
		{ SCAN_CUT_BROKEN, "a content coding that does not decode" },
		{ SCAN_CUT_RATIO, "compressed data that grows too much" },
		{ SCAN_CUT_DEPTH, "layers nested too deep" },
		{ SCAN_CUT_MEMORY, "decoded layers take too much memory" },
		{ SCAN_CUT_WORK, "too much work to decode" },
		{ SCAN_CUT_SPANS, "too many pieces" },
		{ SCAN_CUT_CANDIDATES, "too many values" },
		{ SCAN_CUT_BODY, "body longer than is looked at" },
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (cuts & table[i].cut)
			return table[i].words;
	}
	return "nothing was left out";
}

char *
scan_where(const struct scan *scan, const struct candidate *candidate,
    char buf[WHERE_TEXT_MAX])
{
	return where_print(buf, scan->steps, candidate->where);
}

/* Whether a hint may start with these two letters: most names end here. */
static bool
starts_hint(char first, char second)
{
	second |= 0x20;
	switch (first | 0x20) {
	case 'p':
		return second == 'a' || second == 'w' || second == 'i';
	case 's':
	case 'k':
		return second == 'e';
	case 'c':
		return second == 'r' || second == 'l';
	case 'a':
		return second == 'u';
	default:
		return false;
	}
}

enum candidate_rank
rank_of_name(struct slice name, enum candidate_rank other)
{
	static const struct slice hints[] = { SLICE("pass"), SLICE("pwd"),
		SLICE("pw"), SLICE("secret"), SLICE("cred"), SLICE("kennwort"),
		SLICE("clave"), SLICE("senha"), SLICE("pin"), SLICE("auth") };
	size_t at, i;

	if (name.n > 64)
		return other;
	for (at = 0; at + 1 < name.n; at++) {
		if (!starts_hint(name.p[at], name.p[at + 1]))
			continue;
		for (i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
			if (at + hints[i].n <= name.n &&
			    slice_caseeq(
				slice_sub(name, at, hints[i].n), hints[i]))
				return RANK_NAMED;
		}
	}
	return other;
}
