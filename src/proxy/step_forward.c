/*
 * step_forward: the request's body to the origin and the answer back, both
 * streaming, each at the pace of its reader. It is called whenever either
 * side got or gave bytes, moves what can be moved, and waits again.
 *
 * Backpressure needs no flags here: what a full output can't take stays in
 * the other side's input, and an io with a full input stops reading.
 */
#include "proxy/exchange.h"

#include <string.h>

#include "base/clock.h"
#include "http/auth.h"
#include "http/forward.h"
#include "http/h1_write.h"
#include "net/io_tls.h"
#include "proxy/handshake.h"
#include "proxy/inspect.h"
#include "proxy/pool.h"
#include "proxy/relay.h"
#include "proxy/upstream.h"

/* What moves in one go: bounds the memory between two looks at io_full. */
#define PIECE (64u << 10)

/* Of 1xx before the answer: each costs memory until the exchange is over. */
#define INTERIM_MAX 64

enum flow {
	FLOW_WAIT,
	FLOW_DONE,
	FLOW_BROKEN
};

/* --- the request's body ----------------------------------------------------- */

static bool
over_body_limit(struct exchange *x)
{
	uint64_t max = x->client->worker->rules->conf->limits.body_bytes;

	return max != 0 && x->body_in > max;
}

static enum flow
send_end(struct exchange *x)
{
	const struct field *trailers;
	size_t n;

	trailers = h1_trailers(x->client->reader, &n);
	/* behind a body that could not be held, nobody has looked into them;
	 * leaving them out is always allowed (RFC 9110 section 6.5.1) */
	if (x->inspect != NULL)
		n = 0;
	h1_write_end(io_output(x->up->io), x->send_framing, trailers, n);
	x->request_done = true;
	return FLOW_DONE;
}

static enum flow
move_request(struct exchange *x)
{
	struct client *client = x->client;
	struct evbuffer *piece = client->worker->piece;
	enum h1_ret ret;

	while (!io_full(x->up->io)) {
		ret = h1_read_body(client->reader, io_input(client->io),
		    io_end(client->io) != IO_END_NONE, piece, PIECE);
		x->body_in += evbuffer_get_length(piece);
		h1_write_body(io_output(x->up->io), piece, x->send_framing);
		if (over_body_limit(x)) {
			x->reason = REASON_BODY_TOO_LARGE;
			return FLOW_BROKEN;
		}
		switch (ret) {
		case H1_BODY:
			continue;
		case H1_MORE:
			return FLOW_WAIT;
		case H1_END:
			return send_end(x);
		case H1_HEAD:
		case H1_ERROR:
			break;
		}
		x->reason = h1_error(client->reader, &x->detail) == H1_TRUNCATED
		    ? REASON_CLIENT_CLOSED
		    : REASON_BAD_REQUEST;
		return FLOW_BROKEN;
	}
	return FLOW_WAIT;
}

/* --- the answer ------------------------------------------------------------- */

static void
write_head(struct exchange *x)
{
	struct forward_opts opts = {
		.via = slice_of(x->client->worker->rules->via),
		.next_keep_alive = x->keep,
		.next_minor = x->minor,
		.pass_upgrade = x->response.upgrade,
		.date = worker_date(x->client->worker),
	};

	x->reply_framing = forward_response(
	    &x->response, x->request.method, &opts);
	/* with the answer itself, not with what comes before */
	if (x->response_begun && x->leg_token.n > 0)
		head_add(&x->response, FIELD_PROXY_AUTHENTICATE,
		    arena_printf(
			x->arena, "Negotiate %.*s", SLICE_ARG(x->leg_token)));
	h1_write_response(io_output(x->client->io), &x->response);
}

/* 100 and 103 are passed on to those who know them (RFC 9110 section 15.2);
 * 101 is the end of HTTP on this connection. */
