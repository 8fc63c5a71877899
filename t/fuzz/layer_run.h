/*
 * layer_run: one decoder of src/credential on foreign bytes.
 */
#ifndef FUZZ_LAYER_RUN_H
#define FUZZ_LAYER_RUN_H

#include <stddef.h>
#include <stdint.h>

#include "credential/layer.h"

/* The scan that all runs of a target share, empty. */
struct scan *layer_scan(void);

/* Offers the bytes to the layer as a body, as a value and as a part (what it
 * is tried on), then runs the scan to its end and checks what came out.
 * Returns 0. */
int layer_run(const struct layer *layer, const uint8_t *p, size_t n);

/* Ends the process where a candidate isn't what candidates are. */
void layer_check(const struct scan *scan);

#endif
