/*
 * escape: percent forms, backslashes, entities, base64, hex.
 *
 * Own code: each is a loop over a table, and the libraries at hand accept
 * only the strict form (EVP_DecodeBlock knows one alphabet and must have
 * padding), where pages send every form there is.
 */
#include "credential/escape.h"

#include <string.h>

#include "credential/text.h"

#define ENTITY_MAX 10 /* "&#1114111;" without the ampersand */

static int
hex2(const char *p)
{
	int high = slice_hex_digit(p[0]), low = slice_hex_digit(p[1]);

	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

static long
hex4(const char *p)
{
	int high = hex2(p), low = hex2(p + 2);

	return high < 0 || low < 0 ? -1 : (long)high << 8 | low;
}

/* A "\uXXXX" or "%uXXXX" at s, with the second half of a surrogate pair:
 * writes UTF-8 and returns how many input bytes it took, or 0. */
static size_t
take_u(struct slice s, char lead, char *out, size_t *written)
{
	long high, low;
	size_t took = 6;

	if (s.n < 6 || (high = hex4(s.p + 2)) < 0)
		return 0;
	if (high >= 0xd800 && high < 0xdc00 && s.n >= 12 && s.p[6] == lead &&
	    (s.p[7] | 0x20) == 'u') {
		low = hex4(s.p + 8);
		if (low >= 0xdc00 && low < 0xe000) {
			high = 0x10000 + ((high - 0xd800) << 10) +
			    (low - 0xdc00);
			took = 12;
		}
	}
	*written = text_put(out, (uint32_t)high);
	return *written > 0 ? took : 0;
}

struct slice
escape_percent(struct scan *scan, struct slice s, enum escape_plus plus)
{
	char *out = scan_room(scan, s.n, NULL);
	size_t i = 0, n = 0, took, wrote;
	int byte;

	if (out == NULL)
		return s;
	while (i < s.n) {
		if (s.p[i] == '+' && plus == ESCAPE_PLUS) {
			out[n++] = ' ';
			i++;
		} else if (s.p[i] != '%') {
			out[n++] = s.p[i++];
		} else if (i + 2 < s.n && (byte = hex2(s.p + i + 1)) >= 0) {
			out[n++] = (char)byte;
			i += 3;
		} else if (i + 1 < s.n && (s.p[i + 1] | 0x20) == 'u' &&
		    (took = take_u(
			 slice_from_idx(s, i), '%', out + n, &wrote)) > 0) {
			n += wrote;
			i += took;
		} else {
			out[n++] = s.p[i++];
		}
	}
	return scan_keep(scan, n);
}

static char
short_escape(char c)
{
	switch (c) {
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	case 'v':
		return '\v';
	case 'c':
		return ':'; /* STOMP 1.2; nobody else writes it */
	default:
		return c;
	}
}

struct slice
escape_backslash(struct scan *scan, struct slice s)
{
	char *out = scan_room(scan, s.n, NULL);
	size_t i = 0, n = 0, took, wrote;
	int byte;

	if (out == NULL)
		return s;
	while (i < s.n) {
		if (s.p[i] != '\\' || i + 1 == s.n) {
			out[n++] = s.p[i++];
		} else if (s.p[i + 1] == 'u' &&
		    (took = take_u(
			 slice_from_idx(s, i), '\\', out + n, &wrote)) > 0) {
			n += wrote;
			i += took;
		} else if (s.p[i + 1] == 'x' && i + 3 < s.n &&
		    (byte = hex2(s.p + i + 2)) >= 0) {
			n += text_put(out + n, (uint32_t)byte);
			i += 4;
		} else {
			out[n++] = short_escape(s.p[i + 1]);
			i += 2;
		}
	}
	return scan_keep(scan, n);
}

static long
number_point(struct slice digits)
{
	bool hex = digits.n > 0 && (digits.p[0] | 0x20) == 'x';
	size_t i = hex;
	long point = 0;
	int digit;

	if (i == digits.n)
		return -1;
	for (; i < digits.n; i++) {
		digit = slice_hex_digit(digits.p[i]);
		if (digit < 0 || (!hex && digit > 9))
			return -1;
		point = point * (hex ? 16 : 10) + digit;
		if (point > 0x10ffff)
			return -1;
	}
	return point;
}

/* What stands between '&' and ';'. */
static long
entity_point(struct slice name)
{
	static const struct {
		const char *name;
		long point;
	} known[] = {
		{ "amp", '&' },
		{ "lt", '<' },
		{ "gt", '>' },
		{ "quot", '"' },
		{ "apos", '\'' },
		{ "nbsp", 0xa0 },
		{ "sect", 0xa7 },
		{ "euro", 0x20ac },
		{ "pound", 0xa3 },
		{ "auml", 0xe4 },
		{ "ouml", 0xf6 },
		{ "uuml", 0xfc },
		{ "Auml", 0xc4 },
		{ "Ouml", 0xd6 },
		{ "Uuml", 0xdc },
		{ "szlig", 0xdf },
		{ "eacute", 0xe9 },
		{ "egrave", 0xe8 },
		{ "agrave", 0xe0 },
		{ "ccedil", 0xe7 },
		{ "ntilde", 0xf1 },
	};
	size_t i;

	if (name.n > 1 && name.p[0] == '#')
		return number_point(slice_from_idx(name, 1));
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (slice_eq_str(name, known[i].name))
			return known[i].point;
	}
	return -1;
}

