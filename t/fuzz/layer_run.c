/*
 * layer_run: the limits are small, so that inputs reach them.
 */
#include "layer_run.h"

#include "base/must.h"
#include "credential/text.h"

static const struct credential_limits limits = { .body = 1 << 16,
	.pool = 1 << 18,
	.work = 1 << 21,
	.ratio = 16,
	.depth = 6,
	.spans = 512,
	.candidates = 512,
	.min_chars = 4 };

struct scan *
layer_scan(void)
{
	static struct scan *scan;

	if (scan == NULL)
		scan = scan_new(&limits);
	scan_clear(scan);
	return scan;
}

void
layer_check(const struct scan *scan)
{
	const struct candidate *list;
	char where[WHERE_TEXT_MAX];
	size_t n, i;

	list = scan_candidates(scan, &n);
	must(n <= limits.candidates);
	for (i = 0; i < n; i++) {
		must(list[i].value.n >= limits.min_chars);
		must(list[i].value.n <= CREDENTIAL_VALUE_MAX);
		must(text_is_utf8(list[i].value));
		must(!(text_mask(list[i].value) & (HAS_CONTROL | HAS_LINE)));
		must(i == 0 || list[i - 1].rank <= list[i].rank);
		scan_where(scan, &list[i], where);
	}
}

int
layer_run(const struct layer *layer, const uint8_t *p, size_t n)
{
	struct span span = { .bytes = slice_from(p, n),
		.mask = text_mask(slice_from(p, n)),
		.rank = RANK_VALUE,
		.charset = CHARSET_COUNT };
	unsigned role;

	if (n == 0)
		return 0;
	for (role = SPAN_BODY; role <= SPAN_PART; role++) {
		struct scan *scan = layer_scan();

		span.role = (enum span_role)role;
		if (layer->looks != NULL)
			layer->looks(span.bytes);
		if (layer->roles & 1u << role)
			layer->decode(scan, &span);
		scan_run(scan);
		layer_check(scan);
	}
	return 0;
}
