/*
 * path: two readings of a path, see the header for why.  Nothing here is
 * ever sent on: origins get the path as the client wrote it.
 */
#include "http/path.h"

#include <stdint.h>
#include <string.h>

/* More rounds would cost time that a peer controls; no server is known to
 * decode thrice. */
#define DECODE_ROUNDS 3

/* The byte that "%hh" at p stands for, or -1. */
static int
escaped(const char *p, const char *end)
{
	int high, low;

	if (end - p < 3 || *p != '%')
		return -1;
	high = slice_hex_digit(p[1]);
	low = slice_hex_digit(p[2]);
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* What may stand bare in a segment: pchar of RFC 3986 section 3.3. */
static bool
is_pchar(int c)
{
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9'))
		return true;
	return c > 0 && c < 0x80 && strchr("-._~!$&'()*+,;=:@", c) != NULL;
}

/* Nothing in it that either reading would change. */
static bool
is_plain(struct slice path)
{
	char last = '\0';

	if (path.n == 0 || path.p[0] != '/')
		return false;
	for (size_t i = 0; i < path.n; i++) {
		char c = path.p[i];

		if (c != '/' && !is_pchar((uint8_t)c))
			return false;
		if (last == '/' && (c == '/' || c == '.'))
			return false;
		last = c;
	}
	return true;
}

/* Removes dot segments in place (RFC 3986 section 5.2.4), never above the
 * root; returns the new length. With `params` a segment counts by what
 * stands before its first ';'. p starts with '/'. */
static size_t
remove_dots(char *p, size_t n, bool params)
{
	size_t in = 0, out = 0;

	while (in < n) {
		char *slash = memchr(p + in + 1, '/', n - in - 1);
		size_t end = slash ? (size_t)(slash - p) : n;
		struct slice segment = slice_from(p + in + 1, end - in - 1);
		struct slice name = segment;

		if (params)
			name = slice_sub(segment, 0, slice_find(segment, ';'));
		if (slice_eq_str(name, "..")) {
			while (out > 0 && p[--out] != '/')
				continue;
		}
		if (slice_eq_str(name, "..") || slice_eq_str(name, ".")) {
			/* "/a/.." is "/", with its slash */
			if (end == n)
				p[out++] = '/';
		} else {
			memmove(p + out, p + in, end - in);
			out += end - in;
		}
		in = end;
	}
	return out;
}

/* out has room for three bytes for each of path, and one. */
static size_t
normalise_escapes(char *out, struct slice path)
{
	static const char digits[] = "0123456789ABCDEF";
	const char *p = path.p, *end = path.p + path.n;
	size_t n = 0;

	if (path.n == 0 || *p != '/')
		out[n++] = '/';
	while (p < end) {
		int c = escaped(p, end);
		bool bare = c < 0;

		if (bare)
			c = (uint8_t)*p;
		p += bare ? 1 : 3;
		if (is_pchar(c) || (bare && c == '/')) {
			out[n++] = (char)c;
		} else {
			out[n++] = '%';
			out[n++] = digits[c >> 4];
			out[n++] = digits[c & 15];
		}
	}
	return n;
}

struct slice
path_strict(struct slice path, struct arena *arena)
{
	char *out;
	size_t n;

	if (is_plain(path))
		return path;
	out = arena_alloc(arena, 3 * path.n + 1);
	n = normalise_escapes(out, path);
	return slice_from(out, remove_dots(out, n, false));
}

/* One round over p[0..n), in place; false where nothing was escaped. */
static bool
decode(char *p, size_t *n)
{
	size_t kept = 0;
	bool changed = false;

	for (size_t i = 0; i < *n; i++) {
		int c = escaped(p + i, p + *n);

		p[kept++] = c < 0 ? p[i] : (char)c;
		if (c >= 0) {
			i += 2;
			changed = true;
		}
	}
	*n = kept;
	return changed;
}

static size_t
merge_slashes(char *p, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		char c = p[i] == '\\' ? '/' : p[i];

		if (c != '/' || kept == 0 || p[kept - 1] != '/')
			p[kept++] = c;
	}
	return kept;
}

struct slice
path_loose(struct slice path, struct arena *arena)
{
	char *out;
	size_t n = path.n + 1;

	if (is_plain(path) && slice_find(path, ';') == path.n)
		return path;
	/* One slash in front does no harm: they are merged. */
	out = arena_alloc(arena, n);
	out[0] = '/';
	if (path.n > 0)
		memcpy(out + 1, path.p, path.n);
	for (int i = 0; i < DECODE_ROUNDS && decode(out, &n); i++)
		continue;
	n = merge_slashes(out, n);
	return slice_from(out, remove_dots(out, n, true));
}
