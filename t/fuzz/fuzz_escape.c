/*
 * fuzz_escape: characters written as others. The first byte says which way.
 */
#include "fuzz.h"

#include "base/must.h"
#include "credential/escape.h"
#include "layer_run.h"

static const struct layer *const layers[] = { &layer_base64, &layer_hex,
	&layer_percent, &layer_entity, &layer_backslash, &layer_disguise,
	&layer_codes };

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct slice s;

	if (n < 2)
		return 0;
	s = slice_from(p + 1, n - 1);
	must(escape_quoted_printable(layer_scan(), s).n <= s.n);
	must(escape_percent(layer_scan(), s, ESCAPE_PLUS).n <= s.n);
	return layer_run(layers[p[0] % 7], p + 1, n - 1);
}
