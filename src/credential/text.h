/*
 * text: what bytes look like, in one pass.
 */
#ifndef CREDENTIAL_TEXT_H
#define CREDENTIAL_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* Which characters occur: a set. */
enum {
	HAS_NUL = 1 << 0,
	HAS_CONTROL = 1 << 1, /* below 0x20 or DEL; not HT LF CR RS ETX */
	HAS_HIGH = 1 << 2,    /* 0x80 and above */
	HAS_LINE = 1 << 3,    /* LF CR RS ETX */
	HAS_BLANK = 1 << 4,   /* SP HT */
	HAS_QUOTE = 1 << 5,   /* " */
	HAS_TICK = 1 << 6,    /* ' */
	HAS_ANGLE = 1 << 7,   /* < */
	HAS_AMP = 1 << 8,
	HAS_EQUALS = 1 << 9,
	HAS_PERCENT = 1 << 10,
	HAS_PLUS = 1 << 11,
	HAS_BACKSLASH = 1 << 12,
	HAS_COLON = 1 << 13,
	HAS_BRACKET = 1 << 14, /* { [ ( */
	HAS_PIPE = 1 << 15,
	HAS_SEMICOLON = 1 << 16,
	HAS_OTHER = 1 << 17, /* other ASCII punctuation */
	HAS_NON64 = 1 << 18, /* outside both base64 alphabets, = CR LF */
	HAS_NONHEX = 1 << 19,
	HAS_LETTER = 1 << 20,
	HAS_DIGIT = 1 << 21,
	HAS_SLASH = 1 << 22,
	HAS_LABEL_END = 1 << 23, /* : = SP HT / , > " ' | ( ; @ # */
	HAS_WORD_END = 1 << 24,  /* : = / | , ; */
};

unsigned text_mask(struct slice s);

extern const unsigned text_classes[256];

/* The same for one character. */
static inline unsigned
text_class(char c)
{
	return text_classes[(unsigned char)c];
}

bool text_is_utf8(struct slice s);
/* Characters of valid UTF-8. */
size_t text_chars(struct slice s);
/* Surrogate pairs written as two three-byte forms (Java's modified UTF-8,
 * CESU-8) joined into UTF-8, and C0 80 dropped: writes at most s.n bytes and
 * returns how many, or 0 if s is not that either. */
size_t text_join_surrogates(struct slice s, char *out);
/* One code point as UTF-8; returns 1..4, or 0 if it is none. */
size_t text_put(char out[4], uint32_t point);
struct slice text_trim(struct slice s); /* blanks and line ends */

#endif
