/*
 * fuzz_path: the path of a target, and what looks like a login in it.
 */
#include "fuzz.h"

#include "credential/request.h"
#include "credential/sealed.h"
#include "layer_run.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct scan *scan = layer_scan();

	request_scan_path(scan, slice_from(p, n));
	sealed_found(scan);
	layer_check(scan);
	return 0;
}
