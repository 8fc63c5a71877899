/*
 * layer_escape: values written in other characters: base64, hex, percent
 * forms, entities, backslashes, and the disguises of phishing kits.
 *
 * Each decides whether what comes out is worth a look, for nearly any word
 * is a base64 text of something.
 */
#include <string.h>

#include "credential/escape.h"
#include "credential/layer.h"
#include "credential/text.h"

#define BASE64_MIN 6     /* characters: four bytes without padding */
#define BINARY_RUN_MIN 6 /* printable bytes in a row worth a decoder */
#define HEX_MIN 8
#define CODES_MIN 8
#define CODES_MAX ((size_t)CREDENTIAL_VALUE_MAX * 8)
#define DISGUISE_MAX 256 /* bytes */
#define DISGUISE_DEPTH_MAX 4

static void
push_coded(struct scan *scan, const struct span *span, struct slice bytes,
    const char *coding, enum span_role role, enum candidate_rank rank)
{
	uint32_t where = scan_step(
	    scan, span->where, WHERE_CODING, slice_of(coding), 0);

	scan_push(scan, span, bytes, where, role, rank);
}

/* The longest run of printable ASCII. */
static size_t
longest_run(struct slice s)
{
	size_t i, run = 0, longest = 0;

	for (i = 0; i < s.n; i++) {
		run = s.p[i] >= 0x20 && s.p[i] < 0x7f ? run + 1 : 0;
		if (run > longest)
			longest = run;
	}
	return longest;
}

static bool
is_mostly_ascii(struct slice s)
{
	size_t i, high = 0;

	for (i = 0; i < s.n; i++)
		high += (unsigned char)s.p[i] >= 0x80;
	return high <= s.n / 3;
}

/* Texts with a NUL between, as a login by SASL PLAIN is (RFC 4616). */
static bool
is_texts(struct slice s)
{
	struct slice rest = s, text;

	while (slice_split(&rest, '\0', &text)) {
		if (text_mask(text) & HAS_CONTROL)
			return false;
	}
	return text_is_utf8(s);
}

/* Whether decoded bytes are more than noise: text, a text in an old charset,
 * or, from a whole value, something a binary decoder may know. */
static bool
is_worth(const struct span *span, struct slice bytes)
{
	unsigned mask = text_mask(bytes);

	if (!(mask & HAS_CONTROL) &&
	    (!(mask & HAS_HIGH) || text_is_utf8(bytes)))
		return true;
	if (layers_look(bytes))
		return true;
	if (!(mask & HAS_CONTROL))
		return (mask & HAS_COLON) ||
		    (span->role != SPAN_PART && is_mostly_ascii(bytes));
	return ((mask & HAS_NUL) &&
		   (span->role != SPAN_PART || is_texts(bytes))) ||
	    longest_run(bytes) >= BINARY_RUN_MIN;
}

/* A decoded text is a whole value again, whatever it came from. */
static enum span_role
decoded_role(struct slice bytes)
{
	return bytes.n > CREDENTIAL_VALUE_MAX ? SPAN_BODY : SPAN_VALUE;
}

static enum layer_result
decode_base64(struct scan *scan, const struct span *span)
{
	struct slice s = text_trim(span->bytes), bytes;

	if (s.n < BASE64_MIN)
		return LAYER_NO;
	bytes = escape_base64(scan, s);
	if (bytes.n == 0 || !is_worth(span, bytes))
		return LAYER_NO;
	push_coded(
	    scan, span, bytes, "base64", decoded_role(bytes), span->rank);
	return LAYER_SOME;
}

/* Some kits xor every byte with a constant before they write hex. */
static void
emit_xored(struct scan *scan, const struct span *span, struct slice bytes)
{
	char *out = scan_room(scan, bytes.n, NULL);
	struct slice plain;
	size_t i;

	if (out == NULL || bytes.n > DISGUISE_MAX)
		return;
	for (i = 0; i < bytes.n; i++)
		out[i] = (char)(bytes.p[i] ^ 5);
	plain = scan_keep(scan, bytes.n);
	if (text_mask(plain) & HAS_CONTROL)
		return;
	scan_emit(scan, span, plain,
	    scan_step(scan, span->where, WHERE_CODING, SLICE("xor5"), 0),
	    RANK_DISGUISE);
}

static enum layer_result
decode_hex(struct scan *scan, const struct span *span)
{
	struct slice bytes;

	if (span->bytes.n < HEX_MIN)
		return LAYER_NO;
	bytes = escape_hex(scan, span->bytes);
	if (bytes.n == 0)
		return LAYER_NO;
	emit_xored(scan, span, bytes);
	if (!is_worth(span, bytes))
		return LAYER_NO;
	push_coded(scan, span, bytes, "hex", decoded_role(bytes), span->rank);
	return LAYER_SOME;
}

/* What an unescaped text is: a text that was escaped as a whole may be
 * anything; one with a few escapes in it stays what it was, in other
 * letters, and only its simple codings are looked at again. */
static enum span_role
unescaped_role(const struct span *span, struct slice text, unsigned raw)
{
	if (span->role != SPAN_VALUE)
		return span->role;
	if (text_mask(text) & HAS_LINE)
		return SPAN_VALUE;
	return span->mask & raw ? SPAN_PART : SPAN_VALUE;
}

static enum layer_result
unescape(struct scan *scan, const struct span *span, struct slice text,
    const char *coding, unsigned raw)
{
	if (text.n == span->bytes.n)
		return LAYER_NO;
	push_coded(scan, span, text, coding, unescaped_role(span, text, raw),
	    span->rank);
	return LAYER_SOME;
}

