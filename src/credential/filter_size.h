/*
 * filter_size: how many cache lines and probes a wanted rate takes.
 */
#ifndef CREDENTIAL_FILTER_SIZE_H
#define CREDENTIAL_FILTER_SIZE_H

#include <stdint.h>

#define FILTER_BLOCK_BITS 512
#define FILTER_PROBES_MAX 14

/* The expected rate of wrong "maybe" of `lanes` lanes that hold `entries`
 * each, in `blocks` lines. */
double filter_rate(
    uint64_t blocks, unsigned lanes, unsigned probes, uint64_t entries);

/* The fewest blocks (a multiple of `unit`) that reach `rate`, and the
 * probes that do it. */
void filter_choose(uint64_t entries, double rate, unsigned lanes, uint64_t unit,
    uint64_t *blocks, unsigned *probes);

#endif
