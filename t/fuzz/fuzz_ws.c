/*
 * fuzz_ws: frames of a client. The first byte says whether with deflate, and
 * how many bytes come at a time: any cut gives the same messages.
 */
#include "fuzz.h"

#include "base/must.h"
#include "credential/ws.h"

#define MESSAGE_MAX 4096

/* A sum over the messages, or of how it ended. */
static uint64_t
drive(const struct ws_params *params, struct slice all, size_t step)
{
	struct ws *ws = ws_new(params);
	enum ws_event event = WS_MORE;
	struct slice in, message;
	uint64_t sum = 0;
	bool text, cut;

	while (all.n > 0 && event == WS_MORE) {
		in = slice_sub(all, 0, step);
		all = slice_from_idx(all, step);
		while ((event = ws_read(ws, &in)) == WS_MESSAGE ||
		    event == WS_CONTROL) {
			cut = false;
			message = event == WS_CONTROL
			    ? ws_control(ws)
			    : ws_message(ws, &text, &cut);
			must(message.n <= MESSAGE_MAX);
			sum = slice_hash(message, sum + cut);
		}
		/* a look at a part changes nothing of what comes */
		must(ws_partial(ws).n <= MESSAGE_MAX);
	}
	sum += (uint64_t)event;
	ws_free(ws);
	return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct ws_params params = { .message_max = MESSAGE_MAX };
	struct slice all;

	if (n < 2)
		return 0;
	params.deflate = p[0] & 1;
	params.no_context = p[0] & 2;
	all = slice_from(p + 1, n - 1);
	must(drive(&params, all, n) ==
	    drive(&params, all, (size_t)(p[0] >> 2) + 1));
	return 0;
}
