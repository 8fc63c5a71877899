/*
 * layer_protobuf: length-delimited fields of a protobuf message, and the
 * frames gRPC and gRPC-web put around messages.
 *
 * Own code: libraries need the schema, which a proxy doesn't have; the wire
 * format is a loop.  A span counts as a message only if it parses to its
 * last byte.
 */
#include "credential/layer.h"

#define VARINT_MAX 10
#define FIELD_MAX 536870911u /* 2^29 - 1 */

enum wire {
	WIRE_VARINT = 0,
	WIRE_64 = 1,
	WIRE_BYTES = 2,
	WIRE_32 = 5,
};

static bool
take_varint(struct slice *rest, uint64_t *out)
{
	uint64_t value = 0;
	unsigned shift = 0;
	unsigned char byte;

	while (rest->n > 0 && shift < VARINT_MAX * 7) {
		byte = (unsigned char)rest->p[0];
		*rest = slice_from_idx(*rest, 1);
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80)) {
			*out = value;
			return true;
		}
		shift += 7;
	}
	return false;
}

static bool
take(struct slice *rest, uint64_t n, struct slice *out)
{
	if (n > rest->n)
		return false;
	*out = slice_sub(*rest, 0, (size_t)n);
	*rest = slice_from_idx(*rest, (size_t)n);
	return true;
}

/* The next field; *bytes is empty where it isn't length-delimited. */
static bool
take_field(struct slice *rest, uint32_t *field, struct slice *bytes)
{
	uint64_t tag, value;
	struct slice skipped;

	*bytes = SLICE_EMPTY;
	if (!take_varint(rest, &tag) || tag >> 3 == 0 || tag >> 3 > FIELD_MAX)
		return false;
	*field = (uint32_t)(tag >> 3);
	switch (tag & 7) {
	case WIRE_VARINT:
		return take_varint(rest, &value);
	case WIRE_64:
		return take(rest, 8, &skipped);
	case WIRE_BYTES:
		return take_varint(rest, &value) && take(rest, value, bytes);
	case WIRE_32:
		return take(rest, 4, &skipped);
	default:
		return false;
	}
}

static bool
is_message(struct slice s)
{
	struct slice bytes;
	uint32_t field;
	bool found = false;

	while (s.n > 0) {
		if (!take_field(&s, &field, &bytes))
			return false;
		found |= bytes.n > 0;
	}
	return found;
}

static enum layer_result
decode(struct scan *scan, const struct span *span)
{
	struct slice rest = span->bytes, bytes;
	uint32_t field;

	if (!is_message(rest))
		return LAYER_NO;
	while (rest.n > 0 && take_field(&rest, &field, &bytes)) {
		if (bytes.n == 0)
			continue;
		if (!scan_work(scan, 32))
			break;
		scan_push(scan, span, bytes,
		    scan_step(
			scan, span->where, WHERE_PROTOBUF, SLICE_EMPTY, field),
		    SPAN_VALUE, RANK_VALUE);
	}
	/* many short binary texts happen to parse as a message */
	return LAYER_SOME;
}

/* A frame: flags, four bytes of length, the message. */
static bool
take_frame(struct slice *rest, struct slice *message)
{
	const unsigned char *p = (const unsigned char *)rest->p;
	uint32_t n;

	/* gRPC: 1 says compressed; gRPC-web: 0x80 says trailers; Connect:
	 * 2 says end of stream */
	if (rest->n < 5 || (p[0] & ~0x83u))
		return false;
	n = (uint32_t)p[1] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 8 |
	    p[4];
	*rest = slice_from_idx(*rest, 5);
	return take(rest, n, message);
}

static bool
is_frame(struct slice s)
{
	struct slice message;

	return take_frame(&s, &message) && s.n == 0;
}

static enum layer_result
decode_frames(struct scan *scan, const struct span *span)
{
	struct slice rest = span->bytes, message;
	uint32_t index = 0;

	while (rest.n > 0) {
		if (!take_frame(&rest, &message))
			return index > 0 ? LAYER_SOME : LAYER_NO;
		if (!scan_work(scan, 32))
			break;
		scan_push(scan, span, message,
		    scan_step(
			scan, span->where, WHERE_GRPC, SLICE_EMPTY, index++),
		    SPAN_BODY, span->rank);
	}
	return LAYER_ALL;
}

const struct layer layer_protobuf = {
	.name = "protobuf",
	.roles = ON_WHOLE,
	.decode = decode,
	.looks = is_message,
};

const struct layer layer_grpc = {
	.name = "grpc",
	.roles = ON_WHOLE,
	.decode = decode_frames,
	.looks = is_frame,
};