static enum flow
interim(struct exchange *x)
{
	if (x->response.status == 101) {
		if (!x->request.upgrade)
			return FLOW_BROKEN;
		x->upgraded = true;
		x->keep = false;
		x->status = 101;
		x->response_begun = true;
		write_head(x);
		return FLOW_DONE;
	}
	if (++x->interims > INTERIM_MAX)
		return FLOW_BROKEN;
	if (x->minor >= 1) {
		write_head(x);
		io_kick(x->client->io);
	}
	head_init(&x->response, x->arena);
	return FLOW_WAIT;
}

static enum flow
final_head(struct exchange *x)
{
	x->have_response = true;
	x->response_begun = true;
	x->status = x->response.status;
	/* an answer before the end of the request: the rest is not read */
	if (!x->request_done)
		x->keep = false;
	/* a 1.0 client learns the end of such a body from ours */
	if (x->response.framing == FRAMING_CHUNKED ||
	    x->response.framing == FRAMING_CLOSE)
		x->keep = x->keep && x->minor >= 1;
	write_head(x);
	return FLOW_DONE;
}

static enum flow
read_head(struct exchange *x)
{
	struct upstream *up = x->up;

	while (!io_full(x->client->io)) {
		switch (h1_read_head(up->reader, io_input(up->io),
		    io_end(up->io) != IO_END_NONE, x->arena, x->request.method,
		    &x->response)) {
		case H1_MORE:
			return FLOW_WAIT;
		case H1_HEAD:
			if (x->at.first_us == 0)
				x->at.first_us = clock_us();
			if (x->response.status >= 200)
				return final_head(x);
			if (interim(x) == FLOW_WAIT)
				continue;
			if (x->upgraded)
				return FLOW_DONE;
			break;
		case H1_BODY:
		case H1_END:
		case H1_ERROR:
			break;
		}
		x->reason = h1_error(up->reader, &x->detail) == H1_TRUNCATED
		    ? REASON_ORIGIN_CLOSED
		    : REASON_ORIGIN_BAD;
		if (x->interims > INTERIM_MAX)
			x->detail = "too many interim answers";
		return FLOW_BROKEN;
	}
	return FLOW_WAIT;
}

static enum flow
reply_end(struct exchange *x)
{
	const struct field *trailers;
	size_t n;

	trailers = h1_trailers(x->up->reader, &n);
	h1_write_end(io_output(x->client->io), x->reply_framing, trailers, n);
	x->response_done = true;
	return FLOW_DONE;
}

/* A body that ends with its connection is whole only where TLS says that it
 * is; else anybody on the way could cut it (RFC 9112 section 9.8). */
static bool
reply_cut(struct exchange *x)
{
	if (x->response.framing != FRAMING_CLOSE ||
	    io_end(x->up->io) != IO_END_TRUNCATED)
		return false;
	x->detail = "ended without a close of TLS";
	return true;
}

static enum flow
move_reply(struct exchange *x)
{
	struct upstream *up = x->up;
	struct evbuffer *piece = x->client->worker->piece;
	enum h1_ret ret;

	while (!io_full(x->client->io)) {
		ret = h1_read_body(up->reader, io_input(up->io),
		    io_end(up->io) != IO_END_NONE, piece, PIECE);
		x->body_out += evbuffer_get_length(piece);
		h1_write_body(
		    io_output(x->client->io), piece, x->reply_framing);
		switch (ret) {
		case H1_BODY:
			continue;
		case H1_MORE:
			return FLOW_WAIT;
		case H1_END:
			if (reply_cut(x))
				break;
			return reply_end(x);
		case H1_HEAD:
		case H1_ERROR:
			break;
		}
		x->reason = REASON_ORIGIN_CLOSED;
		return FLOW_BROKEN;
	}
	return FLOW_WAIT;
}

/* --- both ------------------------------------------------------------------- */

/* A kept connection may have been closed by the origin just as we used it
 * (RFC 9110 section 9.2.2): once more, on a fresh one, where the request may
 * be repeated and nothing of it is gone. */
