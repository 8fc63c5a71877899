/*
 * found: a linear look through the candidates.
 */
#include "found.h"

const struct candidate *
found(const struct scan *scan, struct slice value)
{
	const struct candidate *list;
	size_t n, i;

	list = scan_candidates(scan, &n);
	for (i = 0; i < n; i++) {
		if (slice_eq(list[i].value, value))
			return &list[i];
	}
	return NULL;
}

void
scan_body(struct scan *scan, struct slice body)
{
	struct request_view view = { .target = SLICE("/"), .body = body };

	request_scan(scan, &view);
}
