/*
 * fuzz_coding: compressed bodies. The first byte says by which coding.
 */
#include "fuzz.h"

#include "base/must.h"
#include "credential/coding.h"
#include "layer_run.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct scan *scan = layer_scan();
	struct slice in, out;
	bool whole;

	if (n < 2)
		return 0;
	in = slice_from(p + 1, n - 1);
	out = coding_decode(
	    scan, (enum coding)(p[0] % CODING_COUNT), in, &whole);
	must(out.n <= in.n * scan_limits(scan)->ratio + ((size_t)64 << 10));
	return layer_run(&layer_coding, p + 1, n - 1);
}
