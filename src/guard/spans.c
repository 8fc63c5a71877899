/*
 * spans: ranges of ports, and the order in which rules take them.
 */
#include "guard/spans.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/must.h"

#define PORT_LAST 65535

void
spans_add(struct spans *spans, uint16_t from, uint16_t to)
{
	struct port_range *last;

	if (spans->n > 0) {
		last = &spans->v[spans->n - 1];
		must(from > last->to);
		if (from == last->to + 1) {
			last->to = to;
			return;
		}
	}
	spans->v = mem_grow(spans->v, spans->n, &spans->cap, sizeof(*spans->v));
	spans->v[spans->n++] = (struct port_range){ from, to };
}

void
spans_clear(struct spans *spans)
{
	free(spans->v);
	*spans = (struct spans){ NULL, 0, 0 };
}

bool
spans_empty(const struct spans *spans)
{
	return spans->n == 0;
}

/* --- sharing out ------------------------------------------------------------ */

void
share_init(struct share *share)
{
	share->n = 0;
	share->open[0] = (struct port_range){ 0, PORT_LAST };
	share->nopen = 1;
	share->failed = false;
}

bool
share_complete(const struct share *share)
{
	return share->nopen == 0 || share->failed;
}

static void
take(struct share *share, uint16_t from, uint16_t to, uint32_t rule)
{
	if (share->n == GUARD_SET_CLAUSES) {
		share->failed = true;
		return;
	}
	share->clauses[share->n++] = (struct guard_clause){
		.from = from, .to = to, .rule = rule
	};
}

/* Leaves of open[i] what is outside of the range, in one or two pieces. */
static void
cut(struct share *share, size_t i, const struct port_range *out)
{
	struct port_range *open = &share->open[i];
	struct port_range tail = { (uint16_t)(out->to + 1), open->to };
	bool has_head = open->from < out->from, has_tail = out->to < open->to;

	if (has_head && has_tail) {
		if (share->nopen == GUARD_SET_CLAUSES + 1) {
			share->failed = true;
			return;
		}
		open->to = (uint16_t)(out->from - 1);
		share->open[share->nopen++] = tail;
	} else if (has_head) {
		open->to = (uint16_t)(out->from - 1);
	} else if (has_tail) {
		*open = tail;
	} else {
		*open = share->open[--share->nopen];
	}
}

static void
give_range(struct share *share, const struct port_range *range, uint32_t rule)
{
	size_t i = 0;

	while (i < share->nopen && !share->failed) {
		struct port_range both = share->open[i];
		size_t before = share->nopen;

		if (both.from < range->from)
			both.from = range->from;
		if (both.to > range->to)
			both.to = range->to;
		if (both.from > both.to) {
			i++;
			continue;
		}
		take(share, both.from, both.to, rule);
		cut(share, i, &both);
		/* where another one moved here it is still to be looked at */
		if (share->nopen >= before)
			i++;
	}
}

void
share_give(struct share *share, const struct spans *spans, uint32_t rule)
{
	for (size_t i = 0; i < spans->n; i++)
		give_range(share, &spans->v[i], rule);
}

static int
compare(const void *a, const void *b)
{
	const struct guard_clause *one = a, *other = b;

	return (one->from > other->from) - (one->from < other->from);
}

void
share_finish(struct share *share)
{
	size_t n = 0;

	qsort(share->clauses, share->n, sizeof(*share->clauses), compare);
	for (size_t i = 0; i < share->n; i++) {
		struct guard_clause *last = &share->clauses[n ? n - 1 : 0];

		if (n > 0 && last->rule == share->clauses[i].rule)
			last->to = share->clauses[i].to;
		else
			share->clauses[n++] = share->clauses[i];
	}
	share->n = n;
}
