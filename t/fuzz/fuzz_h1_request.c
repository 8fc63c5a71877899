/*
 * fuzz_h1_request: requests off a client's connection.
 *
 * Besides h1_walk's properties: what forward makes of a request is one that
 * the reader accepts, with nothing in it that must not pass.
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
		.next_minor = 1,
		.pass_upgrade = bits & 2,
	};
	struct host host = head->target.host;
	struct head copy;

	head_init(&copy, arena);
	for (size_t i = 0; i < head->nfields; i++)
		head_add_other(
		    &copy, head->fields[i].name, head->fields[i].value);
	copy.method = head->method;
	copy.method_text = head->method_text;
	copy.target = head->target;
	copy.minor = head->minor;
	copy.framing = head->framing;
	copy.length = head->length;
	copy.expect_continue = head->expect_continue;
	copy.upgrade = head->upgrade;
	must(forward_request(&copy, &host, 80, 80, &opts) == head->framing);
	must(head_count(&copy, FIELD_HOST) == 1);
	must(!head_get(&copy, FIELD_PROXY_AUTHORIZATION));
	must(!head_get(&copy, FIELD_PROXY_CONNECTION));
	must(head_count(&copy, FIELD_TRANSFER_ENCODING) ==
	    (head->framing == FRAMING_CHUNKED));
	must(head_count(&copy, FIELD_CONTENT_LENGTH) ==
	    (head->framing == FRAMING_LENGTH));
	must(forward_loops(&copy, opts.via));
	/* what the reader will find in what was made */
	copy.target.host = host;
	copy.target.port = 0;
	copy.target.scheme = SCHEME_NONE;
	copy.keep_alive = opts.next_keep_alive || copy.upgrade;
	if (copy.method != METHOD_CONNECT && copy.target.host.len > 0)
		h1_walk_again(&copy, METHOD_GET);
	arena_free(arena);
}

static void
on_head(const struct head *head)
{
	h1_walk_again(head, METHOD_GET);
	if (head->target.form == TARGET_ABSOLUTE ||
	    head->target.form == TARGET_ORIGIN)
		for (unsigned bits = 0; bits < 4; bits++)
			if (head->target.host.len > 0)
				forward_copy(head, bits);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	h1_walk(true, slice_from(p, n), on_head);
	return 0;
}