static bool
may_retry(const struct exchange *x)
{
	return head_is_repeatable(&x->request) && x->up->exchanges > 0 &&
	    !x->retried && x->at.first_us == 0 &&
	    evbuffer_get_length(io_input(x->up->io)) == 0;
}

static enum step_ret
retry(struct exchange *x)
{
	upstream_free(x->up);
	x->up = NULL;
	x->retried = true;
	x->reason = REASON_OK;
	x->detail = NULL;
	exchange_go(x, STEP_DIAL);
	return STEP_RET_NEXT;
}

static enum step_ret
broken(struct exchange *x, enum reason reason)
{
	if (reason == REASON_ORIGIN_CLOSED && may_retry(x))
		return retry(x);
	if (reason == REASON_ORIGIN_CLOSED && handshake_was_unwanted(x))
		return handshake_refuse(x);
	return exchange_refuse(x, reason, x->detail);
}

/* Who logs in by these is known by the connection from then on (RFC 4559,
 * MS-NTHT): each leg must go by the same one, and nobody else's request. */
static void
keep_owner(struct exchange *x)
{
	struct slice scheme = auth_scheme(
	    head_value(&x->request, FIELD_AUTHORIZATION));

	if (!slice_caseeq_str(scheme, "NTLM") &&
	    !slice_caseeq_str(scheme, "Negotiate"))
		return;
	x->client->owns = true;
	memcpy(x->up->owner, x->client->id, sizeof(x->client->id));
}

static enum step_ret
finished(struct exchange *x)
{
	struct upstream *up = x->up;

	client_deadline(x->client, 0, REASON_OK);
	if (x->request_done && x->response.keep_alive && !up->failed &&
	    x->response.framing != FRAMING_CLOSE &&
	    io_end(up->io) == IO_END_NONE &&
	    evbuffer_get_length(io_input(up->io)) == 0) {
		keep_owner(x);
		x->up = NULL;
		pool_give(x->client->worker->pool, up);
	}
	exchange_go(x, STEP_RECORD);
	return STEP_RET_NEXT;
}

static enum step_ret
waiting(struct exchange *x)
{
	const struct timeouts *t = &x->client->worker->rules->conf->timeouts;

	/* what it had said before is passed on as fast as the client reads */
	if (x->up->failed && !io_full(x->client->io))
		return broken(x, REASON_ORIGIN_CLOSED);
	/* who left an encrypted connection does not wait for the answer; a
	 * plain half-close may be a script that does */
	if (io_is_tls(x->client->io) && io_end(x->client->io) != IO_END_NONE)
		return broken(x, REASON_CLIENT_CLOSED);
	if (x->request_done && !x->have_response)
		client_deadline(x->client, t->response, REASON_ORIGIN_TIMEOUT);
	else
		client_deadline(x->client, t->body, REASON_STALLED);
	return STEP_RET_WAIT;
}

enum step_ret
step_forward(struct exchange *x)
{
	enum flow flow = FLOW_DONE;

	/* what was held is on its way, and no longer ours to count */
	if (x->inspect != NULL && !io_full(x->up->io))
		inspect_charge(x->inspect, x->client->worker);
	if (!x->request_done && move_request(x) == FLOW_BROKEN)
		return broken(x, x->reason);
	if (!x->have_response && !x->upgraded)
		flow = read_head(x);
	if (flow == FLOW_DONE && x->upgraded) {
		client_deadline(x->client, 0, REASON_OK);
		exchange_go(x, relay_is_wanted(x) ? STEP_RELAY : STEP_TUNNEL);
		return STEP_RET_NEXT;
	}
	if (flow == FLOW_DONE && !x->response_done)
		flow = move_reply(x);
	if (flow == FLOW_BROKEN)
		return broken(x, x->reason);
	if (flow == FLOW_DONE)
		return finished(x);
	return waiting(x);
}
