/*
 * fuzz_utf16: a text in UTF-16.
 */
#include "fuzz.h"

#include "layer_run.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	return layer_run(&layer_utf16, p, n);
}
