/*
 * layer_coding: compressed data by its first bytes, wherever it stands.
 *
 * What a Content-Encoding declares is undone by request.c; this finds what
 * nobody declared: a gzip text as the body, in a field, in a gRPC frame.
 */
#include "credential/coding.h"
#include "credential/layer.h"

static enum layer_result
decode(struct scan *scan, const struct span *span)
{
	enum coding coding = coding_of_magic(span->bytes);
	struct slice plain;
	bool whole;

	if (coding == CODING_COUNT)
		return LAYER_NO;
	plain = coding_decode(scan, coding, span->bytes, &whole);
	if (plain.n == 0)
		return LAYER_NO;
	scan_push(scan, span, plain,
	    scan_step(scan, span->where, WHERE_CODING,
		slice_of(coding_label(coding)), 0),
	    SPAN_BODY, span->rank);
	return whole ? LAYER_ALL : LAYER_SOME;
}

static bool
has_magic(struct slice bytes)
{
	return coding_of_magic(bytes) != CODING_COUNT;
}

const struct layer layer_coding = {
	.name = "coding",
	.roles = ON_WHOLE,
	.decode = decode,
	.looks = has_magic,
};
