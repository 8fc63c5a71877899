/*
 * step_refuse: tells the person what happened, by which rule, and what can
 * be done, with an incident number that is in the record. Nothing the
 * request carried is echoed but the host's canonical name.
 */
#include "proxy/exchange.h"

#include <stdio.h>

#include "base/clock.h"
#include "http/h1_write.h"
#include "proxy/account.h"
#include "proxy/page.h"
#include "proxy/reply.h"

static struct slice
destination(const struct exchange *x)
{
	const struct client *client = x->client;

	if (x->host.len > 0)
		return authority_text(x->arena, &x->host, x->port,
		    x->secure || x->is_connect ? 443 : 80);
	if (client->inside)
		return host_slice(&client->host);
	return SLICE_EMPTY;
}

static struct slice
when(const struct exchange *x, char stamp[CLOCK_STAMP_SIZE])
{
	clock_stamp(stamp, x->wall_us != 0 ? x->wall_us : clock_wall_us());
	return slice_of(stamp);
}

static void
render(struct exchange *x, struct evbuffer *body)
{
	const struct reason_info *info = reason_info(x->reason);
	char stamp[CLOCK_STAMP_SIZE];
	bool by_rule = x->reason == REASON_DENIED ||
	    x->reason == REASON_DENIED_INTERNAL;
	const struct page_value values[] = {
		{ "title", slice_of(info->title) },
		{ "words", slice_of(info->words) },
		{ "advice", slice_of(info->advice) },
		{ "detail", slice_of(x->detail) },
		{ "destination", destination(x) },
		{ "account",
		    x->account != NULL ? slice_of(x->account->name)
				       : SLICE_EMPTY },
		{ "rule", by_rule ? x->label : SLICE_EMPTY },
		{ "incident", slice_of(x->incident) },
		{ "time", when(x, stamp) },
		{ "status", arena_printf(x->arena, "%u", info->status) },
		{ "word", slice_of(info->word) },
		{ "realm", slice_of(x->client->worker->rules->conf->realm) },
	};

	page_render(x->client->worker->rules->pages, PAGE_REFUSAL, values,
	    sizeof(values) / sizeof(*values), body);
}

/* The realm is a quoted-string (RFC 9110 section 5.6.4); conf refuses
 * quotes, backslashes and control characters in it. */
static const char *
challenge(struct exchange *x)
{
	return arena_printf(x->arena,
	    "Content-Language: en\r\n"
	    "Proxy-Authenticate: Basic realm=\"%s\", charset=\"UTF-8\"\r\n",
	    x->client->worker->rules->conf->realm)
	    .p;
}

static const char *
extra_fields(struct exchange *x, unsigned status)
{
	if (status == 407)
		return challenge(x);
	if (x->retry_s > 0)
		return arena_printf(x->arena,
		    "Content-Language: en\r\nRetry-After: %u\r\n", x->retry_s)
		    .p;
	return "Content-Language: en\r\n";
}

static void
answer(struct exchange *x)
{
	struct worker *worker = x->client->worker;
	unsigned status = reason_info(x->reason)->status;
	struct reply reply = {
		.status = status,
		.type = "text/html; charset=utf-8",
		.page = true,
	};
	struct evbuffer *body = evbuffer_new();

	worker_id(worker, x->incident);
	worker->counts.refused++;
	if (status == 503 && x->retry_s == 0)
		x->retry_s = 10;
	reply.extra = extra_fields(x, status);
	render(x, body);
	reply_send(x, &reply, body);
	evbuffer_free(body);
}

enum step_ret
step_refuse(struct exchange *x)
{
	struct client *client = x->client;

	if (!x->asked) {
		x->asked = true;
		answer(x);
		client_deadline(client,
		    client->worker->rules->conf->timeouts.body, REASON_STALLED);
	}
	if (!reply_drain_request(x))
		return STEP_RET_WAIT;
	client_deadline(client, 0, REASON_OK);
	exchange_go(x, STEP_RECORD);
	return STEP_RET_NEXT;
}
