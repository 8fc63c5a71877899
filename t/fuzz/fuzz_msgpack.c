/*
 * fuzz_msgpack: MessagePack values.
 */
#include "fuzz.h"

#include "layer_run.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	return layer_run(&layer_msgpack, p, n);
}
