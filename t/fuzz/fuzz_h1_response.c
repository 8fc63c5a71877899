/*
 * fuzz_h1_response: responses off an origin's connection, answering GET.
 *
 * Besides h1_walk's properties: what forward makes of a response is one that
 * the reader accepts and frames as it was said.
 */
#include "fuzz.h"
#include "h1_walk.h"

#include "base/must.h"
#include "http/forward.h"

static void
forward_copy(const struct head *head, unsigned bits)
{
	struct arena *arena = arena_new(1024);
	struct forward_opts opts = {
		.via = SLICE("1.1 sallyport"),
		.next_keep_alive = bits & 1,
		.next_minor = bits & 2 ? 1 : 0,
		.pass_upgrade = bits & 4,
	};
	struct head copy;

	head_init(&copy, arena);
	for (size_t i = 0; i < head->nfields; i++)
		head_add_other(
		    &copy, head->fields[i].name, head->fields[i].value);
	copy.is_request = false;
	copy.status = head->status;
	copy.reason = head->reason;
	copy.minor = head->minor;
	copy.framing = head->framing;
	copy.length = head->length;
	copy.upgrade = head->upgrade;
	copy.framing = forward_response(&copy, METHOD_GET, &opts);
	must(!head_get(&copy, FIELD_ALT_SVC));
	must(!head_get(&copy, FIELD_PROXY_AUTHENTICATE));
	must(head_count(&copy, FIELD_TRANSFER_ENCODING) ==
	    (copy.framing == FRAMING_CHUNKED));
	/* what the reader will find in what was made */
	if (head->status == 204 || head->status < 200)
		copy.length = 0;
	copy.keep_alive = copy.framing != FRAMING_CLOSE &&
	    !head_has_token(&copy, FIELD_CONNECTION, SLICE("close"));
	h1_walk_again(&copy, METHOD_GET);
	arena_free(arena);
}

static void
on_head(const struct head *head)
{
	h1_walk_again(head, METHOD_GET);
	for (unsigned bits = 0; bits < 8; bits++)
		forward_copy(head, bits);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	h1_walk(false, slice_from(p, n), on_head);
	return 0;
}
