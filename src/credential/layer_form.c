/*
 * layer_form: application/x-www-form-urlencoded, and what looks like it.
 *
 * WHATWG URL, section 5.1, read leniently: pieces between '&' (or ';'),
 * "name=value", percent forms and '+'.  Where '+' may have meant itself,
 * both readings are looked at.
 */
#include <string.h>

#include "credential/escape.h"
#include "credential/layer.h"
#include "credential/text.h"

/* Names as long as this may be a value themselves (a whole JSON text). */
#define FORM_NAME_IS_VALUE 24

/* Raw characters a form never has: it is some other text then. */
#define FORM_FOREIGN                                                           \
	(HAS_BLANK | HAS_LINE | HAS_QUOTE | HAS_ANGLE | HAS_BACKSLASH |        \
	    HAS_CONTROL | HAS_HIGH)

static struct slice
decode_name(struct scan *scan, struct slice name)
{
	if (!(text_mask(name) & (HAS_PERCENT | HAS_PLUS)))
		return name;
	return escape_percent(scan, name, ESCAPE_PLUS);
}

static void
decode_value(struct scan *scan, const struct span *span, struct slice value,
    uint32_t where, enum candidate_rank rank)
{
	unsigned mask = text_mask(value);
	struct slice plain;

	if (!(mask & (HAS_PERCENT | HAS_PLUS))) {
		scan_push(scan, span, value, where, SPAN_VALUE, rank);
		return;
	}
	if (mask & FORM_FOREIGN)
		/* it was sent without escapes, so its '%' may be itself */
		scan_emit(scan, span, value, where, rank);
	plain = escape_percent(scan, value, ESCAPE_PLUS);
	scan_push(scan, span, plain, where, SPAN_VALUE, rank);
	if (!(mask & HAS_PLUS))
		return;
	/* a script that forgot to escape '+', or a base64 text */
	plain = escape_percent(scan, value, ESCAPE_PERCENT);
	scan_push(scan, span, plain, where,
	    text_mask(plain) & HAS_NON64 ? SPAN_PART : SPAN_VALUE, rank);
}

/* Names are seldom escaped, but for brackets, or of more than their value: it
 * may be the other way round. */
static bool
is_rare_name(const struct span *span, struct slice raw, struct slice value)
{
	size_t i = slice_find(raw, '%');

	return (value.n < 2 && span->role == SPAN_BODY) ||
	    (i < raw.n && !slice_caseeq_str(slice_sub(raw, i, 3), "%5b"));
}

/* One piece; returns whether it is a plain "name=value". */
static bool
decode_piece(struct scan *scan, const struct span *span, struct slice piece)
{
	size_t eq = slice_find(piece, '=');
	struct slice name, value;
	enum candidate_rank rank;
	uint32_t where;

	if (piece.n == 0)
		return true;
	name = decode_name(scan, slice_sub(piece, 0, eq));
	value = slice_from_idx(piece, eq + 1);
	where = scan_step(scan, span->where, WHERE_FORM, name, 0);
	rank = rank_of_name(name, RANK_VALUE);
	if (eq == piece.n || name.n >= FORM_NAME_IS_VALUE ||
	    is_rare_name(span, slice_sub(piece, 0, eq), value))
		scan_push(scan, span, name, where, SPAN_VALUE, RANK_PART);
	if (value.n > 0)
		decode_value(scan, span, value, where, rank);
	/* "YWJj==" is base64, "PWD:0:secret=1" is a text with a label */
	return eq < piece.n && name.n > 0 && value.n > 0 &&
	    !slice_eq_str(value, "=") && memchr(name.p, ':', name.n) == NULL;
}

static enum layer_result
decode_by(struct scan *scan, const struct span *span, char separator)
{
	struct slice rest = span->bytes, piece;
	bool clean = true, found = false;

	while (slice_split(&rest, separator, &piece)) {
		if (!scan_work(scan, 32))
			break;
		if (decode_piece(scan, span, piece))
			found = true;
		else if (slice_find(piece, '=') == piece.n)
			clean = false;
	}
	return found && clean ? LAYER_ALL : LAYER_SOME;
}

/* Bytes that aren't text are a form only if they start like one: a value
 * may be anything, a name is not. */
static bool
starts_named(const struct span *span)
{
	size_t eq = slice_find(span->bytes, '=');

	return span->role == SPAN_BODY && eq > 0 && eq < span->bytes.n &&
	    !(text_mask(slice_sub(span->bytes, 0, eq)) & FORM_FOREIGN);
}

static enum layer_result
decode(struct scan *scan, const struct span *span)
{
	unsigned mask = span->mask;
	enum layer_result result;

	if (mask & HAS_CONTROL && !starts_named(span))
		return LAYER_NO;
	if (mask & FORM_FOREIGN & ~(unsigned)HAS_HIGH &&
	    span->role == SPAN_VALUE)
		return LAYER_NO;
	result = decode_by(scan, span, '&');
	if (mask & HAS_SEMICOLON) {
		decode_by(scan, span, ';');
		result = LAYER_SOME;
	}
	return mask & FORM_FOREIGN ? LAYER_SOME : result;
}

const struct layer layer_form = {
	.name = "form",
	.needs = HAS_EQUALS,
	.roles = ON_WHOLE,
	.decode = decode,
};
