/*
 * step_tunnel: joins the client and the origin until both are done. Used for
 * a CONNECT that is not decrypted and behind a 101.
 */
#include "proxy/exchange.h"

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
	x->pump = pump_new(worker->base, client->io, x->up->io,
	    worker->rules->conf->timeouts.tunnel, on_pump_end, x);
	client->io = NULL;
	x->up->io = NULL;
	return STEP_RET_WAIT;
}

enum step_ret
step_tunnel(struct exchange *x)
{
	const struct pump_stats *stats;

	if (!x->asked)
		return start(x);
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
