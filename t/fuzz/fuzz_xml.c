/*
 * fuzz_xml: a document of a hostile sender, through expat and behind it.
 */
#include "fuzz.h"

#include "layer_run.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	return layer_run(&layer_xml, p, n);
}
