/*
 * filter_size: the arithmetic of blocked Bloom filters.
 *
 * Entries fall on blocks as balls into bins, so a block's load is Poisson
 * distributed; the rate is the mean over loads of what a plain Bloom filter
 * of a lane's size would give (Putze, Sanders, Singler 2007, section 3).
 */
#include "credential/filter_size.h"

#include <math.h>

/* Entries a block: above it every filter says "maybe". */
#define LOAD_MAX 1024

/* The rate of a lane in which `draws` bits were set: the mean of fill^k, with
 * the variance of the fill, without which it comes out a tenth too low. */
static double
rate_of_lane(double draws, double lane_bits, unsigned probes)
{
	double clear = exp(draws * log1p(-1 / lane_bits));
	double both = exp(draws * log1p(-2 / lane_bits));
	double fill = 1 - clear, variance, k = probes;

	variance = (1 - 1 / lane_bits) * both + clear / lane_bits -
	    clear * clear;
	return pow(fill, k) * (1 + k * (k - 1) / 2 * variance / (fill * fill));
}

static double
rate_at_load(double load, unsigned lane_bits, unsigned probes)
{
	double sum = 0, log_p = -load, p;
	unsigned j;

	if (load > LOAD_MAX)
		return 1;
	for (j = 1; j < 2 * LOAD_MAX; j++) {
		log_p += log(load / j);
		p = exp(log_p);
		sum += p * rate_of_lane((double)j * probes, lane_bits, probes);
		if (j > load && p < 1e-15)
			break;
	}
	/* rounding may have made it a little more than certain */
	return sum < 1 ? sum : 1;
}

double
filter_rate(uint64_t blocks, unsigned lanes, unsigned probes, uint64_t entries)
{
	double one = rate_at_load((double)entries / (double)blocks,
	    FILTER_BLOCK_BITS / lanes, probes);

	return -expm1(lanes * log1p(-one));
}

static uint64_t
fewest(uint64_t entries, double rate, unsigned lanes, uint64_t unit,
    unsigned probes)
{
	uint64_t low = 0, high = 1, middle;

	while (filter_rate(high * unit, lanes, probes, entries) > rate)
		high *= 2;
	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (filter_rate(middle * unit, lanes, probes, entries) > rate)
			low = middle;
		else
			high = middle;
	}
	return high * unit;
}

void
filter_choose(uint64_t entries, double rate, unsigned lanes, uint64_t unit,
    uint64_t *blocks, unsigned *probes)
{
	uint64_t n;
	unsigned k;

	*blocks = UINT64_MAX;
	for (k = 1; k <= FILTER_PROBES_MAX; k++) {
		n = fewest(entries, rate, lanes, unit, k);
		if (n < *blocks) {
			*blocks = n;
			*probes = k;
		}
	}
}
