/*
 * utf8: telling characters from bytes that aren't any (RFC 3629).
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/* The length in bytes, 1..4, of the character that s begins with, which goes
 * to *out; 0 where s is empty or begins with none: overlong forms,
 * surrogates, values above U+10FFFF, cut sequences. */
size_t utf8_decode(struct slice s, uint32_t *out);

bool utf8_valid(struct slice s);

/* A character that a terminal or a reader acts on instead of showing it: C0,
 * DEL, C1, line and paragraph separators, and what turns the direction of
 * writing. */
bool utf8_is_control(uint32_t c);

/* One to max characters, none of them a control character. */
bool utf8_is_plain(struct slice s, size_t max);

#endif
