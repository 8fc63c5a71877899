/*
 * fuzz_gwt: the string table of a GWT call.
 */
#include "fuzz.h"

#include "layer_run.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	return layer_run(&layer_gwt, p, n);
}
