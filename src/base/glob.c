/*
 * glob: matches by going back to the last "*" only, which suffices as every
 * earlier one has found its shortest match.
 */
#include "base/glob.h"

static char
lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

bool
glob_matches(struct slice pattern, struct slice s)
{
	size_t i = 0, j = 0, star = pattern.n, from = 0;

	while (j < s.n) {
		if (i < pattern.n && pattern.p[i] == '*') {
			star = i++;
			from = j;
		} else if (i < pattern.n &&
		    lower(pattern.p[i]) == lower(s.p[j])) {
			i++;
			j++;
		} else if (star < pattern.n) {
			i = star + 1;
			j = ++from;
		} else {
			return false;
		}
	}
	while (i < pattern.n && pattern.p[i] == '*')
		i++;
	return i == pattern.n;
}

bool
glob_is_literal(struct slice pattern)
{
	return slice_find(pattern, '*') == pattern.n;
}
