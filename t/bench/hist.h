/*
 * hist: how long things took, in microseconds, with a resolution of about
 * 3 %, in constant memory.
 */
#ifndef BENCH_HIST_H
#define BENCH_HIST_H

#include <stdint.h>

#define HIST_SUB 32 /* steps a doubling */
#define HIST_SIZE (40 * HIST_SUB)

struct hist {
	uint64_t count;
	uint64_t bucket[HIST_SIZE];
};

void hist_add(struct hist *hist, uint64_t us);
/* The value that `share` (0 to 1) of all values do not exceed; 0 when there
 * are none. */
uint64_t hist_quantile(const struct hist *hist, double share);

#endif
