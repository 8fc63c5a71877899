/*
 * step_read: takes the next request's head from the client and finds out
 * whom it is for. Decides nothing about whether it may go there.
 */
#include "proxy/exchange.h"

#include "base/clock.h"
#include "proxy/account.h"
#include "proxy/local.h"

static enum step_ret
wait_for_head(struct exchange *x)
{
	struct client *client = x->client;
	const struct timeouts *t = &client->worker->rules->conf->timeouts;
	bool started = h1_started(client->reader, io_input(client->io));

	if (io_end(client->io) != IO_END_NONE) {
		x->reason = REASON_CLIENT_CLOSED;
		exchange_go(x, STEP_RECORD);
		return STEP_RET_NEXT;
	}
	if (started && x->started_us == 0) {
		x->started_us = clock_us();
		client_deadline(client, t->request, REASON_REQUEST_TIMEOUT);
	} else if (!started && !x->asked) {
		x->asked = true;
		client_deadline(client, t->idle, REASON_IDLE);
	}
	return STEP_RET_WAIT;
}

static enum reason
reason_of(enum h1_error error)
{
	switch (error) {
	case H1_AMBIGUOUS:
		return REASON_AMBIGUOUS;
	case H1_BAD_VERSION:
		return REASON_BAD_VERSION;
	case H1_LINE_TOO_LONG:
		return REASON_URI_TOO_LONG;
	case H1_HEAD_TOO_LARGE:
		return REASON_HEAD_TOO_LARGE;
	case H1_UNKNOWN_CODING:
		return REASON_UNKNOWN_CODING;
	case H1_TRUNCATED:
		return REASON_CLIENT_CLOSED;
	case H1_OK:
	case H1_BAD_SYNTAX:
		break;
	}
	return REASON_BAD_REQUEST;
}

static enum step_ret
refuse_head(struct exchange *x)
{
	const char *words = NULL;
	enum h1_error error = h1_error(x->client->reader, &words);

	return exchange_refuse(x, reason_of(error), words);
}

/* RFC 9110 section 7.4: a request for a host that this connection does not
 * speak for is misdirected. */
static bool
is_misdirected(const struct exchange *x)
{
	const struct client *client = x->client;

	if (x->port != client->port)
		return true;
	return !host_eq(&x->host, &client->host) &&
	    !(client->secure && host_eq(&x->host, &client->sni));
}

/* Whom a request inside a CONNECT is for: what Host (or an absolute target)
 * says, which must be what the connection is for. */
static enum step_ret
target_inside(struct exchange *x)
{
	struct client *client = x->client;
	const struct target *target = &x->request.target;
	uint16_t standard = client->secure ? 443 : 80;
	const char *why = NULL;

	x->secure = client->secure;
	if (x->request.method == METHOD_CONNECT)
		return exchange_refuse(
		    x, REASON_BAD_REQUEST, "CONNECT inside a CONNECT");
	if (target->form == TARGET_ABSOLUTE) {
		x->host = target->host;
		x->port = target->port;
	} else if (head_get(&x->request, FIELD_HOST) != NULL) {
		why = authority_parse(head_value(&x->request, FIELD_HOST),
		    standard, &x->host, &x->port);
	} else {
		x->host = client->host; /* HTTP/1.0 */
		x->port = client->port;
	}
	if (why != NULL)
		return exchange_refuse(x, REASON_BAD_REQUEST, why);
	if (is_misdirected(x))
		return exchange_refuse(x, REASON_MISDIRECTED, NULL);
	exchange_go(x, STEP_ACCOUNT);
	return STEP_RET_NEXT;
}

/* RFC 9112 section 3.2.2 has a proxy ignore a Host that differs from an
 * absolute target. We refuse it: the origin, or whatever reads our log,
 * might not ignore it. */
static const char *
check_host_field(struct exchange *x)
{
	struct slice value = head_value(&x->request, FIELD_HOST);
	struct host host;
	uint16_t port;
	const char *why;

	if (head_get(&x->request, FIELD_HOST) == NULL)
		return NULL;
	if (value.n == 0 && x->is_connect)
		return NULL;
	why = authority_parse(
	    value, x->is_connect ? x->port : 80, &host, &port);
	if (why != NULL)
		return why;
	if (host_eq(&host, &x->host) &&
	    (port == x->port || slice_find(value, ':') == value.n))
		return NULL;
	return "Host differs from the target";
}

static enum step_ret
target_outside(struct exchange *x)
{
	const struct target *target = &x->request.target;
	const char *why;

	x->is_connect = x->request.method == METHOD_CONNECT;
	if (target->form != TARGET_ABSOLUTE && !x->is_connect) {
		x->local = true;
		exchange_go(x, STEP_ACCOUNT);
		return STEP_RET_NEXT;
	}
	x->host = target->host;
	x->port = target->port;
	x->secure = !x->is_connect && target->scheme == SCHEME_HTTPS;
	if (!x->is_connect && target->scheme != SCHEME_HTTP &&
	    target->scheme != SCHEME_HTTPS)
		return exchange_refuse(
		    x, REASON_BAD_REQUEST, "scheme is neither http nor https");
	why = check_host_field(x);
	if (why != NULL)
		return exchange_refuse(x, REASON_AMBIGUOUS, why);
	x->local = local_is_for_us(x);
	exchange_go(x, STEP_ACCOUNT);
	return STEP_RET_NEXT;
}

static bool
body_too_large(const struct exchange *x)
{
	uint64_t max = x->client->worker->rules->conf->limits.body_bytes;

	return max != 0 && x->request.framing == FRAMING_LENGTH &&
	    x->request.length > max;
}

static enum step_ret
have_head(struct exchange *x)
{
	struct client *client = x->client;

	x->have_request = true;
	x->minor = x->request.minor;
	x->wall_us = clock_wall_us();
	x->at.head_us = clock_us();
	if (x->started_us == 0)
		x->started_us = x->at.head_us;
	x->keep = x->request.keep_alive && !client->worker->draining;
	client->worker->counts.requests++;
	client_deadline(client, 0, REASON_OK);
	if (body_too_large(x))
		return exchange_refuse(x, REASON_BODY_TOO_LARGE, NULL);
	if (client->inside) {
		if (client->secure)
			client_got_on(client);
		x->account = client->account == NULL
		    ? NULL
		    : account_ref(client->account);
		x->local = local_is_name(&client->host);
		return target_inside(x);
	}
	return target_outside(x);
}

enum step_ret
step_read(struct exchange *x)
{
	struct client *client = x->client;

	switch (h1_read_head(client->reader, io_input(client->io),
	    io_end(client->io) != IO_END_NONE, x->arena, METHOD_OTHER,
	    &x->request)) {
	case H1_MORE:
		return wait_for_head(x);
	case H1_HEAD:
		return have_head(x);
	case H1_BODY:
	case H1_END:
	case H1_ERROR:
		break;
	}
	return refuse_head(x);
}
