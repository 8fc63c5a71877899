/*
 * fuzz_form: a form, or what claims to be one.
 */
#include "fuzz.h"

#include "layer_run.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	return layer_run(&layer_form, p, n);
}
