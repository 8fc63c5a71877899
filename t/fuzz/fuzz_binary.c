/*
 * fuzz_binary: strings in bytes nobody knows.
 */
#include "fuzz.h"

#include "layer_run.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	return layer_run(&layer_binary, p, n);
}
