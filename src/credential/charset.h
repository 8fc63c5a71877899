/*
 * charset: bytes in some other coding of characters, made UTF-8.
 *
 * Over iconv(3).  All converters are opened at once, for a worker behind a
 * sandbox can open no more files.
 */
#ifndef CREDENTIAL_CHARSET_H
#define CREDENTIAL_CHARSET_H

#include <stddef.h>

#include "base/slice.h"

struct charsets;

enum charset {
	CHARSET_UTF16LE,
	CHARSET_UTF16BE,
	/* what undeclared bytes may be, likeliest first */
	CHARSET_CP1252,
	CHARSET_CP1251,
	CHARSET_GB18030,
	CHARSET_SHIFT_JIS,
	CHARSET_BIG5,
	CHARSET_EUC_KR,
	CHARSET_EUC_JP,
	CHARSET_CP1250,
	CHARSET_KOI8_R,
	CHARSET_ISO_8859_15,
	CHARSET_CP1253,
	CHARSET_CP1254,
	CHARSET_CP1255,
	CHARSET_CP1256,
	CHARSET_COUNT,
};
#define CHARSET_GUESS_FIRST CHARSET_CP1252
#define CHARSET_GUESSES 10 /* how many are tried undeclared */

/* The caller owns the set. A converter the system lacks is left out. */
struct charsets *charsets_new(void);
void charsets_free(struct charsets *set); /* NULL is fine */

/* The charset of a name as in Content-Type ("ISO-8859-1"), or CHARSET_COUNT
 * for UTF-8 and for names nobody knows. */
enum charset charset_of_name(struct slice name);

/* Converts all of `in` into out[0..cap): the length, or 0 where `in` is not
 * valid in that charset, does not fit, or the converter is missing. cap of
 * 3 * in.n is always enough. */
size_t charset_convert(struct charsets *set, enum charset charset,
    struct slice in, char *out, size_t cap);

const char *charset_label(enum charset charset); /* "cp1252" */

#endif