static enum layer_result
decode_percent(struct scan *scan, const struct span *span)
{
	static const unsigned raw = HAS_BLANK | HAS_LINE | HAS_QUOTE |
	    HAS_ANGLE | HAS_BACKSLASH | HAS_HIGH;
	struct slice s = span->bytes;
	enum layer_result result;

	result = unescape(
	    scan, span, escape_percent(scan, s, ESCAPE_PERCENT), "pct", raw);
	if (result != LAYER_NO && memchr(s.p, '+', s.n) != NULL)
		unescape(scan, span, escape_percent(scan, s, ESCAPE_PLUS),
		    "pct", raw);
	return result;
}

static enum layer_result
decode_entity(struct scan *scan, const struct span *span)
{
	return unescape(scan, span, escape_entity(scan, span->bytes), "html",
	    HAS_ANGLE | HAS_QUOTE);
}

static enum layer_result
decode_backslash(struct scan *scan, const struct span *span)
{
	return unescape(
	    scan, span, escape_backslash(scan, span->bytes), "backslash", ~0u);
}

/* "83,117,109" and "53:75:6d": one code a character. */
static enum layer_result
decode_codes(struct scan *scan, const struct span *span)
{
	struct slice s = span->bytes, text;
	unsigned i;

	if (s.n < CODES_MIN || s.n > CODES_MAX)
		return LAYER_NO;
	for (i = 0; i < 2; i++) {
		text = escape_codes(scan, s, i == 1);
		if (text.n >= scan_limits(scan)->min_chars &&
		    text.n * 2 <= s.n + 1 && !(text_mask(text) & HAS_CONTROL))
			push_coded(scan, span, text, i ? "hex" : "codes",
			    SPAN_VALUE, span->rank);
	}
	return LAYER_SOME;
}

static char
rot13(char c)
{
	unsigned letter = ((unsigned char)c | 0x20u) - 'a';

	if (letter >= 26)
		return c;
	return (char)(letter < 13 ? c + 13 : c - 13);
}

static void
emit_rot13(struct scan *scan, const struct span *span)
{
	struct slice s = span->bytes;
	char *out = scan_room(scan, s.n, NULL);
	size_t i;

	if (out == NULL)
		return;
	for (i = 0; i < s.n; i++)
		out[i] = rot13(s.p[i]);
	scan_emit(scan, span, scan_keep(scan, s.n),
	    scan_step(scan, span->where, WHERE_CODING, SLICE("rot13"), 0),
	    RANK_DISGUISE);
}

static void
push_reversed(struct scan *scan, const struct span *span)
{
	struct slice s = span->bytes, plain;
	char *out = scan_room(scan, s.n, NULL);
	uint32_t where;
	unsigned mask = span->mask;
	size_t i;

	if (out == NULL)
		return;
	for (i = 0; i < s.n; i++)
		out[i] = s.p[s.n - 1 - i];
	s = scan_keep(scan, s.n);
	where = scan_step(scan, span->where, WHERE_CODING, SLICE("reverse"), 0);
	if (!(mask & HAS_HIGH))
		scan_emit(scan, span, s, where, RANK_DISGUISE);
	if (mask & HAS_NON64 || s.n < BASE64_MIN)
		return;
	plain = escape_base64(scan, s);
	if (plain.n > 0 && !(text_mask(plain) & HAS_CONTROL) &&
	    text_is_utf8(plain))
		push_coded(scan, span, plain, "reverse base64", SPAN_VALUE,
		    RANK_DISGUISE);
}

static enum layer_result
decode_disguise(struct scan *scan, const struct span *span)
{
	if (!scan_is_small(scan) || span->bytes.n > DISGUISE_MAX ||
	    span->bytes.n < scan_limits(scan)->min_chars ||
	    span->depth > DISGUISE_DEPTH_MAX || span->rank == RANK_DISGUISE)
		return LAYER_NO;
	emit_rot13(scan, span);
	push_reversed(scan, span);
	return LAYER_SOME;
}

const struct layer layer_base64 = {
	.name = "base64",
	.never = HAS_NON64 & ~HAS_BLANK,
	.roles = ON_ANY,
	.decode = decode_base64,
};

const struct layer layer_hex = {
	.name = "hex",
	.never = HAS_NONHEX,
	.roles = ON_ANY,
	.decode = decode_hex,
};

const struct layer layer_percent = {
	.name = "percent",
	.needs = HAS_PERCENT,
	.roles = ON_ANY,
	.decode = decode_percent,
};

const struct layer layer_entity = {
	.name = "entity",
	.needs = HAS_AMP,
	.roles = ON_ANY,
	.decode = decode_entity,
};

const struct layer layer_backslash = {
	.name = "backslash",
	.needs = HAS_BACKSLASH,
	.roles = ON_ANY,
	.decode = decode_backslash,
};

const struct layer layer_codes = {
	.name = "codes",
	.needs = HAS_WORD_END | HAS_BLANK | HAS_BACKSLASH,
	.never = HAS_HIGH | HAS_LINE | HAS_EQUALS | HAS_QUOTE | HAS_SLASH |
	    HAS_PERCENT | HAS_AMP,
	.roles = ON_ANY,
	.decode = decode_codes,
};

const struct layer layer_disguise = {
	.name = "disguise",
	.never = HAS_LINE,
	.roles = ON_VALUE,
	.decode = decode_disguise,
};
