/*
 * step_inspect: holds a request until it is known that it does not carry an
 * enterprise password. Before the dial: of a request that is stopped, the
 * site learns nothing, not even that there was one.
 */
#include "proxy/exchange.h"

#include "credential/request.h"
#include "http/h1_write.h"
#include "proxy/inspect.h"
#include "proxy/judge.h"
#include "proxy/watch.h"

#define PIECE (64u << 10)

static enum step_ret
pass(struct exchange *x)
{
	client_deadline(x->client, 0, REASON_OK);
	exchange_go(x, STEP_DIAL);
	return STEP_RET_NEXT;
}

static void
keep_rule(struct exchange *x, const struct credential_rule *rule)
{
	struct inspect *inspect = x->inspect;

	inspect->action = rule->action;
	inspect->alert = rule->alert;
	inspect->refuse_unread = rule->refuse_unread;
	inspect->label = arena_dup(x->arena, rule->label);
}

/* Nothing to look into but segments of the path, as with nearly all requests:
 * no body, no query nor parameters, no field that may hold a login. */
static bool
is_bare(const struct exchange *x)
{
	const struct head *request = &x->request;
	struct slice path = request->target.path_query;

	if (request->framing != FRAMING_NONE || request->method != METHOD_GET ||
	    slice_find(path, '?') < path.n || slice_find(path, ';') < path.n)
		return false;
	for (size_t i = 0; i < request->nfields; i++)
		if (!request_passes_field(
			request->fields[i].name, request->fields[i].value))
			return false;
	return true;
}

/* --- holding ----------------------------------------------------------------- */

/* The origin hears of the request when it is all here, so we say 100. */
static void
say_continue(struct exchange *x)
{
	if (!x->request.expect_continue)
		return;
	x->request.expect_continue = false;
	head_remove(&x->request, FIELD_EXPECT);
	if (x->minor >= 1)
		h1_write_continue(io_output(x->client->io));
}

enum hold {
	HOLD_MORE,
	HOLD_FULL,
	HOLD_ALL,
	HOLD_BROKEN
};

static enum hold
hold_body(struct exchange *x)
{
	struct client *client = x->client;

	while (inspect_has_room(
	    client->worker, evbuffer_get_length(x->inspect->held))) {
		switch (h1_read_body(client->reader, io_input(client->io),
		    io_end(client->io) != IO_END_NONE, x->inspect->held,
		    PIECE)) {
		case H1_BODY:
			inspect_charge(x->inspect, client->worker);
			continue;
		case H1_MORE:
			return HOLD_MORE;
		case H1_END:
			return HOLD_ALL;
		case H1_HEAD:
		case H1_ERROR:
			break;
		}
		return HOLD_BROKEN;
	}
	return HOLD_FULL;
}

/* --- acting ------------------------------------------------------------------ */

static enum step_ret
stop(struct exchange *x, const struct inspect_hit *hit, enum reason reason)
{
	x->hit = hit;
	x->label = x->inspect->label;
	x->decision.verdict = VERDICT_DENY;
	return exchange_refuse(x, reason, NULL);
}

static enum step_ret
judge(struct exchange *x)
{
	const struct inspect_hit *hit;

	switch (judge_hits(x->inspect, x, &hit)) {
	case JUDGE_WAIT:
		return STEP_RET_WAIT;
	case JUDGE_STOP:
		return stop(x, hit,
		    hit->verdict == CREDENTIAL_UNANSWERED ||
			    hit->verdict == CREDENTIAL_OUTAGE_BLOCK
			? REASON_CREDENTIAL_UNANSWERED
			: REASON_CREDENTIAL);
	case JUDGE_PASS:
		break;
	}
	inspect_tell_unread(x);
	if (x->inspect->cuts != 0 && x->inspect->refuse_unread)
		return stop(x, NULL, REASON_CREDENTIAL_UNREAD);
	return pass(x);
}

static enum step_ret
start(struct exchange *x)
{
	const struct credential_rule *rule;

	if (!inspect_is_possible(x->client->worker) ||
	    !inspect_find_rule(x, &rule))
		return pass(x);
	if (is_bare(x) && !x->request.upgrade && !inspect_suspects_path(x))
		return pass(x);
	x->asked = true;
	x->inspect = inspect_new();
	keep_rule(x, rule);
	say_continue(x);
	return STEP_RET_NEXT;
}

static enum step_ret
scan(struct exchange *x)
{
	switch (hold_body(x)) {
	case HOLD_MORE:
		client_deadline(x->client,
		    x->client->worker->rules->conf->timeouts.body,
		    REASON_REQUEST_TIMEOUT);
		return STEP_RET_WAIT;
	case HOLD_ALL:
		x->inspect->complete = true;
		x->request_done = true;
		break;
	case HOLD_FULL:
		break;
	case HOLD_BROKEN:
		return exchange_refuse(x, REASON_BAD_REQUEST, "body");
	}
	x->scanned = true;
	client_deadline(x->client, 0, REASON_OK);
	inspect_scan(x->inspect, x);
	return STEP_RET_NEXT;
}

enum step_ret
step_inspect(struct exchange *x)
{
	enum step_ret ret = STEP_RET_NEXT;

	if (!x->asked)
		ret = start(x);
	if (x->step != STEP_INSPECT)
		return ret;
	if (!x->scanned)
		ret = scan(x);
	if (x->step != STEP_INSPECT || !x->scanned)
		return ret;
	return judge(x);
}
