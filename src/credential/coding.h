/*
 * coding: content codings undone into the scan's pool (RFC 9110 section
 * 8.4.1, RFC 7932, RFC 8878).
 *
 * Bounded by the pool, the work and the ratio of the limits: what grows
 * beyond is cut, noted, and the first part looked at.
 */
#ifndef CREDENTIAL_CODING_H
#define CREDENTIAL_CODING_H

#include "credential/span.h"

enum coding {
	CODING_GZIP, /* and x-gzip, and zlib: told apart by the first bytes */
	CODING_DEFLATE, /* zlib, or raw deflate as some send */
	CODING_BROTLI,
	CODING_ZSTD,
	CODING_COUNT,
};

/* "gzip", "x-gzip", "deflate", "br", "zstd"; CODING_COUNT for others. */
enum coding coding_of_name(struct slice name);
const char *coding_label(enum coding coding);

/* What the first bytes say; CODING_COUNT where they say nothing (Brotli and
 * raw deflate have no mark). */
enum coding coding_of_magic(struct slice s);

/* The decoded bytes, or those up to where it ended, broke, or was cut;
 * *whole says whether the end was reached. Empty where nothing came out. */
struct slice coding_decode(
    struct scan *scan, enum coding coding, struct slice in, bool *whole);

#endif
