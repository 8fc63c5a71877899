/*
 * fuzz: what every target of this folder defines, and both drivers call:
 * libFuzzer with inputs it invents, replay.c with those of the corpus.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* p is borrowed, and NULL perhaps where n is 0. Returns 0; a finding ends the
 * process. */
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#endif
