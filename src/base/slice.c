/*
 * slice: looking at borrowed bytes without copying them.
 *
 * Runs in every process.  Nothing here writes to the bytes, reads past n or
 * depends on the locale: letters are the ASCII ones.
 */
#include "base/slice.h"

#include <xxhash.h>

#include "base/mem.h"

static unsigned char
lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool
slice_eq_str(struct slice a, const char *b)
{
	return slice_eq(a, slice_of(b));
}

bool
slice_caseeq(struct slice a, struct slice b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

bool
slice_caseeq_str(struct slice a, const char *b)
{
	return slice_caseeq(a, slice_of(b));
}

bool
slice_starts(struct slice s, struct slice prefix)
{
	return s.n >= prefix.n && slice_eq(slice_sub(s, 0, prefix.n), prefix);
}

bool
slice_ends(struct slice s, struct slice suffix)
{
	return s.n >= suffix.n &&
	    slice_eq(slice_from_idx(s, s.n - suffix.n), suffix);
}

bool
slice_caseends(struct slice s, struct slice suffix)
{
	return s.n >= suffix.n &&
	    slice_caseeq(slice_from_idx(s, s.n - suffix.n), suffix);
}

int
slice_cmp(struct slice a, struct slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	if (order)
		return order;
	return (a.n > b.n) - (a.n < b.n);
}

size_t
slice_rfind(struct slice s, char c)
{
	const char *at = s.n ? memrchr(s.p, c, s.n) : NULL;

	return at ? (size_t)(at - s.p) : s.n;
}

size_t
slice_search(struct slice s, struct slice needle)
{
	const char *at;

	if (needle.n == 0)
		return 0;
	at = s.n ? memmem(s.p, s.n, needle.p, needle.n) : NULL;
	return at ? (size_t)(at - s.p) : s.n;
}

struct slice
slice_trim(struct slice s)
{
	while (s.n && is_blank(s.p[0]))
		s = slice_from_idx(s, 1);
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool
slice_split(struct slice *rest, char sep, struct slice *part)
{
	size_t at = slice_find(*rest, sep);

	if (!rest->p)
		return false;
	*part = slice_sub(*rest, 0, at);
	/* an empty rest still has a last part, no rest has none */
	*rest = at < rest->n ? slice_from_idx(*rest, at + 1) : SLICE_EMPTY;
	return true;
}

int
slice_to_u64(struct slice s, uint64_t max, uint64_t *out)
{
	uint64_t value = 0;

	if (s.n == 0)
		return -1;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return -1;
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, s.p[i] - '0', &value) ||
		    value > max)
			return -1;
	}
	*out = value;
	return 0;
}

int
slice_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

char *
slice_dup(struct slice s)
{
	return mem_dupn(s.p, s.n);
}

uint64_t
slice_hash(struct slice s, uint64_t seed)
{
	return XXH3_64bits_withSeed(s.p ? s.p : "", s.n, seed);
}
