/*
 * fuzz_request: a whole request: lines of target, field, field, then an
 * empty line and the body; without that, all of it is a message.
 */
#include "fuzz.h"

#include "credential/request.h"
#include "credential/sealed.h"
#include "layer_run.h"

#define FIELDS_MAX 8

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct request_field fields[FIELDS_MAX];
	struct request_view view = { .fields = fields };
	struct slice rest = slice_from(p, n), line;
	struct scan *scan = layer_scan();
	size_t colon;

	request_scan_message(scan, rest);
	sealed_found(scan);
	layer_check(scan);
	slice_split(&rest, '\n', &view.target);
	while (slice_split(&rest, '\n', &line) && line.n > 0 &&
	    view.nfields < FIELDS_MAX) {
		colon = slice_find(line, ':');
		fields[view.nfields++] = (struct request_field){ slice_sub(line,
								     0, colon),
			slice_from_idx(line, colon + 1) };
	}
	view.body = rest;
	request_scan(scan, &view);
	sealed_found(scan);
	layer_check(scan);
	return 0;
}
