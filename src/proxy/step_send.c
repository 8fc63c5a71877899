/*
 * step_send: writes the request's head to the origin, as an intermediary
 * must (http/forward.h). The body follows in step_forward.
 */
#include "proxy/exchange.h"

#include "base/clock.h"
#include "http/forward.h"
#include "http/h1_write.h"
#include "net/io_tls.h"
#include "proxy/inspect.h"
#include "proxy/upstream.h"

/* What was held while it was looked into, and the end where that is here. */
static void
send_held(struct exchange *x)
{
	struct evbuffer *out = io_output(x->up->io);
	const struct field *trailers;
	size_t n;

	x->body_in += evbuffer_get_length(x->inspect->held);
	h1_write_body(out, x->inspect->held, x->send_framing);
	if (!x->request_done)
		return;
	trailers = h1_trailers(x->client->reader, &n);
	h1_write_end(out, x->send_framing, trailers, n);
}

/* For the record, which is written when the connection may be gone. */
static void
note_origin(struct exchange *x)
{
	if (!x->up->secure)
		return;
	x->up_tls = io_tls_info(x->up->io)->version;
	x->up_accepted = x->up->looked.accepted;
}

enum step_ret
step_send(struct exchange *x)
{
	const struct rules *rules = x->client->worker->rules;
	struct forward_opts opts = {
		/* a reload may come before it is sent once more */
		.via = arena_dup(x->arena, slice_of(rules->via)),
		.next_keep_alive = true,
		.next_minor = 1,
		.pass_upgrade = x->request.upgrade,
	};

	/* what is sent once more has been made fit to be sent */
	if (!x->retried)
		x->send_framing = forward_request(&x->request, &x->host,
		    x->port, x->secure ? 443 : 80, &opts);
	h1_write_request(io_output(x->up->io), &x->request);
	if (x->inspect != NULL)
		send_held(x);
	else
		x->request_done = x->request.framing == FRAMING_NONE;
	note_origin(x);
	x->at.sent_us = clock_us();
	exchange_go(x, STEP_FORWARD);
	return STEP_RET_NEXT;
}
