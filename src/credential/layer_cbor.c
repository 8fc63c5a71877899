/*
 * layer_cbor: text and byte strings of CBOR values (RFC 8949).
 *
 * Own code for the reason layer_msgpack.c gives.  Chunks of an indefinite
 * string are looked at one by one, and joined.
 */
#include <string.h>

#include "credential/layer.h"

#define CBOR_DEPTH_MAX 32
#define UNTIL_BREAK UINT64_MAX

enum major {
	MAJOR_UNSIGNED,
	MAJOR_NEGATIVE,
	MAJOR_BYTES,
	MAJOR_TEXT,
	MAJOR_ARRAY,
	MAJOR_MAP,
	MAJOR_TAG,
	MAJOR_SIMPLE,
};

struct level {
	uint32_t where;
	uint32_t index;
	uint64_t left; /* items, or UNTIL_BREAK */
	bool map;
	struct slice key;
};

struct reader {
	struct scan *scan;
	const struct span *span;
	struct slice rest;
	struct level stack[CBOR_DEPTH_MAX];
	size_t depth;
	bool emits;
};

/* The argument of an initial byte: false where it is cut or reserved. */
static bool
take_argument(struct slice *rest, unsigned info, uint64_t *out)
{
	unsigned width, i;

	*out = info;
	if (info < 24)
		return true;
	if (info > 27)
		return false;
	width = 1u << (info - 24);
	if (rest->n < width)
		return false;
	*out = 0;
	for (i = 0; i < width; i++)
		*out = *out << 8 | (unsigned char)rest->p[i];
	*rest = slice_from_idx(*rest, width);
	return true;
}

static bool
is_key(const struct level *level)
{
	return level->map && level->index % 2 == 0;
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
		return scan_step(r->scan, top->where, WHERE_CBOR_ITEM,
		    SLICE_EMPTY, top->index);
	*rank = rank_of_name(top->key, RANK_VALUE);
	return scan_step(r->scan, top->where, WHERE_CBOR, top->key, 0);
}

static void
count_item(struct reader *r)
{
	struct level *top;

	while (r->depth > 0) {
		top = &r->stack[r->depth - 1];
		top->index++;
		if (top->left == UNTIL_BREAK || --top->left > 0)
			return;
		r->depth--;
	}
}

static bool
open_container(struct reader *r, bool map, uint64_t n)
{
	enum candidate_rank rank;
	struct level level = { .left = n, .map = map };

	if (n == 0) {
		count_item(r);
		return true;
	}
	if (r->depth == CBOR_DEPTH_MAX || (n != UNTIL_BREAK && n > r->rest.n))
		return false;
	if (map && n != UNTIL_BREAK)
		level.left *= 2;
	level.where = item_where(r, &rank);
	r->stack[r->depth++] = level;
	return true;
}

static void
use_string(struct reader *r, struct slice s)
{
	struct level *top = r->depth > 0 ? &r->stack[r->depth - 1] : NULL;
	enum candidate_rank rank;
	uint32_t where;

	if (!r->emits)
		return;
	if (top != NULL && is_key(top)) {
		top->key = s;
		scan_emit(r->scan, r->span, s, r->span->where, RANK_PART);
		return;
	}
	where = item_where(r, &rank);
	scan_push(r->scan, r->span, s, where, SPAN_VALUE, rank);
}

/* The chunks of a string of indefinite length, up to the break. */
static bool
take_chunks(struct reader *r)
{
	char *out = r->emits ? scan_room(r->scan, r->rest.n, NULL) : NULL;
	size_t n = 0;
	unsigned char first;
	uint64_t length;

	if (r->emits && out == NULL)
		return false;
	while (r->rest.n > 0) {
		first = (unsigned char)r->rest.p[0];
		r->rest = slice_from_idx(r->rest, 1);
		if (first == 0xff) {
			use_string(
			    r, r->emits ? scan_keep(r->scan, n) : SLICE_EMPTY);
			count_item(r);
			return true;
		}
		if ((first >> 5 != MAJOR_BYTES && first >> 5 != MAJOR_TEXT) ||
		    !take_argument(&r->rest, first & 31, &length) ||
		    length > r->rest.n)
			return false;
		if (r->emits && length > 0)
			memcpy(out + n, r->rest.p, (size_t)length);
		n += (size_t)length;
		r->rest = slice_from_idx(r->rest, (size_t)length);
	}
	return false;
}

static bool
take_string(struct reader *r, uint64_t n)
{
	if (n > r->rest.n)
		return false;
	use_string(r, slice_sub(r->rest, 0, (size_t)n));
	r->rest = slice_from_idx(r->rest, (size_t)n);
	count_item(r);
	return true;
}

static bool
end_container(struct reader *r)
{
	if (r->depth == 0 || r->stack[r->depth - 1].left != UNTIL_BREAK)
		return false;
	r->depth--;
	count_item(r);
	return true;
}

static bool
read_item(struct reader *r)
{
	unsigned char first = (unsigned char)r->rest.p[0];
	enum major major = (enum major)(first >> 5);
	bool indefinite = (first & 31) == 31;
	uint64_t n = UNTIL_BREAK;

	r->rest = slice_from_idx(r->rest, 1);
	if (first == 0xff)
		return end_container(r);
	if (!indefinite && !take_argument(&r->rest, first & 31, &n))
		return false;
	switch (major) {
	case MAJOR_BYTES:
	case MAJOR_TEXT:
		return indefinite ? take_chunks(r) : take_string(r, n);
	case MAJOR_ARRAY:
	case MAJOR_MAP:
		return open_container(r, major == MAJOR_MAP, n);
	case MAJOR_TAG:
		return !indefinite; /* the item follows */
	case MAJOR_UNSIGNED:
	case MAJOR_NEGATIVE:
	case MAJOR_SIMPLE:
		count_item(r);
		return !indefinite;
	}
	return false;
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

	/* 0xd9d9f7 is the tag that says "CBOR" (section 3.4.6) */
	return s.n > 1 &&
	    ((c >= 0x81 && c <= 0xbf && c != 0xa0) ||
		slice_starts(s, SLICE("\xd9\xd9\xf7")));
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
	if (!read_all(&r) && r.rest.n > span->bytes.n / 2)
		return LAYER_NO;
	r.emits = true;
	read_all(&r);
	return LAYER_SOME;
}

const struct layer layer_cbor = {
	.name = "cbor",
	.roles = ON_WHOLE,
	.decode = decode,
	.looks = looks,
};
