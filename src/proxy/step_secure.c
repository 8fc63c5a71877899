/*
 * step_secure: TLS with the origin, its certificate verified for the name
 * that was asked for. A failure is told in plain words, never hidden.
 */
#include "proxy/exchange.h"

#include "proxy/handshake.h"
#include "proxy/scout.h"
#include "proxy/upstream.h"

static enum step_ret
start(struct exchange *x)
{
	struct worker *worker = x->client->worker;

	x->asked = true;
	client_deadline(x->client, worker->rules->conf->timeouts.handshake,
	    REASON_ORIGIN_TIMEOUT);
	handshake_start(x, scout_name(x));
	return STEP_RET_WAIT;
}

enum step_ret
step_secure(struct exchange *x)
{
	if (x->scout && exchange_hello_over(x))
		return exchange_hello_failed(x);
	if (!x->asked)
		return start(x);
	if (x->fetch != NULL)
		return handshake_fetched(x);
	if (x->up->failed)
		return handshake_failed(x);
	if (io_end(x->up->io) != IO_END_NONE)
		return exchange_refuse(
		    x, REASON_ORIGIN_TLS, "closed during the handshake");
	if (!x->up->ready)
		return STEP_RET_WAIT;
	if (!handshake_speaks_http1(x))
		return exchange_refuse(x, REASON_ORIGIN_PROTOCOL,
		    "it chose a protocol that was not offered");
	client_deadline(x->client, 0, REASON_OK);
	handshake_done(x);
	if (x->scout)
		return scout_secured(x);
	exchange_go(x, STEP_SEND);
	return STEP_RET_NEXT;
}
