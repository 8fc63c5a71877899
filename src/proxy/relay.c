/*
 * relay: two ways of one WebSocket. Never writes a frame of its own but the
 * one that closes it.
 */
#include "proxy/relay.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/secret.h"
#include "credential/ws.h"
#include "proxy/inspect.h"
#include "proxy/judge.h"
#include "proxy/upstream.h"
#include "proxy/watch.h"

struct relay {
	struct worker *worker; /* borrowed */
	struct ws *ws;         /* owned */
	struct evbuffer *kept; /* owned: read by ws, not yet passed on */
	size_t charged;        /* bytes counted in worker->held */
	bool asking;           /* a message waits for its verdict */
	bool open;             /* the rest of this one is not held back */
};

static struct slice
extensions(const struct exchange *x)
{
	const struct head *head = &x->response;

	for (size_t i = 0; i < head->nfields; i++)
		if (slice_caseeq_str(
			head->fields[i].name, "Sec-WebSocket-Extensions"))
			return head->fields[i].value;
	return SLICE_EMPTY;
}

static bool
has(struct slice text, const char *word)
{
	return slice_search(text, slice_of(word)) < text.n;
}

struct relay *
relay_new(struct exchange *x)
{
	struct relay *relay = mem_zalloc(sizeof(*relay));
	struct slice agreed = extensions(x);
	struct ws_params params = {
		.message_max =
		    x->client->worker->rules->conf->limits.inspect_bytes,
		.deflate = has(agreed, "permessage-deflate"),
		.no_context = has(agreed, "client_no_context_takeover"),
	};

	relay->worker = x->client->worker;
	relay->ws = ws_new(&params);
	relay->kept = evbuffer_new();
	return relay;
}

static void
charge(struct relay *relay, size_t now)
{
	relay->worker->held += now - relay->charged;
	relay->charged = now;
}

void
relay_free(struct relay *relay)
{
	if (relay == NULL)
		return;
	charge(relay, 0);
	ws_free(relay->ws);
	inspect_wipe(relay->kept);
	evbuffer_free(relay->kept);
	free(relay);
}

bool
relay_is_wanted(const struct exchange *x)
{
	return x->inspect != NULL &&
	    head_has_token(&x->response, FIELD_UPGRADE, SLICE("websocket"));
}

static void
pass(struct relay *relay, struct exchange *x)
{
	x->body_in += evbuffer_get_length(relay->kept);
	evbuffer_add_buffer(io_output(x->up->io), relay->kept);
	charge(relay, ws_held(relay->ws));
}

static enum relay_ret
judge(struct relay *relay, struct exchange *x)
{
	const struct inspect_hit *hit;
	enum judge_ret ret = judge_hits(x->inspect, x, &hit);

	relay->asking = ret == JUDGE_WAIT;
	if (relay->asking)
		return RELAY_WAIT;
	if (ret == JUDGE_STOP) {
		x->hit = hit;
		return RELAY_STOPPED;
	}
	if (x->inspect->cuts != 0 && x->inspect->refuse_unread)
		return RELAY_STOPPED;
	/* not what goes round a control frame inside a message */
	if (relay->open || !ws_in_message(relay->ws))
		pass(relay, x);
	return RELAY_DONE;
}

static enum relay_ret
look(struct relay *relay, struct exchange *x, struct slice bytes, bool cut)
{
	inspect_scan_message(x->inspect, x, bytes);
	if (cut)
		x->inspect->cuts |= SCAN_CUT_BODY;
	inspect_tell_unread(x);
	return judge(relay, x);
}

static enum relay_ret
message(struct relay *relay, struct exchange *x)
{
	bool text, cut;
	struct slice bytes = ws_message(relay->ws, &text, &cut);
	enum relay_ret ret = look(relay, x, bytes, cut);

	ws_forget(relay->ws);
	charge(relay, evbuffer_get_length(relay->kept) + ws_held(relay->ws));
	relay->open = false;
	return ret;
}

/* Of a message too long to be held, what was held is looked into; the rest
 * goes on as it comes, unless the rule says otherwise. */
static enum relay_ret
give_up(struct relay *relay, struct exchange *x)
{
	if (!relay->open) {
		relay->open = true;
		return look(relay, x, ws_partial(relay->ws), true);
	}
	pass(relay, x);
	return RELAY_DONE;
}

/* What goes round control frames inside a message is kept with it, so they
 * count as well. */
static enum relay_ret
keep_bound(struct relay *relay, struct exchange *x)
{
	return ws_in_message(relay->ws) &&
		!inspect_has_room(
		    relay->worker, evbuffer_get_length(relay->kept))
	    ? give_up(relay, x)
	    : RELAY_DONE;
}

/* One contiguous piece of input. DONE: go on with the next. */
static enum relay_ret
read_piece(struct relay *relay, struct exchange *x)
{
	struct evbuffer *in = io_input(x->client->io);
	size_t n = evbuffer_get_contiguous_space(in);
	struct slice rest = slice_from(evbuffer_pullup(in, (ev_ssize_t)n), n);
	enum ws_event event = ws_read(relay->ws, &rest);

	evbuffer_remove_buffer(in, relay->kept, n - rest.n);
	charge(relay, evbuffer_get_length(relay->kept) + ws_held(relay->ws));
	switch (event) {
	case WS_MESSAGE:
		return message(relay, x);
	case WS_CONTROL:
	case WS_CLOSE:
		return look(relay, x, ws_control(relay->ws), false);
	case WS_MORE:
		if (!ws_in_message(relay->ws))
			pass(relay, x);
		return RELAY_DONE;
	case WS_ERROR:
		break;
	}
	x->detail = ws_reason(relay->ws);
	return RELAY_BROKEN;
}

static enum relay_ret
to_origin(struct relay *relay, struct exchange *x)
{
	enum relay_ret ret;

	if (relay->asking) {
		ret = judge(relay, x);
		if (ret == RELAY_DONE)
			ret = keep_bound(relay, x);
		if (ret != RELAY_DONE)
			return ret;
	}
	while (evbuffer_get_length(io_input(x->client->io)) > 0 &&
	    !io_full(x->up->io)) {
		ret = read_piece(relay, x);
		if (ret == RELAY_DONE)
			ret = keep_bound(relay, x);
		if (ret != RELAY_DONE)
			return ret;
	}
	if (io_end(x->client->io) != IO_END_NONE &&
	    evbuffer_get_length(io_input(x->client->io)) == 0)
		io_finish(x->up->io);
	return RELAY_WAIT;
}

static void
to_client(struct exchange *x)
{
	struct evbuffer *in = io_input(x->up->io);

	if (io_full(x->client->io))
		return;
	x->body_out += evbuffer_get_length(in);
	evbuffer_add_buffer(io_output(x->client->io), in);
	if (io_end(x->up->io) != IO_END_NONE)
		io_finish(x->client->io);
}

enum relay_ret
relay_run(struct relay *relay, struct exchange *x)
{
	enum relay_ret ret;

	to_client(x);
	ret = to_origin(relay, x);
	if (ret != RELAY_WAIT)
		return ret;
	if (x->up->failed) {
		x->detail = io_error(x->up->io);
		return RELAY_BROKEN;
	}
	if (io_end(x->up->io) != IO_END_NONE &&
	    evbuffer_get_length(io_input(x->up->io)) == 0)
		return RELAY_DONE;
	return RELAY_WAIT;
}
