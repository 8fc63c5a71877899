/*
 * layer_msgpack: strings and byte strings of MessagePack values.
 *
 * Own code: the libraries unpack into trees and recurse over what a peer
 * sent.  A loop over a stack of counts; a span counts as MessagePack if it
 * starts with a container and every item in it is well formed.
 */
#include "credential/layer.h"

#define MSGPACK_DEPTH_MAX 32

struct level {
	uint32_t where;
	uint32_t index;
	uint64_t left; /* items; a map has two for each entry */
	bool map;
	struct slice key; /* of the value that comes next */
};

struct reader {
	struct scan *scan;
	const struct span *span;
	struct slice rest;
	struct level stack[MSGPACK_DEPTH_MAX];
	size_t depth;
	bool emits; /* second pass */
};

enum item {
	ITEM_BAD,
	ITEM_SKIP,   /* a number: n bytes follow */
	ITEM_STRING, /* n bytes follow */
	ITEM_ARRAY,  /* n items follow */
	ITEM_MAP,    /* n pairs follow */
};

static bool
take_size(struct slice *rest, unsigned width, uint64_t *out)
{
	uint64_t value = 0;
	unsigned i;

	if (rest->n < width)
		return false;
	for (i = 0; i < width; i++)
		value = value << 8 | (unsigned char)rest->p[i];
	*rest = slice_from_idx(*rest, width);
	*out = value;
	return true;
}

/* The types 0xc0..0xdf. */
static const struct {
	unsigned char kind;
	unsigned char width; /* of the length; 0: fixed */
	unsigned char fixed; /* bytes that follow, or are added to it */
} wide[32] = {
	{ ITEM_SKIP, 0, 0 },
	{ ITEM_BAD, 0, 0 }, /* nil, unused */
	{ ITEM_SKIP, 0, 0 },
	{ ITEM_SKIP, 0, 0 }, /* false true */
	{ ITEM_STRING, 1, 0 },
	{ ITEM_STRING, 2, 0 }, /* bin */
	{ ITEM_STRING, 4, 0 },
	{ ITEM_SKIP, 1, 1 }, /* bin, ext */
	{ ITEM_SKIP, 2, 1 },
	{ ITEM_SKIP, 4, 1 }, /* ext */
	{ ITEM_SKIP, 0, 4 },
	{ ITEM_SKIP, 0, 8 }, /* float */
	{ ITEM_SKIP, 0, 1 },
	{ ITEM_SKIP, 0, 2 }, /* uint */
	{ ITEM_SKIP, 0, 4 },
	{ ITEM_SKIP, 0, 8 },
	{ ITEM_SKIP, 0, 1 },
	{ ITEM_SKIP, 0, 2 }, /* int */
	{ ITEM_SKIP, 0, 4 },
	{ ITEM_SKIP, 0, 8 },
	{ ITEM_SKIP, 0, 2 },
	{ ITEM_SKIP, 0, 3 }, /* fixext */
	{ ITEM_SKIP, 0, 5 },
	{ ITEM_SKIP, 0, 9 },
	{ ITEM_SKIP, 0, 17 },
	{ ITEM_STRING, 1, 0 }, /* fixext, str */
	{ ITEM_STRING, 2, 0 },
	{ ITEM_STRING, 4, 0 }, /* str */
	{ ITEM_ARRAY, 2, 0 },
	{ ITEM_ARRAY, 4, 0 },
	{ ITEM_MAP, 2, 0 },
	{ ITEM_MAP, 4, 0 },
};

static enum item
take_item(struct slice *rest, uint64_t *n)
{
	unsigned char type = (unsigned char)rest->p[0];
	unsigned i = type - 0xc0u;

	*rest = slice_from_idx(*rest, 1);
	*n = 0;
	if (type < 0x80 || type >= 0xe0)
		return ITEM_SKIP;
	if (type < 0xc0) {
		*n = type & (type < 0xa0 ? 0x0f : 0x1f);
		return type < 0x90 ? ITEM_MAP
		    : type < 0xa0  ? ITEM_ARRAY
				   : ITEM_STRING;
	}
	if (wide[i].width > 0 && !take_size(rest, wide[i].width, n))
		return ITEM_BAD;
	*n += wide[i].fixed;
	return (enum item)wide[i].kind;
}