struct slice
escape_entity(struct scan *scan, struct slice s)
{
	char *out = scan_room(scan, s.n, NULL);
	size_t i = 0, n = 0, end, wrote;
	struct slice name;
	long point;

	if (out == NULL)
		return s;
	while (i < s.n) {
		point = -1;
		if (s.p[i] == '&') {
			name = slice_sub(s, i + 1, ENTITY_MAX);
			end = slice_find(name, ';');
			if (end < name.n)
				point = entity_point(slice_sub(name, 0, end));
		}
		wrote = point > 0 ? text_put(out + n, (uint32_t)point) : 0;
		if (wrote > 0) {
			n += wrote;
			i += end + 2;
		} else {
			out[n++] = s.p[i++];
		}
	}
	return scan_keep(scan, n);
}

/* The value of a base64 digit of either alphabet; 64: padding, 65: white,
 * 66: none. */
static unsigned
digit64(char c)
{
	unsigned mask = text_class(c);

	if (mask & HAS_LETTER)
		return c >= 'a' ? c - 'a' + 26u : (unsigned)c - 'A';
	if (mask & HAS_DIGIT)
		return c - '0' + 52u;
	if (c == '+' || c == '-')
		return 62;
	if (c == '/' || c == '_')
		return 63;
	if (c == '=')
		return 64;
	return c == '\r' || c == '\n' || c == ' ' ? 65 : 66;
}

struct slice
escape_base64(struct scan *scan, struct slice s)
{
	char *out = scan_room(scan, s.n, NULL);
	uint32_t bits = 0;
	unsigned held = 0, digit;
	size_t i, n = 0;

	if (out == NULL)
		return SLICE_EMPTY;
	for (i = 0; i < s.n; i++) {
		digit = digit64(s.p[i]);
		if (digit == 66 || (digit == 64 && held == 6))
			return SLICE_EMPTY;
		if (digit == 65)
			continue;
		if (digit == 64) {
			held = 0;
			continue;
		}
		bits = bits << 6 | digit;
		held += 6;
		if (held >= 8) {
			held -= 8;
			out[n++] = (char)(bits >> held & 0xff);
		}
	}
	/* six bits left over: one digit too many or too few */
	return held == 6 ? SLICE_EMPTY : scan_keep(scan, n);
}

struct slice
escape_hex(struct scan *scan, struct slice s)
{
	char *out = scan_room(scan, s.n / 2, NULL);
	size_t i;
	int byte;

	if (out == NULL || s.n % 2 != 0)
		return SLICE_EMPTY;
	for (i = 0; i < s.n; i += 2) {
		byte = hex2(s.p + i);
		if (byte < 0)
			return SLICE_EMPTY;
		out[i / 2] = (char)byte;
	}
	return scan_keep(scan, s.n / 2);
}

/* A run of digits, and what stands between it and the next. */
static struct slice
take_code(struct slice *rest, bool hex)
{
	size_t i = 0, n;
	struct slice code;

	while (i < rest->n && strchr("\\x[, :;]\t", rest->p[i]) != NULL &&
	    rest->p[i] != '\0')
		i++;
	*rest = slice_from_idx(*rest, i);
	for (n = 0; n < rest->n && slice_hex_digit(rest->p[n]) >= 0; n++) {
		if (!hex && slice_hex_digit(rest->p[n]) > 9)
			break;
	}
	code = slice_sub(*rest, 0, n);
	*rest = slice_from_idx(*rest, n);
	return code;
}

struct slice
escape_codes(struct scan *scan, struct slice s, bool hex)
{
	char *out = scan_room(scan, s.n * 2 + 4, NULL);
	struct slice rest = s, code;
	size_t n = 0, wrote, i;
	uint32_t point;

	if (out == NULL)
		return SLICE_EMPTY;
	while ((code = take_code(&rest, hex)).n > 0) {
		if (code.n > (hex ? 2 : 7))
			return SLICE_EMPTY;
		for (i = 0, point = 0; i < code.n; i++)
			point = point * (hex ? 16 : 10) +
			    (uint32_t)slice_hex_digit(code.p[i]);
		if (hex) {
			out[n++] = (char)point;
			continue;
		}
		wrote = text_put(out + n, point);
		if (wrote == 0)
			return SLICE_EMPTY;
		n += wrote;
	}
	return rest.n == 0 ? scan_keep(scan, n) : SLICE_EMPTY;
}

/* The length of a soft line break at s ("=\r\n", "=\n"), or 0. */
static size_t
soft_break(struct slice s)
{
	if (s.n >= 3 && s.p[1] == '\r' && s.p[2] == '\n')
		return 3;
	return s.n >= 2 && s.p[1] == '\n' ? 2 : 0;
}

struct slice
escape_quoted_printable(struct scan *scan, struct slice s)
{
	char *out = scan_room(scan, s.n, NULL);
	size_t i = 0, n = 0, gap;
	int byte;

	if (out == NULL)
		return s;
	while (i < s.n) {
		gap = s.p[i] == '=' ? soft_break(slice_from_idx(s, i)) : 0;
		if (gap > 0) {
			i += gap;
		} else if (s.p[i] == '=' && i + 2 < s.n &&
		    (byte = hex2(s.p + i + 1)) >= 0) {
			out[n++] = (char)byte;
			i += 3;
		} else {
			out[n++] = s.p[i++];
		}
	}
	return scan_keep(scan, n);
}
