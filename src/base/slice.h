/*
 * slice: bytes that somebody else owns.
 *
 * A slice is borrowed: whoever hands one out says from what, and for how
 * long.  It need not end in a NUL and may hold any byte.
 */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
	const char *p; /* borrowed; may be NULL where n is 0 */
	size_t n;
};

#define SLICE(literal) ((struct slice){ (literal), sizeof(literal) - 1 })
#define SLICE_EMPTY ((struct slice){ NULL, 0 })
/* for printf's "%.*s"; never for log lines: those take slices by "%S" rules
 * of base/log.h, which escape */
#define SLICE_ARG(s) (int)(s).n, (s).p ? (s).p : ""

/* The smallest ones stand here for the compiler to put them in place: they
 * are called for every few bytes of a request. */

static inline struct slice
slice_from(const void *p, size_t n)
{
	return (struct slice){ p, n };
}

/* NULL gives an empty one. */
static inline struct slice
slice_of(const char *string)
{
	return slice_from(string, string ? strlen(string) : 0);
}

/* What is behind index `from`; clamped. */
static inline struct slice
slice_from_idx(struct slice s, size_t from)
{
	if (from > s.n)
		from = s.n;
	/* adding even 0 to NULL is undefined */
	return slice_from(s.p ? s.p + from : NULL, s.n - from);
}

/* At most n bytes from there; clamped. */
static inline struct slice
slice_sub(struct slice s, size_t from, size_t n)
{
	s = slice_from_idx(s, from);
	if (n < s.n)
		s.n = n;
	return s;
}

static inline bool
slice_eq(struct slice a, struct slice b)
{
	/* memcmp may not be given NULL, not even for no bytes */
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* The index of c, or s.n where there is none. */
static inline size_t
slice_find(struct slice s, char c)
{
	const char *at = s.n ? (const char *)memchr(s.p, c, s.n) : NULL;

	return at ? (size_t)(at - s.p) : s.n;
}

bool slice_eq_str(struct slice a, const char *b);
bool slice_caseeq(struct slice a, struct slice b); /* ASCII only */
bool slice_caseeq_str(struct slice a, const char *b);
bool slice_starts(struct slice s, struct slice prefix);
bool slice_ends(struct slice s, struct slice suffix);
bool slice_caseends(struct slice s, struct slice suffix);
int slice_cmp(struct slice a, struct slice b); /* bytewise, as memcmp */

/* The index of the last c, or s.n where there is none. */
size_t slice_rfind(struct slice s, char c);
/* The index at which needle starts, or s.n. */
size_t slice_search(struct slice s, struct slice needle);

struct slice slice_trim(struct slice s); /* SP and HTAB at both ends */

/* Takes the part of *rest before sep into *part and moves *rest behind the
 * separator; false when *rest is used up, which is when its p is NULL.
 * "a,,b" gives "a", "", "b"; "a," gives "a", ""; "" gives "". */
bool slice_split(struct slice *rest, char sep, struct slice *part);

/* Decimal digits only, at least one, no sign, no space, not above max.
 * Returns 0, or -1 with *out untouched. */
int slice_to_u64(struct slice s, uint64_t max, uint64_t *out);
/* Of either case: 0..15, or -1. */
int slice_hex_digit(char c);

/* A heap copy with a NUL; the caller frees. */
char *slice_dup(struct slice s);

uint64_t slice_hash(struct slice s, uint64_t seed); /* XXH3 */

#endif
