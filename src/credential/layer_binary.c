/*
 * layer_binary: strings in bytes that no decoder knows.
 *
 * Nearly every binary coding writes a length before a string: one, two or
 * four bytes, a varint, in bytes, characters or UTF-16 units (AMF, Java and
 * PHP serialisation, Hessian, MQTT, Thrift, BSON, home-made ones).  So each
 * run of text is looked at from the start, and from each place where the
 * bytes before it say how long a string is.  UTF-16 runs likewise.
 */
#include <string.h>

#include <unistr.h>

#include "credential/layer.h"
#include "credential/text.h"

#define RUN_MIN 4
#define RUN_MIN_LARGE 6 /* in large spans, where noise has many runs */
#define LARGE ((size_t)16 << 10)
#define VALUE_MIN 12      /* shorter ones are no coded texts */
#define RUN_STARTS_MAX 16 /* places in a run where a length may end */
#define PREFIX_MAX 5
#define LENGTHS_MAX 8

struct reader {
	struct scan *scan;
	const struct span *span;
	uint32_t where;
};

/* Bytes of the printable character at i, or 0. High bytes count only as
 * UTF-8 (or Java's surrogates), or every second byte of noise would. */
static size_t
text_at(struct slice s, size_t i)
{
	unsigned char c = (unsigned char)s.p[i];
	ucs4_t point;
	int n;

	if (c < 0x80)
		return (c >= 0x20 && c != 0x7f) || c == '\t' || c == '\n' ||
		    c == '\r';
	if (c == 0xed && i + 2 < s.n && (s.p[i + 1] & 0xe0) == 0xa0 &&
	    (s.p[i + 2] & 0xc0) == 0x80)
		return 3;
	n = u8_mbtoucr(&point, (const uint8_t *)s.p + i, s.n - i);
	return n >= 2 ? (size_t)n : 0;
}

static void
push(const struct reader *r, struct slice s)
{
	if (s.n >= VALUE_MIN)
		scan_push(r->scan, r->span, s, r->where, SPAN_VALUE, RANK_PART);
	else
		scan_emit(r->scan, r->span, s, r->where, RANK_PART);
}

/* How many bytes `units` UTF-16 units or characters of s take, or 0. */
static size_t
bytes_of_units(struct slice s, size_t units, bool utf16)
{
	const uint8_t *p = (const uint8_t *)s.p;
	size_t i = 0, seen = 0;
	ucs4_t c;
	int n;

	while (i < s.n && seen < units) {
		n = u8_mbtoucr(&c, p + i, s.n - i);
		if (n <= 0)
			return 0;
		seen += utf16 && c > 0xffff ? 2 : 1;
		i += (size_t)n;
	}
	return seen == units ? i : 0;
}

/* Lengths that the bytes before `at` may say. */
static size_t
lengths_before(struct slice s, size_t at, size_t out[LENGTHS_MAX])
{
	const unsigned char *p = (const unsigned char *)s.p + at;
	size_t n = 0;

	if (at >= 1) {
		out[n++] = p[-1];
		out[n++] = p[-1] >> 1;   /* AMF3: the low bit is a flag */
		out[n++] = p[-1] & 0x1f; /* MessagePack, CBOR */
	}
	if (at >= 2) {
		out[n++] = (size_t)p[-2] << 8 | p[-1];
		out[n++] = (size_t)p[-1] << 8 | p[-2];
		/* varint, and AMF3's U29 */
		out[n++] = (size_t)(p[-1] & 0x7f) << 7 | (p[-2] & 0x7f);
		out[n++] = ((size_t)(p[-2] & 0x7f) << 7 | p[-1]) >> 1;
	}
	return n;
}

/* s: the rest of the run. */
static void
try_length(const struct reader *r, struct slice s, size_t length)
{
	size_t utf16, points;

	if (length < RUN_MIN || length > s.n || length > CREDENTIAL_VALUE_MAX)
		return;
	push(r, slice_sub(s, 0, length));
	if (!(text_mask(slice_sub(s, 0, length)) & HAS_HIGH))
		return;
	utf16 = bytes_of_units(s, length, true);
	if (utf16 > length)
		push(r, slice_sub(s, 0, utf16));
	points = bytes_of_units(s, length, false);
	if (points > length && points != utf16)
		push(r, slice_sub(s, 0, points));
}

static void
try_start(const struct reader *r, size_t at, size_t end)
{
	struct slice rest = slice_sub(r->span->bytes, at, end - at);
	size_t lengths[LENGTHS_MAX], n, i;

	n = lengths_before(r->span->bytes, at, lengths);
	for (i = 0; i < n; i++)
		try_length(r, rest, lengths[i]);
}

/* A run of printable bytes; its first ones may be the end of a length or a
 * type ("t\0\x0b" in Java, "S\0\x0b" in Hessian, '$' of 0x24). */
static void
read_run(const struct reader *r, size_t start, size_t end)
{
	size_t at;

	push(r, text_trim(slice_sub(r->span->bytes, start, end - start)));
	for (at = start; at < end && at < start + PREFIX_MAX; at++)
		try_start(r, at, end);
	/* strings right behind each other: a length that is itself a letter */
	for (; at < end && at < start + RUN_STARTS_MAX * 16; at++) {
		if ((unsigned char)r->span->bytes.p[at - 1] == end - at)
			try_start(r, at, end);
	}
}

