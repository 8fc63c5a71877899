/*
 * layer_multipart: the fields of multipart/form-data, and the parts of
 * other multiparts (RFC 2046 section 5.1, RFC 7578).
 *
 * The boundary is taken from the first line of the body, not from the
 * header.  Large parts with a file name are files and are not looked into.
 */
#include "credential/escape.h"
#include "credential/layer.h"
#include "credential/text.h"

#define BOUNDARY_MAX 72 /* with the two hyphens */
#define PART_LINES_MAX 16
#define FILE_MAX_BYTES 4096 /* a longer part with a file name is a file */

struct part {
	struct slice name;
	struct slice encoding; /* Content-Transfer-Encoding */
	struct slice body;
	bool is_file;
};

/* A parameter of a header line: name="x" or name=x. */
static struct slice
parameter(struct slice line, struct slice name)
{
	struct slice rest = line, piece, value;
	size_t eq;

	while (slice_split(&rest, ';', &piece)) {
		piece = text_trim(piece);
		eq = slice_find(piece, '=');
		if (eq == piece.n ||
		    !slice_caseeq(slice_sub(piece, 0, eq), name))
			continue;
		value = slice_from_idx(piece, eq + 1);
		if (value.n >= 2 && value.p[0] == '"')
			value = slice_sub(value, 1, value.n - 2);
		return value;
	}
	return SLICE_EMPTY;
}

static bool
header_is(struct slice line, const char *name, struct slice *value)
{
	size_t colon = slice_find(line, ':');

	if (colon == line.n ||
	    !slice_caseeq_str(slice_sub(line, 0, colon), name))
		return false;
	*value = text_trim(slice_from_idx(line, colon + 1));
	return true;
}

/* One header line off *rest; false at the empty line, which is taken too. */
static bool
take_line(struct slice *rest, struct slice *line)
{
	size_t end = slice_find(*rest, '\n');

	*line = text_trim(slice_sub(*rest, 0, end));
	*rest = slice_from_idx(*rest, end + 1);
	return line->n > 0;
}

static void
parse_part(struct slice text, struct part *part)
{
	struct slice line, value;
	unsigned lines = 0;

	*part = (struct part){ .body = text };
	while (lines++ < PART_LINES_MAX && take_line(&part->body, &line)) {
		if (header_is(line, "content-disposition", &value)) {
			part->name = parameter(value, SLICE("name"));
			part->is_file = parameter(value, SLICE("filename")).n >
				0 ||
			    parameter(value, SLICE("filename*")).n > 0;
		} else if (header_is(
			       line, "content-transfer-encoding", &value)) {
			part->encoding = value;
		}
	}
}

static void
push_part(struct scan *scan, const struct span *span, const struct part *part)
{
	uint32_t where = scan_step(
	    scan, span->where, WHERE_MULTIPART, part->name, 0);
	enum candidate_rank rank = rank_of_name(part->name, RANK_VALUE);
	struct slice body = part->body;

	if (part->is_file && body.n > FILE_MAX_BYTES)
		return;
	if (slice_caseeq_str(part->encoding, "base64"))
		body = escape_base64(scan, text_trim(body));
	else if (slice_caseeq_str(part->encoding, "quoted-printable"))
		body = escape_quoted_printable(scan, body);
	scan_push(scan, span, body, where,
	    body.n > CREDENTIAL_VALUE_MAX ? SPAN_BODY : SPAN_VALUE, rank);
	/* whatever the part says of its encoding */
	if (part->encoding.n > 0 && body.p != part->body.p)
		scan_push(scan, span, part->body, where, SPAN_VALUE, rank);
}

/* The first line, "--boundary", if the body starts like that. */
static struct slice
find_boundary(struct slice s)
{
	size_t end;

	if (!slice_starts(s, SLICE("--")))
		return SLICE_EMPTY;
	end = slice_find(slice_sub(s, 0, BOUNDARY_MAX + 2), '\n');
	if (end < 3 || end == s.n || end > BOUNDARY_MAX + 1)
		return SLICE_EMPTY;
	return text_trim(slice_sub(s, 0, end));
}

/* Where the next part ends: at the line break before the boundary. */
static size_t
part_end(struct slice rest, struct slice boundary, size_t *next)
{
	size_t at = 0, hit;

	while ((hit = slice_search(slice_from_idx(rest, at), boundary)) <
	    rest.n - at) {
		hit += at;
		if (hit > 0 && rest.p[hit - 1] == '\n') {
			*next = hit + boundary.n;
			hit--;
			return hit > 0 && rest.p[hit - 1] == '\r' ? hit - 1
								  : hit;
		}
		at = hit + 1;
	}
	*next = rest.n;
	return rest.n;
}

static bool
begins_with_boundary(struct slice s)
{
	return slice_starts(text_trim(s), SLICE("--"));
}

/* A preamble before the first boundary is skipped (RFC 2046). */
static struct slice
skip_preamble(struct slice s)
{
	size_t at;

	if (begins_with_boundary(s))
		return text_trim(s);
	at = slice_search(slice_sub(s, 0, 512), SLICE("\n--"));
	return at < s.n && at < 511 ? slice_from_idx(s, at + 1) : s;
}

static enum layer_result
decode(struct scan *scan, const struct span *span)
{
	struct slice rest = skip_preamble(span->bytes), boundary;
	struct part part;
	size_t end, next;

	boundary = find_boundary(rest);
	if (boundary.n == 0)
		return LAYER_NO;
	rest = slice_from_idx(rest, slice_find(rest, '\n') + 1);
	while (rest.n > 0 && scan_work(scan, 64)) {
		end = part_end(rest, boundary, &next);
		parse_part(slice_sub(rest, 0, end), &part);
		push_part(scan, span, &part);
		rest = slice_from_idx(rest, next);
		if (slice_starts(rest, SLICE("--")))
			break;
		rest = slice_from_idx(rest, slice_find(rest, '\n') + 1);
	}
	/* what stands before the first boundary may be XML around it all */
	return begins_with_boundary(span->bytes) &&
		slice_search(span->bytes, SLICE("ontent-")) < span->bytes.n
	    ? LAYER_ALL
	    : LAYER_SOME;
}

const struct layer layer_multipart = {
	.name = "multipart",
	.needs = HAS_LINE,
	.roles = ON_WHOLE,
	.decode = decode,
};
