/*
 * text: cheap questions about bytes, asked before any decoder runs.
 *
 * Never allocates, never changes what it looks at.
 */
#include "credential/text.h"

#include <string.h>

#include <unistr.h>

#define CLASS_HEX(c)                                                           \
	(((c) >= '0' && (c) <= '9') || ((c) >= 'a' && (c) <= 'f') ||           \
	    ((c) >= 'A' && (c) <= 'F'))
#define CLASS_UPPER(c) ((c) >= 'A' && (c) <= 'Z')
#define CLASS_LOWER(c) ((c) >= 'a' && (c) <= 'z')
#define CLASS_DIGIT(c) ((c) >= '0' && (c) <= '9')
#define CLASS_LINE(c) ((c) == '\n' || (c) == '\r' || (c) == 0x1e || (c) == 3)
#define CLASS_64(c)                                                            \
	(CLASS_UPPER(c) || CLASS_LOWER(c) || CLASS_DIGIT(c) || (c) == '+' ||   \
	    (c) == '/' || (c) == '-' || (c) == '_' || (c) == '=' ||            \
	    (c) == '\r' || (c) == '\n')

#define CLASS_WORD_END(c)                                                      \
	((c) == ':' || (c) == '=' || (c) == '/' || (c) == '|' || (c) == ',' || \
	    (c) == ';')
#define CLASS_LABEL_END(c)                                                     \
	(CLASS_WORD_END(c) || (c) == ' ' || (c) == '\t' || (c) == '>' ||       \
	    (c) == '"' || (c) == '\'' || (c) == '(' || (c) == '@' ||           \
	    (c) == '#')

#define CLASS(c)                                                                 \
	((c) == 0                                                                \
		? HAS_NUL | HAS_CONTROL | HAS_NON64 | HAS_NONHEX                 \
		: (unsigned)((CLASS_LINE(c)                      ? HAS_LINE      \
				     : (c) == '\t' || (c) == ' ' ? HAS_BLANK     \
				     : (c) < 0x20 || (c) == 0x7f ? HAS_CONTROL   \
				     : (c) >= 0x80               ? HAS_HIGH      \
				     : (c) == '"'                ? HAS_QUOTE     \
				     : (c) == '\''               ? HAS_TICK      \
				     : (c) == '<'                ? HAS_ANGLE     \
				     : (c) == '&'                ? HAS_AMP       \
				     : (c) == '='                ? HAS_EQUALS    \
				     : (c) == '%'                ? HAS_PERCENT   \
				     : (c) == '+'                ? HAS_PLUS      \
				     : (c) == '\\'               ? HAS_BACKSLASH \
				     : (c) == ':'                ? HAS_COLON     \
				     : (c) == '{' || (c) == '[' || (c) == '('    \
				     ? HAS_BRACKET                               \
				     : (c) == '|' ? HAS_PIPE                     \
				     : (c) == ';' ? HAS_SEMICOLON                \
				     : (c) == '/' ? HAS_SLASH                    \
				     : CLASS_UPPER(c) || CLASS_LOWER(c)          \
				     ? HAS_LETTER                                \
				     : CLASS_DIGIT(c) ? HAS_DIGIT                \
						      : HAS_OTHER) |             \
		      (CLASS_WORD_END(c) ? HAS_WORD_END : 0) |                   \
		      (CLASS_LABEL_END(c) ? HAS_LABEL_END : 0) |                 \
		      (CLASS_64(c) ? 0 : HAS_NON64) |                            \
		      (CLASS_HEX(c) ? 0 : HAS_NONHEX)))

#define CLASS4(c) CLASS(c), CLASS((c) + 1), CLASS((c) + 2), CLASS((c) + 3)
#define CLASS16(c) CLASS4(c), CLASS4((c) + 4), CLASS4((c) + 8), CLASS4((c) + 12)
#define CLASS64(c)                                                             \
	CLASS16(c), CLASS16((c) + 16), CLASS16((c) + 32), CLASS16((c) + 48)

const unsigned text_classes[256] = { CLASS64(0), CLASS64(64), CLASS64(128),
	CLASS64(192) };

unsigned
text_mask(struct slice s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	unsigned a = 0, b = 0;
	size_t i = 0;

	for (; i + 1 < s.n; i += 2) {
		a |= text_classes[p[i]];
		b |= text_classes[p[i + 1]];
	}
	if (i < s.n)
		a |= text_classes[p[i]];
	return a | b;
}

bool
text_is_utf8(struct slice s)
{
	return s.n == 0 || u8_check((const uint8_t *)s.p, s.n) == NULL;
}

size_t
text_chars(struct slice s)
{
	return s.n == 0 ? 0 : u8_mbsnlen((const uint8_t *)s.p, s.n);
}

size_t
text_put(char out[4], uint32_t point)
{
	int n = u8_uctomb((uint8_t *)out, point, 4);

	return n > 0 ? (size_t)n : 0;
}

/* A surrogate in three bytes at p, or 0. */
static uint32_t
surrogate_at(const unsigned char *p, size_t n)
{
	if (n < 3 || p[0] != 0xed || p[1] < 0xa0 || p[1] > 0xbf ||
	    (p[2] & 0xc0) != 0x80)
		return 0;
	return 0xd000u | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
}

size_t
text_join_surrogates(struct slice s, char *out)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t i = 0, n = 0;
	uint32_t high, low;

	while (i < s.n) {
		high = surrogate_at(p + i, s.n - i);
		low = high ? surrogate_at(p + i + 3, s.n - i - 3) : 0;
		if (high >= 0xd800 && high < 0xdc00 && low >= 0xdc00) {
			n += text_put(out + n,
			    0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00));
			i += 6;
		} else if (high) {
			return 0;
		} else if (p[i] == 0xc0 && i + 1 < s.n && p[i + 1] == 0x80) {
			i += 2;
		} else {
			out[n++] = s.p[i++];
		}
	}
	return text_is_utf8(slice_from(out, n)) ? n : 0;
}

struct slice
text_trim(struct slice s)
{
	const unsigned mask = HAS_LINE | HAS_BLANK;

	while (s.n > 0 && text_class(s.p[0]) & mask) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && text_class(s.p[s.n - 1]) & mask)
		s.n--;
	return s;
}
