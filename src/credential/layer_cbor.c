/*
 * layer_cbor: text and byte strings of CBOR values (RFC 8949).
 *
 * Own code for the reason layer_msgpack.c gives.  The chunks of a string of
 * indefinite length are joined.
 */
#include <string.h>

#include "credential/nest.h"

#define CBOR_BREAK 0xff

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

static unsigned char
take_byte(struct slice *rest)
{
	unsigned char first = (unsigned char)rest->p[0];

	*rest = slice_from_idx(*rest, 1);
	return first;
}

/* The argument of an initial byte: false where it is cut or reserved. */
static bool
take_argument(struct slice *rest, unsigned info, uint64_t *out)
{
	*out = info;
	if (info < 24)
		return true;
	return info <= 27 && nest_number(rest, 1u << (info - 24), out);
}

static bool
take_chunk(struct slice *rest, unsigned char first, struct slice *out)
{
	enum major major = (enum major)(first >> 5);
	uint64_t length;

	if ((major != MAJOR_BYTES && major != MAJOR_TEXT) ||
	    !take_argument(rest, first & 31, &length) || length > rest->n)
		return false;
	*out = slice_sub(*rest, 0, (size_t)length);
	*rest = slice_from_idx(*rest, (size_t)length);
	return true;
}

/* The chunks of a string of indefinite length, up to the break. */
static bool
take_chunks(struct nest *nest)
{
	struct scan *scan = nest->scan;
	char *out = scan ? scan_room(scan, nest->rest.n, NULL) : NULL;
	size_t n = 0;

	if (scan && !out)
		return false;
	while (nest->rest.n > 0) {
		unsigned char first = take_byte(&nest->rest);
		struct slice chunk;

		if (first == CBOR_BREAK) {
			nest_string(
			    nest, scan ? scan_keep(scan, n) : SLICE_EMPTY);
			return true;
		}
		if (!take_chunk(&nest->rest, first, &chunk))
			return false;
		if (scan && chunk.n > 0)
			memcpy(out + n, chunk.p, chunk.n);
		n += chunk.n;
	}
	return false;
}

static bool
take_string(struct nest *nest, uint64_t n)
{
	struct slice s;

	if (n > nest->rest.n)
		return false;
	s = slice_sub(nest->rest, 0, (size_t)n);
	nest->rest = slice_from_idx(nest->rest, (size_t)n);
	nest_string(nest, s);
	return true;
}

static bool
read_item(struct nest *nest)
{
	unsigned char first = take_byte(&nest->rest);
	enum major major = (enum major)(first >> 5);
	bool indefinite = (first & 31) == 31;
	uint64_t n = NEST_UNTIL_END;

	if (first == CBOR_BREAK)
		return nest_close(nest);
	if (!indefinite && !take_argument(&nest->rest, first & 31, &n))
		return false;
	switch (major) {
	case MAJOR_BYTES:
	case MAJOR_TEXT:
		return indefinite ? take_chunks(nest) : take_string(nest, n);
	case MAJOR_ARRAY:
	case MAJOR_MAP:
		return nest_open(nest, major == MAJOR_MAP, n);
	case MAJOR_TAG:
		return !indefinite; /* the item follows */
	case MAJOR_UNSIGNED:
	case MAJOR_NEGATIVE:
	case MAJOR_SIMPLE:
		nest_thing(nest);
		return !indefinite;
	}
	return false;
}

static bool
starts(struct slice s)
{
	unsigned char c = (unsigned char)s.p[0];

	/* 0xd9d9f7 is the tag that says "CBOR" (section 3.4.6) */
	return s.n > 1 &&
	    ((c >= 0x81 && c <= 0xbf && c != 0xa0) ||
		slice_starts(s, SLICE("\xd9\xd9\xf7")));
}

static const struct nest_coding coding = {
	.key = WHERE_CBOR,
	.item = WHERE_CBOR_ITEM,
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

const struct layer layer_cbor = {
	.name = "cbor",
	.roles = ON_WHOLE,
	.decode = decode,
	.looks = looks,
};
