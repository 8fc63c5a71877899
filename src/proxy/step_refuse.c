/*
 * step_refuse: tells the person what happened, by which rule, and what can
 * be done, with an incident number that is in the record. Nothing the
 * request carried is echoed but the host's canonical name and, to scripts
 * that must name it, the origin.
 */
#include "proxy/exchange.h"

#include "base/clock.h"
#include "base/json.h"
#include "proxy/account.h"
#include "proxy/audit.h"
#include "proxy/inspect.h"
#include "proxy/manner.h"
#include "proxy/notices.h"
#include "proxy/page.h"
#include "proxy/reply.h"
#include "proxy/way.h"

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

static bool
is_by_rule(enum reason reason)
{
	return reason == REASON_DENIED || reason == REASON_DENIED_INTERNAL ||
	    reason == REASON_CREDENTIAL || reason == REASON_CREDENTIAL_UNREAD;
}

/* --- a page -------------------------------------------------------------------- */

static void
render_page(struct exchange *x, const struct lang *lang, struct evbuffer *body)
{
	const struct lang_reason *text = lang_reason(lang, x->reason);
	const struct conf *conf = x->client->worker->rules->conf;
	char stamp[CLOCK_STAMP_SIZE], when[PAGE_TIME_SIZE];
	bool credential = x->reason == REASON_CREDENTIAL;
	struct slice detail = x->detail != NULL ? lang_detail(lang, x->detail)
						: SLICE_EMPTY;

	clock_stamp(stamp, x->wall_us != 0 ? x->wall_us : clock_wall_us());
	const struct page_value values[] = {
		{ "title", text->title },
		{ "words", text->words },
		{ "advice", text->advice },
		{ "detail", detail },
		{ "cause", detail.n == 0 ? slice_of(x->detail) : SLICE_EMPTY },
		{ "chain",
		    x->reason == REASON_ORIGIN_CERTIFICATE
			? slice_of(x->client->origin_chain)
			: SLICE_EMPTY },
		{ "destination", destination(x) },
		{ "account",
		    x->account != NULL ? slice_of(x->account->name)
				       : SLICE_EMPTY },
		{ "submitted",
		    x->hit != NULL ? slice_of(x->hit->account) : SLICE_EMPTY },
		{ "rule", is_by_rule(x->reason) ? x->label : SLICE_EMPTY },
		{ "incident", slice_of(x->incident) },
		{ "time", slice_of(stamp) },
		{ "when", slice_of(page_time(when, stamp)) },
		{ "realm", slice_of(conf->realm) },
		{ "password",
		    credential ? slice_of(conf->password_page) : SLICE_EMPTY },
		{ "way", way_url(x) },
	};

	page_render(x->client->worker->rules->pages, PAGE_REFUSAL, lang, values,
	    sizeof(values) / sizeof(*values), body);
}

/* --- a problem document (RFC 9457) ------------------------------------------------ */

static void
render_problem(
    struct exchange *x, const struct lang *lang, struct evbuffer *body)
{
	const struct lang_reason *text = lang_reason(lang, x->reason);
	const struct reason_info *info = reason_info(x->reason);
	struct slice cause = x->detail != NULL ? lang_detail(lang, x->detail)
					       : SLICE_EMPTY;
	struct json json;

	if (cause.n == 0)
		cause = slice_of(x->detail);

	json_init(&json);
	json_open(&json, NULL);
	json_str(&json, "type", SLICE("about:blank"));
	json_str(&json, "title", text->title);
	json_u64(&json, "status", info->status);
	json_str(&json, "detail", text->words);
	json_str(&json, "reason", slice_of(info->word));
	if (cause.n > 0)
		json_str(&json, "cause", cause);
	json_str(&json, "incident", slice_of(x->incident));
	json_close(&json);
	evbuffer_add(body, json.p, json.n);
	json_clear(&json);
}

/* --- the answer ----------------------------------------------------------------- */

/* As a quoted-string (RFC 9110 section 5.6.4) without its quotes; the
 * configuration's strings hold no line ends. */
static const char *
quoted_realm(struct exchange *x)
{
	struct slice realm = slice_of(x->client->worker->rules->conf->realm);
	char *p = arena_alloc(x->arena, 2 * realm.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < realm.n; i++) {
		if (realm.p[i] == '"' || realm.p[i] == '\\')
			p[n++] = '\\';
		p[n++] = realm.p[i];
	}
	p[n] = '\0';
	return p;
}

/* Negotiate first: a client takes the first scheme that it knows. In the
 * midst of such a login there is nothing else to choose. */
static const char *
challenge(struct exchange *x, const char *tag)
{
	const struct conf *conf = x->client->worker->rules->conf;

	if (x->leg_token.n > 0)
		return arena_printf(
		    x->arena, LANG_FIELDS "%s", tag, exchange_leg_field(x))
		    .p;
	return arena_printf(x->arena,
	    LANG_FIELDS
	    "%sProxy-Authenticate: Basic realm=\"%s\", charset=\"UTF-8\"\r\n",
	    tag,
	    conf->authenticate.keytab != NULL
		? "Proxy-Authenticate: Negotiate\r\n"
		: "",
	    quoted_realm(x))
	    .p;
}

static const char *
extra_fields(struct exchange *x, const struct lang *lang, unsigned status)
{
	const char *cors = "", *tag = lang_tag(lang);

	/* of a page, which says who is logged in, other sites learn nothing */
	if (x->have_request && manner_of(&x->request) == MANNER_PROBLEM)
		cors = manner_cors(&x->request);
	if (status == 407)
		return challenge(x, tag);
	if (x->retry_s > 0)
		return arena_printf(x->arena,
		    LANG_FIELDS "Retry-After: %u\r\n%s%s", tag, x->retry_s,
		    cors, exchange_leg_field(x))
		    .p;
	return arena_printf(
	    x->arena, LANG_FIELDS "%s%s", tag, cors, exchange_leg_field(x))
	    .p;
}

static void
fill(struct exchange *x, const struct lang *lang, struct reply *reply,
    struct evbuffer *body)
{
	enum manner manner = x->have_request ? manner_of(&x->request)
					     : MANNER_PAGE;

	switch (manner) {
	case MANNER_PAGE:
		reply->type = "text/html; charset=utf-8";
		reply->page = true;
		render_page(x, lang, body);
		break;
	case MANNER_PROBLEM:
		reply->type = "application/problem+json";
		render_problem(x, lang, body);
		break;
	case MANNER_EMPTY:
		break;
	}
}

static void
answer(struct exchange *x)
{
	struct worker *worker = x->client->worker;
	struct reply reply = { .status = reason_info(x->reason)->status };
	struct evbuffer *body = evbuffer_new();
	const struct lang *lang = langs_pick(pages_langs(worker->rules->pages),
	    head_value(&x->request, FIELD_ACCEPT_LANGUAGE));

	exchange_name_incident(x);
	worker->counts.refused++;
	if (reply.status == 503 && x->retry_s == 0)
		x->retry_s = 10;
	if (x->hit != NULL)
		audit_credential(worker->audit, x, x->hit);
	if (x->hit != NULL && manner_of(&x->request) != MANNER_PAGE)
		notices_add(x);
	fill(x, lang, &reply, body);
	reply.extra = extra_fields(x, lang, reply.status);
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
	return reply_finish(x);
}
