/*
 * step_tunnel: joins the client and the origin until both are done. Used for
 * a CONNECT that is not decrypted and behind a 101.
 */
#include "proxy/exchange.h"

#include "proxy/inspect.h"
#include "proxy/upstream.h"

static void
on_pump_end(struct pump *pump, enum pump_end end, void *arg)
{
	struct exchange *x = arg;

	x->pump_ended = true;
	x->pump_end = end;
	exchange_run(x);
}

static enum step_ret
start(struct exchange *x)
{
	struct client *client = x->client;
	struct worker *worker = client->worker;

	x->asked = true;
	x->keep = false;
	worker->counts.tunnels++;
	inspect_tell_tunnel(x);
	x->pump = pump_new(worker->base, client->io, x->up->io,
	    worker->rules->conf->timeouts.tunnel, on_pump_end, x);
	client->io = NULL;
	x->up->io = NULL;
	return STEP_RET_WAIT;
}

static void
greet(struct exchange *x)
{
	struct evbuffer *in = io_input(x->up->io);

	if (!io_full(x->client->io))
		evbuffer_add_buffer(io_output(x->client->io), in);
}

static bool
is_over(const struct exchange *x)
{
	return x->up->failed || io_end(x->up->io) != IO_END_NONE ||
	    io_end(x->client->io) != IO_END_NONE;
}

/* A client that waited for the origin to speak first got its tunnel unseen:
 * what it says then must not be what would have been looked into. */
static enum step_ret
listen_first(struct exchange *x)
{
	struct client *client = x->client;

	greet(x);
	switch (exchange_first_words(io_input(client->io))) {
	case FIRST_TLS:
	case FIRST_HTTP:
		return exchange_refuse(x, REASON_FOREIGN, NULL);
	case FIRST_UNSURE:
		if (is_over(x))
			break;
		client_deadline(client,
		    client->worker->rules->conf->timeouts.tunnel, REASON_IDLE);
		return STEP_RET_WAIT;
	case FIRST_FOREIGN:
		break;
	}
	client_deadline(client, 0, REASON_OK);
	return start(x);
}

enum step_ret
step_tunnel(struct exchange *x)
{
	const struct pump_stats *stats;

	if (!x->asked)
		return x->silent ? listen_first(x) : start(x);
	stats = pump_stats(x->pump);
	x->client->tunnel_in = x->body_in = stats->to_b;
	x->client->tunnel_out = x->body_out = stats->to_a;
	if (!x->pump_ended)
		return STEP_RET_WAIT;
	switch (x->pump_end) {
	case PUMP_CLEAN:
		break;
	case PUMP_IDLE:
		x->reason = REASON_IDLE;
		break;
	case PUMP_ERROR:
		x->reason = REASON_TUNNEL_ERROR;
		x->detail = pump_error(x->pump);
		break;
	case PUMP_CANCELLED:
		x->reason = REASON_SHUTDOWN;
		break;
	}
	exchange_go(x, STEP_RECORD);
	return STEP_RET_NEXT;
}
