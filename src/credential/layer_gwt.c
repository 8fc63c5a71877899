/*
 * layer_gwt: the string table of a GWT-RPC request.
 *
 * "7|0|9|...": fields between bars; "\!" is a bar, "\\" a backslash, "\0" a
 * NUL.
 */
#include "credential/layer.h"
#include "credential/text.h"

static bool
is_gwt(struct slice s)
{
	struct slice rest = s, field;
	uint64_t number;
	unsigned i;

	for (i = 0; i < 3; i++) {
		if (!slice_split(&rest, '|', &field) || field.n > 4 ||
		    slice_to_u64(field, 9999, &number) < 0)
			return false;
	}
	return rest.n > 0;
}

static struct slice
unescape(struct scan *scan, struct slice s)
{
	char *out;
	size_t i, n = 0;

	if (slice_find(s, '\\') == s.n)
		return s;
	out = scan_room(scan, s.n, NULL);
	if (out == NULL)
		return s;
	for (i = 0; i < s.n; i++) {
		if (s.p[i] != '\\' || i + 1 == s.n) {
			out[n++] = s.p[i];
			continue;
		}
		i++;
		out[n++] = s.p[i] == '!' ? '|' : s.p[i];
	}
	return scan_keep(scan, n);
}

static enum layer_result
decode(struct scan *scan, const struct span *span)
{
	struct slice rest = span->bytes, field;
	uint32_t index = 0;

	if (!is_gwt(rest))
		return LAYER_NO;
	while (slice_split(&rest, '|', &field) && scan_work(scan, 32)) {
		if (field.n >= scan_limits(scan)->min_chars)
			scan_push(scan, span, unescape(scan, field),
			    scan_step(scan, span->where, WHERE_GWT, SLICE_EMPTY,
				index),
			    SPAN_VALUE, RANK_VALUE);
		index++;
	}
	return LAYER_SOME;
}

const struct layer layer_gwt = {
	.name = "gwt",
	.needs = HAS_PIPE,
	.roles = ON_WHOLE,
	.decode = decode,
};