static void
read_runs(const struct reader *r)
{
	struct slice s = r->span->bytes;
	size_t least = s.n > LARGE ? RUN_MIN_LARGE : RUN_MIN;
	size_t i = 0, start = 0, n;

	while (i <= s.n) {
		n = i < s.n ? text_at(s, i) : 0;
		if (n > 0) {
			i += n;
			continue;
		}
		if (i - start >= least)
			read_run(r, start, i);
		start = ++i;
	}
}

static void
push_utf16(const struct reader *r, struct slice s, enum charset charset)
{
	size_t room, n;
	char *out = scan_room(r->scan, s.n * 3, &room);

	if (out == NULL)
		return;
	n = charset_convert(scan_charsets(r->scan), charset, s, out, room);
	if (n > 0)
		push(r, scan_keep(r->scan, n));
}

/* A run of UTF-16; its first units may be a length, and what follows the
 * string may have joined the run. */
static void
read_utf16_run(const struct reader *r, struct slice run, enum charset charset)
{
	size_t lengths[LENGTHS_MAX], count, skip, i;
	size_t at = (size_t)(run.p - r->span->bytes.p);
	struct slice rest;

	push_utf16(r, run, charset);
	for (skip = 0; skip < run.n && skip < PREFIX_MAX; skip += 2) {
		rest = slice_from_idx(run, skip);
		count = lengths_before(r->span->bytes, at + skip, lengths);
		for (i = 0; i < count; i++) {
			if (lengths[i] < RUN_MIN)
				continue;
			if (lengths[i] % 2 == 0 && lengths[i] <= rest.n)
				push_utf16(
				    r, slice_sub(rest, 0, lengths[i]), charset);
			if (lengths[i] * 2 <= rest.n)
				push_utf16(r,
				    slice_sub(rest, 0, lengths[i] * 2),
				    charset);
		}
	}
}

/* The unit at `at` is of a Latin script. */
static bool
is_narrow(struct slice s, size_t at, bool little)
{
	return (unsigned char)s.p[at + little] < 3;
}

/* Another string before this one, read half a unit off, looks like ideographs:
 * also start where Latin letters begin. */
static void
read_narrow_runs(const struct reader *r, struct slice run, enum charset charset)
{
	bool little = charset == CHARSET_UTF16LE;
	size_t i;

	for (i = 2; i + RUN_MIN * 2 <= run.n; i += 2) {
		if (is_narrow(run, i, little) && !is_narrow(run, i - 2, little))
			read_utf16_run(r, slice_from_idx(run, i), charset);
	}
}

/* A unit that a password may hold: no controls, no private or odd planes. */
static bool
is_unit(struct slice s, size_t at, bool little)
{
	unsigned low = (unsigned char)s.p[at + !little];
	unsigned high = (unsigned char)s.p[at + little];
	unsigned unit = high << 8 | low;

	if (unit < 0x20 || (unit >= 0x7f && unit < 0xa0))
		return false;
	return unit < 0x0600 || (unit >= 0x2010 && unit < 0x2200) ||
	    (unit >= 0x3040 && unit < 0xa000) ||
	    (unit >= 0xac00 && unit < 0xd7a4);
}

/* Bytes of the UTF-16 character at `at` that a password may hold, or 0. */
static size_t
utf16_at(struct slice s, size_t at, bool little)
{
	unsigned char high = at + 1 < s.n ? (unsigned char)s.p[at + little] : 0;
	unsigned char low = at + 3 < s.n ? (unsigned char)s.p[at + 2 + little]
					 : 0;

	if (at + 1 >= s.n)
		return 0;
	if (high >= 0xd8 && high < 0xdc && low >= 0xdc && low < 0xe0)
		return 4;
	return is_unit(s, at, little) ? 2 : 0;
}

static void
read_utf16_runs(const struct reader *r, size_t phase, enum charset charset)
{
	struct slice s = r->span->bytes;
	bool little = charset == CHARSET_UTF16LE;
	size_t i = phase, start = phase, n;
	struct slice run;

	while (i <= s.n) {
		n = utf16_at(s, i, little);
		if (n > 0) {
			i += n;
			continue;
		}
		if (i - start >= RUN_MIN * 2) {
			run = slice_sub(s, start, i - start);
			read_utf16_run(r, run, charset);
			read_narrow_runs(r, run, charset);
		}
		i += 2;
		start = i;
	}
}

/* Where some bytes are zero there may be UTF-16 inside. */
static bool
has_utf16(struct slice s)
{
	size_t zeros = 0, i;

	for (i = 0; i < s.n; i++)
		zeros += s.p[i] == '\0';
	return zeros >= 2 && zeros >= s.n / 16;
}

static enum layer_result
decode(struct scan *scan, const struct span *span)
{
	struct reader r = { scan, span,
		scan_step(scan, span->where, WHERE_BINARY, SLICE_EMPTY, 0) };

	read_runs(&r);
	if (!has_utf16(span->bytes) || !scan_work(scan, span->bytes.n * 4))
		return LAYER_SOME;
	read_utf16_runs(&r, 0, CHARSET_UTF16LE);
	read_utf16_runs(&r, 1, CHARSET_UTF16LE);
	read_utf16_runs(&r, 0, CHARSET_UTF16BE);
	read_utf16_runs(&r, 1, CHARSET_UTF16BE);
	return LAYER_SOME;
}

const struct layer layer_binary = {
	.name = "binary",
	.roles = ON_WHOLE,
	.decode = decode,
};
