/*
 * fuzz_msg: a packet as a process that was taken over might send it.
 *
 * What is accepted has one form: encoding it again gives the same bytes.
 */
#include "fuzz.h"

#include <string.h>

#include "base/must.h"
#include "ipc/msg.h"

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static unsigned char again[WIRE_MAX];
	enum msg_kind kind = MSG_COUNT;
	union msg_body body;
	struct wire_out out;

	if (n > WIRE_MAX)
		return 0;
	if (msg_decode(slice_from(p, n), &kind, &body)) {
		must(kind == MSG_COUNT);
		return 0;
	}
	must(kind < MSG_COUNT);
	wire_out_init(&out, again, sizeof(again));
	msg_encode(&out, kind, &body);
	must(!out.failed && out.n == n && memcmp(again, p, n) == 0);
	return 0;
}
