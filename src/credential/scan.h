/*
 * scan: takes the bytes of one request apart, layer by layer, into values.
 *
 * A work list, never recursion: each piece (a span) is offered to the layers
 * (credential/layer.h), which hand back smaller pieces and values.  All
 * memory is taken once, bounded by the limits, and wiped after each request,
 * for what is in it may be a password.  One scan a worker; not thread-safe.
 */
#ifndef CREDENTIAL_SCAN_H
#define CREDENTIAL_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "credential/limits.h"
#include "credential/where.h"

struct scan;

/* How likely a value is a password, by where it stood. A hint for the order
 * in which values are tried, never a condition. */
enum candidate_rank {
	RANK_NAMED,    /* its field is called password or the like */
	RANK_VALUE,    /* a whole value */
	RANK_PART,     /* a part of a text: a line, a word */
	RANK_DISGUISE, /* undone from a disguise (reversed, rot13, ...) */
	RANK_PATH,     /* a segment of the URL's path */
	RANK_COUNT,
};

/* A value that might be a password or an account name: valid UTF-8 without
 * control characters, min_chars..CREDENTIAL_VALUE_MAX long. */
struct candidate {
	struct slice value; /* borrowed from the request or the scan */
	uint32_t where;
	enum candidate_rank rank;
	/* HAS_* of credential/text.h, and perhaps others, of what stood around
	 * it: it tells only what the value does not have */
	unsigned mask;
};

/* Why a scan did not see everything; scan_cuts() is a set of these. */
enum scan_cut {
	SCAN_CUT_BODY = 1 << 0,   /* the body is longer than looked at */
	SCAN_CUT_DEPTH = 1 << 1,  /* layers nested too deep */
	SCAN_CUT_MEMORY = 1 << 2, /* the pool is used up */
	SCAN_CUT_WORK = 1 << 3,   /* too many bytes read */
	SCAN_CUT_SPANS = 1 << 4,
	SCAN_CUT_CANDIDATES = 1 << 5,
	SCAN_CUT_RATIO = 1 << 6,  /* a compressed part grows too much */
	SCAN_CUT_BROKEN = 1 << 7, /* a declared coding does not decode */
};

/* The caller owns the scan. Opens the charset converters, so it belongs
 * before a sandbox. */
struct scan *scan_new(const struct credential_limits *limits);
void scan_free(struct scan *scan); /* wipes; NULL is fine */

/* Wipes everything of the request before. Called by request_scan(); call it
 * too as soon as a verdict stands. Candidates dangle after this. */
void scan_clear(struct scan *scan);

/* Works through the list and puts the candidates in order of rank. */
void scan_run(struct scan *scan);

const struct candidate *scan_candidates(const struct scan *scan, size_t *n);
unsigned scan_cuts(const struct scan *scan);
/* The first of a set of cuts in words: "layers nested too deep". */
const char *scan_cut_words(unsigned cuts);
char *scan_where(const struct scan *scan, const struct candidate *candidate,
    char buf[WHERE_TEXT_MAX]);

#endif
