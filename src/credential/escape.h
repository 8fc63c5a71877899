/*
 * escape: undoes the ways characters are written as other characters.
 *
 * All results live in the scan's pool; where there is no room, or nothing to
 * undo, the input comes back.
 */
#ifndef CREDENTIAL_ESCAPE_H
#define CREDENTIAL_ESCAPE_H

#include "credential/span.h"

enum escape_plus {
	ESCAPE_PERCENT, /* '+' means itself */
	ESCAPE_PLUS,    /* '+' means a space */
};

/* "%41", and JavaScript's old "%u20AC". A '%' that starts neither stays. */
struct slice escape_percent(
    struct scan *scan, struct slice s, enum escape_plus plus);

/* "\n", "\"", "\u20ac" with surrogate pairs, "\x41", "\/", "\'"; a backslash
 * before any other character is dropped, as JavaScript does (RFC 8259
 * section 7 and ECMA-262 section 12.9.4). */
struct slice escape_backslash(struct scan *scan, struct slice s);

/* "&amp;", "&#228;", "&#xe4;" (XML 1.0 section 4.6, HTML 13.5 for the few
 * names scripts produce). */
struct slice escape_entity(struct scan *scan, struct slice s);

/* Both base64 alphabets of RFC 4648, with or without padding, with line
 * breaks, and pieces with padding put behind each other. Empty where s is
 * not base64. */
struct slice escape_base64(struct scan *scan, struct slice s);

/* An even number of hex digits; empty where s is not. */
struct slice escape_hex(struct scan *scan, struct slice s);

/* Code points in decimal ("83, 117, 109" or "[83,117,109]"), or bytes in hex
 * of one or two digits ("53:75:6d", "\x53\x75"); empty where s is not. */
struct slice escape_codes(struct scan *scan, struct slice s, bool hex);

/* RFC 2045 section 6.7. */
struct slice escape_quoted_printable(struct scan *scan, struct slice s);

#endif