static bool
is_key(const struct level *level)
{
	return level->map && level->left % 2 == 0;
}

static uint32_t
item_where(struct reader *r, enum candidate_rank *rank)
{
	struct level *top;

	*rank = RANK_VALUE;
	if (r->depth == 0 || !r->emits)
		return r->span->where;
	top = &r->stack[r->depth - 1];
	if (!top->map)
		return scan_step(r->scan, top->where, WHERE_MSGPACK_ITEM,
		    SLICE_EMPTY, top->index);
	*rank = rank_of_name(top->key, RANK_VALUE);
	return scan_step(r->scan, top->where, WHERE_MSGPACK, top->key, 0);
}

static bool
open_container(struct reader *r, enum item item, uint64_t n)
{
	enum candidate_rank rank;
	struct level level = { .left = n, .map = item == ITEM_MAP };

	if (r->depth == MSGPACK_DEPTH_MAX || n > r->rest.n)
		return false;
	if (level.map)
		level.left *= 2;
	level.where = item_where(r, &rank);
	r->stack[r->depth++] = level;
	return true;
}

static bool
take_string(struct reader *r, uint64_t n)
{
	struct level *top = r->depth > 0 ? &r->stack[r->depth - 1] : NULL;
	enum candidate_rank rank;
	struct slice s;
	uint32_t where;

	if (n > r->rest.n)
		return false;
	s = slice_sub(r->rest, 0, (size_t)n);
	r->rest = slice_from_idx(r->rest, (size_t)n);
	if (!r->emits)
		return true;
	if (top != NULL && is_key(top)) {
		top->key = s;
		scan_emit(r->scan, r->span, s, r->span->where, RANK_PART);
		return true;
	}
	where = item_where(r, &rank);
	scan_push(r->scan, r->span, s, where, SPAN_VALUE, rank);
	return true;
}

/* An item is complete: so may be the containers it ends. */
static void
count_item(struct reader *r)
{
	struct level *top;

	while (r->depth > 0) {
		top = &r->stack[r->depth - 1];
		if (top->left > 0) {
			top->left--;
			top->index++;
		}
		if (top->left > 0)
			return;
		r->depth--;
	}
}

static bool
read_item(struct reader *r)
{
	uint64_t n;
	enum item item = take_item(&r->rest, &n);

	switch (item) {
	case ITEM_BAD:
		return false;
	case ITEM_SKIP:
		if (n > r->rest.n)
			return false;
		r->rest = slice_from_idx(r->rest, (size_t)n);
		break;
	case ITEM_STRING:
		if (!take_string(r, n))
			return false;
		break;
	case ITEM_ARRAY:
	case ITEM_MAP:
		if (n > 0)
			return open_container(r, item, n);
		break;
	}
	count_item(r);
	return true;
}

static bool
read_all(struct reader *r)
{
	r->rest = r->span->bytes;
	r->depth = 0;
	while (r->rest.n > 0) {
		if (!read_item(r))
			return false;
	}
	return r->depth == 0;
}

static bool
starts_container(struct slice s)
{
	unsigned char c = (unsigned char)s.p[0];

	return s.n > 1 &&
	    ((c > 0x80 && c < 0xa0 && c != 0x90) || (c >= 0xdc && c <= 0xdf));
}

static bool
looks(struct slice bytes)
{
	struct span span = { .bytes = bytes };
	struct reader r = { .span = &span };

	return starts_container(bytes) && read_all(&r);
}

static enum layer_result
decode(struct scan *scan, const struct span *span)
{
	struct reader r = { .scan = scan, .span = span };

	if (!starts_container(span->bytes))
		return LAYER_NO;
	/* a cut or broken one still gives its strings up to there */
	if (!read_all(&r) && r.rest.n > span->bytes.n / 2)
		return LAYER_NO;
	r.emits = true;
	read_all(&r);
	return LAYER_SOME;
}

const struct layer layer_msgpack = {
	.name = "msgpack",
	.roles = ON_WHOLE,
	.decode = decode,
	.looks = looks,
};
