/*
 * hist: logarithmic buckets, each doubling cut into equal steps.
 */
#include "hist.h"

#include <stddef.h>

static size_t
bucket_of(uint64_t us)
{
	unsigned shift = 0;

	while (us >> shift >= 2 * HIST_SUB)
		shift++;
	size_t at = shift * HIST_SUB + (size_t)(us >> shift);
	return at < HIST_SIZE ? at : HIST_SIZE - 1;
}

static uint64_t
value_of(size_t at)
{
	if (at < 2 * HIST_SUB)
		return at;
	unsigned shift = (unsigned)(at / HIST_SUB) - 1;
	return (uint64_t)(at - shift * HIST_SUB) << shift;
}

void
hist_add(struct hist *hist, uint64_t us)
{
	hist->count++;
	hist->bucket[bucket_of(us)]++;
}

uint64_t
hist_quantile(const struct hist *hist, double share)
{
	uint64_t seen = 0, want = (uint64_t)((double)hist->count * share);

	for (size_t i = 0; i < HIST_SIZE; i++) {
		seen += hist->bucket[i];
		if (seen > want)
			return value_of(i);
	}
	return 0;
}
