/*
 * step_secure: TLS with the origin, its certificate verified for the name
 * that was asked for. A failure is told in plain words, never hidden.
 */
#include "proxy/exchange.h"

#include "proxy/scout.h"
#include "proxy/upstream.h"

static const char alpn_http1[] = "\x08http/1.1";

static enum step_ret
start(struct exchange *x)
{
	struct worker *worker = x->client->worker;
	struct tls_connect_opts opts = {
		.host = scout_name(x),
		.alpn = slice_from(alpn_http1, sizeof(alpn_http1) - 1),
	};

	x->asked = true;
	client_deadline(x->client, worker->rules->conf->timeouts.handshake,
	    REASON_ORIGIN_TIMEOUT);
	io_tls_connect(x->up->io, worker->rules->origin_ctx, &opts);
	return STEP_RET_WAIT;
}

static enum step_ret
failed(struct exchange *x)
{
	const struct tls_info *info = io_tls_info(x->up->io);

	if (info->verify_error != 0)
		return exchange_refuse(
		    x, REASON_ORIGIN_CERTIFICATE, info->verify_text);
	return exchange_refuse(x, REASON_ORIGIN_TLS,
	    info->alert != NULL ? info->alert : io_error(x->up->io));
}

enum step_ret
step_secure(struct exchange *x)
{
	if (x->scout && exchange_hello_over(x))
		return exchange_hello_failed(x);
	if (!x->asked)
		return start(x);
	if (x->up->failed)
		return failed(x);
	if (io_end(x->up->io) != IO_END_NONE)
		return exchange_refuse(
		    x, REASON_ORIGIN_TLS, "closed during the handshake");
	if (!x->up->ready)
		return STEP_RET_WAIT;
	client_deadline(x->client, 0, REASON_OK);
	if (x->scout)
		return scout_secured(x);
	exchange_go(x, STEP_SEND);
	return STEP_RET_NEXT;
}
