/*
 * layer_utf16: a whole text in UTF-16, with or without a byte order mark.
 *
 * Without one the zeros tell: in nearly all texts every other byte of most
 * pairs is zero.
 */
#include "credential/layer.h"
#include "credential/text.h"

#define LOOK_AT 256 /* bytes counted */

/* Which of the two it may be, or CHARSET_COUNT. */
static enum charset
guess(struct slice s)
{
	size_t zeros[2] = { 0, 0 }, i, n = s.n < LOOK_AT ? s.n : LOOK_AT;

	if (s.n >= 2 && s.p[0] == '\xff' && s.p[1] == '\xfe')
		return CHARSET_UTF16LE;
	if (s.n >= 2 && s.p[0] == '\xfe' && s.p[1] == '\xff')
		return CHARSET_UTF16BE;
	for (i = 0; i < n; i++)
		zeros[i & 1] += s.p[i] == '\0';
	if (zeros[0] + zeros[1] < n / 4)
		return CHARSET_COUNT;
	if (zeros[0] == 0)
		return CHARSET_UTF16LE;
	return zeros[1] == 0 ? CHARSET_UTF16BE : CHARSET_COUNT;
}

static bool
has_mark(struct slice s)
{
	return slice_starts(s, SLICE("\xff\xfe")) ||
	    slice_starts(s, SLICE("\xfe\xff"));
}

static enum layer_result
decode(struct scan *scan, const struct span *span)
{
	struct slice s = span->bytes, text;
	enum charset charset;
	size_t room, n;
	char *out;

	s.n &= ~(size_t)1; /* a cut text ends in half a unit */
	charset = guess(s);
	if (charset == CHARSET_COUNT)
		return LAYER_NO;
	out = scan_room(scan, s.n * 3, &room);
	if (out == NULL)
		return LAYER_NO;
	n = charset_convert(scan_charsets(scan), charset, s, out, room);
	if (n == 0)
		return LAYER_NO;
	text = scan_keep(scan, n);
	if (slice_starts(text, SLICE("\xef\xbb\xbf")))
		text = slice_from_idx(text, 3);
	scan_push(scan, span, text,
	    scan_step(scan, span->where, WHERE_CODING,
		slice_of(charset_label(charset)), 0),
	    span->role, span->rank);
	/* without a mark, what is not all plain letters may have been something
	 * else, with a text of UTF-16 in it */
	return has_mark(s) || !(text_mask(text) & (HAS_CONTROL | HAS_HIGH))
	    ? LAYER_ALL
	    : LAYER_SOME;
}

const struct layer layer_utf16 = {
	.name = "utf16",
	.roles = ON_WHOLE,
	.decode = decode,
	.looks = has_mark,
};
