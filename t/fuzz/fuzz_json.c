/*
 * fuzz_json: JSON, nearly JSON, GraphQL.
 */
#include "fuzz.h"

#include "layer_run.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	return layer_run(&layer_json, p, n);
}
