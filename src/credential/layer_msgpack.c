/*
 * layer_msgpack: strings and byte strings of MessagePack values.
 *
 * Own code: the libraries unpack into trees and recurse over what a peer
 * sent.  A loop over a stack of counts; a span counts as MessagePack if it
 * starts with a container and every item in it is well formed.
 */
#include "credential/nest.h"

enum item {
	ITEM_BAD,
	ITEM_SKIP,   /* a number: n bytes follow */
	ITEM_STRING, /* n bytes follow */
	ITEM_ARRAY,  /* n items follow */
	ITEM_MAP,    /* n pairs follow */
};

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
	if (wide[i].width > 0 && !nest_number(rest, wide[i].width, n))
		return ITEM_BAD;
	*n += wide[i].fixed;
	return (enum item)wide[i].kind;
}

static bool
read_item(struct nest *nest)
{
	uint64_t n;
	enum item item = take_item(&nest->rest, &n);
	bool has_bytes = item == ITEM_SKIP || item == ITEM_STRING;
	struct slice s = SLICE_EMPTY;

	if (has_bytes && n > nest->rest.n)
		return false;
	if (has_bytes) {
		s = slice_sub(nest->rest, 0, (size_t)n);
		nest->rest = slice_from_idx(nest->rest, (size_t)n);
	}
	switch (item) {
	case ITEM_BAD:
		return false;
	case ITEM_SKIP:
		nest_thing(nest);
		return true;
	case ITEM_STRING:
		nest_string(nest, s);
		return true;
	case ITEM_ARRAY:
	case ITEM_MAP:
		return nest_open(nest, item == ITEM_MAP, n);
	}
	return false;
}

static bool
starts(struct slice s)
{
	unsigned char c = (unsigned char)s.p[0];

	return s.n > 1 &&
	    ((c > 0x80 && c < 0xa0 && c != 0x90) || (c >= 0xdc && c <= 0xdf));
}

static const struct nest_coding coding = {
	.key = WHERE_MSGPACK,
	.item = WHERE_MSGPACK_ITEM,
	.starts = starts,
	.read_item = read_item,
};

static bool
looks(struct slice bytes)
{
	return nest_looks(&coding, bytes);
}

static enum layer_result
decode(struct scan *scan, const struct span *span)
{
	return nest_decode(&coding, scan, span);
}

const struct layer layer_msgpack = {
	.name = "msgpack",
	.roles = ON_WHOLE,
	.decode = decode,
	.looks = looks,
};
