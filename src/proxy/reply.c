/*
 * reply: writes our own answers and gets rid of the request's body.
 */
#include "proxy/reply.h"

#include <string.h>

#include "http/h1_write.h"

/* A body that nobody wants is read up to here; beyond it closing the
 * connection costs less. */
#define DRAIN_MAX (256u << 10)

/* Of a page whose form only the person may send. Of the referrer's policies
 * this one leaves Origin in our own form, and tells other sites as little. */
static void
put_apart(struct evbuffer *out)
{
	evbuffer_add_printf(out,
	    "X-Frame-Options: DENY\r\n"
	    "Cross-Origin-Opener-Policy: same-origin\r\n"
	    "Cross-Origin-Resource-Policy: same-origin\r\n"
	    "Referrer-Policy: same-origin\r\n");
}

static void
put_common(struct exchange *x, const struct reply *reply, struct evbuffer *out,
    size_t length)
{
	evbuffer_add_printf(out, "HTTP/1.1 %u %s\r\nDate: %.*s\r\n",
	    reply->status, status_text(reply->status),
	    SLICE_ARG(worker_date(x->client->worker)));
	if (reply->type != NULL)
		evbuffer_add_printf(out, "Content-Type: %s\r\n", reply->type);
	evbuffer_add_printf(out, "Content-Length: %zu\r\n", length);
	evbuffer_add_printf(out, "Cache-Control: %s\r\n",
	    reply->cacheable ? "max-age=3600" : "no-store");
	evbuffer_add_printf(out, "X-Content-Type-Options: nosniff\r\n");
	/* a form is answered with a way back to the site, which browsers count
	 * as an action of the form */
	if (reply->page)
		evbuffer_add_printf(out,
		    "Content-Security-Policy: default-src 'none'; "
		    "style-src 'unsafe-inline'; img-src http: https: data:; "
		    "base-uri 'none'; form-action %s; "
		    "frame-ancestors 'none'\r\n",
		    reply->apart ? "'self' https: http:" : "'none'");
	if (reply->apart)
		put_apart(out);
	else if (reply->page)
		evbuffer_add_printf(out, "Referrer-Policy: no-referrer\r\n");
	if (reply->extra != NULL)
		evbuffer_add(out, reply->extra, strlen(reply->extra));
	if (!x->keep)
		evbuffer_add_printf(out, "Connection: close\r\n");
	else if (x->minor == 0)
		evbuffer_add_printf(out, "Connection: keep-alive\r\n");
	evbuffer_add(out, "\r\n", 2);
}

/* What of the request is still to come decides whether the connection can go
 * on behind this answer. */
static void
settle_keep(struct exchange *x)
{
	const struct head *request = &x->request;

	if (!x->have_request) /* it was never understood */
		x->keep = false;
	else if (request->framing == FRAMING_LENGTH &&
	    request->length > DRAIN_MAX)
		x->keep = false;
	else if (request->framing != FRAMING_NONE && request->expect_continue)
		x->keep = false;
	/* part of the body is on its way to an origin */
	if (!x->request_done && x->up != NULL)
		x->keep = false;
}

void
reply_send(struct exchange *x, const struct reply *reply, struct evbuffer *body)
{
	struct evbuffer *out = io_output(x->client->io);
	size_t length = evbuffer_get_length(body);

	settle_keep(x);
	x->status = reply->status;
	put_common(x, reply, out, length);
	if (x->have_request && x->request.method == METHOD_HEAD)
		evbuffer_drain(body, length);
	x->body_out += evbuffer_get_length(body);
	evbuffer_add_buffer(out, body);
}

static bool
drain_request(struct exchange *x)
{
	struct client *client = x->client;
	struct evbuffer *piece = client->worker->piece;
	enum h1_ret ret;

	while (x->keep && !x->request_done) {
		ret = h1_read_body(client->reader, io_input(client->io),
		    io_end(client->io) != IO_END_NONE, piece, DRAIN_MAX);
		x->body_in += evbuffer_get_length(piece);
		evbuffer_drain(piece, evbuffer_get_length(piece));
		if (ret == H1_MORE)
			return false;
		x->request_done = ret == H1_END;
		if (ret == H1_ERROR || x->body_in > DRAIN_MAX)
			x->keep = false;
	}
	/* who asks on and doesn't read gets no more answers to keep */
	return !x->keep || !io_full(client->io);
}

enum step_ret
reply_finish(struct exchange *x)
{
	if (!drain_request(x))
		return STEP_RET_WAIT;
	client_deadline(x->client, 0, REASON_OK);
	exchange_go(x, STEP_RECORD);
	return STEP_RET_NEXT;
}
