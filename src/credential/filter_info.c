/*
 * filter_info: how full a filter is, and how often it is wrong.
 *
 * Reads every line of it: for people, never on the way of a request.
 */
#include <math.h>
#include <string.h>

#include "credential/filter_file.h"
#include "credential/filter_size.h"

static void
count_block(
    const struct filter *filter, uint64_t block, double fill[], double *rate)
{
	const struct filter_header *h = filter->header;
	unsigned count = FILTER_WORDS / h->lanes, lane, i, set;
	const uint64_t *words = filter->words + block * FILTER_WORDS;
	double miss = 1;

	for (lane = 0; lane < h->lanes; lane++) {
		set = 0;
		for (i = 0; i < count; i++)
			set += (unsigned)__builtin_popcountll(
			    words[(size_t)lane * count + i]);
		fill[lane] += set;
		miss *= 1 - pow((double)set / (count * 64), h->probes);
	}
	*rate += 1 - miss;
}

static void
info_params(const struct filter *filter, struct filter_params *out)
{
	const struct filter_header *h = filter->header;

	out->capacity = h->capacity;
	out->rate = (double)h->rate / FILTER_RATE_UNIT;
	out->lanes = h->lanes;
	out->kinds = h->kinds;
	out->rule = filter->rule;
}

void
filter_info(const struct filter *filter, struct filter_info *out)
{
	const struct filter_header *h = filter->header;
	double fill[FILTER_LANES_MAX] = { 0 };
	uint64_t block;
	unsigned lane;

	memset(out, 0, sizeof(*out));
	info_params(filter, &out->params);
	out->size = filter->size;
	out->version = h->version;
	out->probes = h->probes;
	out->blocks = h->blocks;
	out->created = h->created;
	out->changed = filter->state.changed;
	out->newest = h->newest;
	for (block = 0; block < h->blocks; block++)
		count_block(filter, block, fill, &out->true_rate);
	out->true_rate /= (double)h->blocks;
	for (lane = 0; lane < h->lanes; lane++) {
		out->lane[lane].entries = filter->state.entries[lane];
		out->lane[lane].started = h->started[lane];
		out->lane[lane].fill = fill[lane] /
		    ((double)h->blocks * FILTER_BLOCK_BITS / h->lanes);
		if (filter->state.entries[lane] > h->capacity)
			out->over = true;
	}
}
