/*
 * exchange: the runner, the table of steps, and what all steps share. What a
 * step does is in the file of its name.
 */
#include "proxy/exchange.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/secret.h"
#include "proxy/account.h"
#include "proxy/fetch.h"
#include "proxy/inspect.h"
#include "proxy/relay.h"
#include "proxy/scout.h"
#include "proxy/upstream.h"

#define BIT(step) (1u << STEP_##step)
#define REFUSABLE (BIT(REFUSE) | BIT(RECORD))

static const struct step_info {
	const char *name;
	enum step_ret (*run)(struct exchange *x);
	unsigned next; /* legal successors */
} steps[STEP_COUNT] = {
	[STEP_READ] = { "read", step_read, BIT(ACCOUNT) | REFUSABLE },
	[STEP_ACCOUNT] = { "account", step_account,
	    BIT(RULES) | BIT(LOCAL) | BIT(OPEN) | REFUSABLE },
	[STEP_RULES] = { "rules", step_rules,
	    BIT(INSPECT) | BIT(DIAL) | BIT(OPEN) | BIT(LOCAL) | BIT(WAY) |
		REFUSABLE },
	[STEP_LOCAL] = { "local", step_local, REFUSABLE },
	[STEP_WAY] = { "way", step_way, REFUSABLE },
	[STEP_INSPECT] = { "inspect", step_inspect, BIT(DIAL) | REFUSABLE },
	[STEP_DIAL] = { "dial", step_dial,
	    BIT(SECURE) | BIT(SEND) | BIT(OPEN) | BIT(TUNNEL) | BIT(LEAF) |
		REFUSABLE },
	[STEP_SECURE] = { "secure", step_secure,
	    BIT(SEND) | BIT(LEAF) | BIT(DIAL) | REFUSABLE },
	[STEP_SEND] = { "send", step_send, BIT(FORWARD) | REFUSABLE },
	[STEP_FORWARD] = { "forward", step_forward,
	    BIT(TUNNEL) | BIT(RELAY) | BIT(DIAL) | REFUSABLE },
	[STEP_OPEN] = { "open", step_open,
	    BIT(PEEK) | BIT(TUNNEL) | REFUSABLE },
	[STEP_PEEK] = { "peek", step_peek, BIT(HELLO) | BIT(DIAL) | REFUSABLE },
	[STEP_HELLO] = { "hello", step_hello,
	    BIT(DIAL) | BIT(LEAF) | REFUSABLE },
	[STEP_LEAF] = { "leaf", step_leaf, BIT(SHAKE) | REFUSABLE },
	[STEP_SHAKE] = { "shake", step_shake, REFUSABLE },
	[STEP_TUNNEL] = { "tunnel", step_tunnel, BIT(RECORD) },
	[STEP_RELAY] = { "relay", step_relay, BIT(RECORD) },
	[STEP_REFUSE] = { "refuse", step_refuse, BIT(RECORD) },
	[STEP_RECORD] = { "record", step_record, 0 },
};

#define ARENA_CHUNK 8192

static void
begin(struct exchange *x, struct client *client, struct arena *arena)
{
	memset(x, 0, sizeof(*x));
	x->client = client;
	x->arena = arena;
	head_init(&x->request, arena);
	head_init(&x->response, arena);
}

/* Lets go of all that the exchange holds, each at most once. */
static void
release(struct exchange *x)
{
	struct pending *pending = x->client->worker->pending;

	pending_cancel(pending, x->login_id);
	pending_cancel(pending, x->leaf_id);
	pending_cancel(pending, x->way.id);
	relay_free(x->relay);
	inspect_free(x->inspect, x->client->worker);
	if (x->form != NULL)
		evbuffer_free(x->form);
	tags_cancel(x->client->worker, &x->tags);
	dial_free(x->dial);
	fetch_free(x->fetch);
	pump_free(x->pump);
	upstream_free(x->up);
	tls_leaf_unref(x->leaf);
	account_unref(x->account);
}

struct exchange *
exchange_new(struct client *client)
{
	struct exchange *x = mem_alloc(sizeof(*x));

	begin(x, client, arena_new(ARENA_CHUNK));
	return x;
}

void
exchange_free(struct exchange *x)
{
	if (x == NULL)
		return;
	release(x);
	arena_free(x->arena);
	free(x);
}

void
exchange_name_incident(struct exchange *x)
{
	if (x->incident[0] == '\0')
		worker_id(x->client->worker, x->incident);
}

void
exchange_recycle(struct exchange *x)
{
	release(x);
	arena_reset(x->arena);
	begin(x, x->client, x->arena);
}

void
exchange_go(struct exchange *x, enum step next)
{
	must(steps[x->step].next & (1u << next));
	x->step = next;
	x->asked = false;
}

/* What a step queued is written from the loop, once, not where it stood. */
static void
kick(struct exchange *x)
{
	if (x->client->io != NULL)
		io_kick(x->client->io);
	if (x->up != NULL && x->up->io != NULL)
		io_kick(x->up->io);
}

static enum step_ret
run_steps(struct exchange *x)
{
	enum step_ret ret;

	do {
		x->again = false;
		ret = steps[x->step].run(x);
	} while (ret == STEP_RET_NEXT || (ret == STEP_RET_WAIT && x->again));
	return ret;
}

void
exchange_run(struct exchange *x)
{
	struct client *client = x->client;

	if (x->running) {
		x->again = true;
		return;
	}
	for (;;) {
		x->running = true;
		if (run_steps(x) == STEP_RET_WAIT) {
			kick(x);
			x->running = false;
			return;
		}
		if (!client_next(client))
			return;
	}
}

enum step_ret
exchange_refuse(struct exchange *x, enum reason reason, const char *detail)
{
	if (x->scout)
		return scout_failed(x, reason, detail);
	x->reason = reason;
	x->detail = detail;
	if (reason_info(reason)->status != 0 && !x->response_begun &&
	    !x->opened && client_can_answer(x->client)) {
		exchange_go(x, STEP_REFUSE);
	} else {
		x->keep = false;
		exchange_go(x, STEP_RECORD);
	}
	return STEP_RET_NEXT;
}

void
exchange_subject(
    const struct exchange *x, const struct addr *addr, struct subject *subject)
{
	const struct account *account = x->account;

	memset(subject, 0, sizeof(*subject));
	if (account != NULL) {
		subject->account = slice_of(account->name);
		subject->groups = account->groups;
		subject->ngroups = account->ngroups;
	}
	subject->client = x->client->addr;
	subject->host = &x->host;
	subject->port = x->port;
	subject->addr = addr;
	subject->when = (time_t)(x->wall_us / 1000000);
	/* what comes inside a CONNECT has methods and paths of its own, unless
	 * nobody will see them */
	if (!x->is_connect || x->tunnel)
		subject->method = x->request.method_text;
	if (x->is_connect)
		return;
	subject->path = x->request.target.path;
	subject->path_loose = x->request.target.path_loose;
}

enum verdict
exchange_decide(struct exchange *x, const struct addr *addr, bool final)
{
	struct subject subject;

	exchange_subject(x, addr, &subject);
	subject.final = final;
	x->decision = policy_decide(x->client->worker->rules->policy, &subject);
	if (x->decision.verdict == VERDICT_UNDECIDED)
		return VERDICT_UNDECIDED;
	x->label = arena_dup(x->arena, decision_label(&x->decision));
	if (x->decision.report != NULL)
		x->report = arena_dup(x->arena, x->decision.report->label);
	/* a reload may free what these point to */
	x->decision.rule = NULL;
	x->decision.report = NULL;
	return x->decision.verdict;
}

/* Ends what waits, with an answer where one can still be given. */
static void
end_early(struct exchange *x, enum reason reason)
{
	if (x->step == STEP_REFUSE || x->step == STEP_TUNNEL ||
	    x->step == STEP_RELAY) {
		x->keep = false;
		exchange_go(x, STEP_RECORD);
	} else {
		exchange_refuse(x, reason, NULL);
	}
	exchange_run(x);
}

void
exchange_abort(struct exchange *x, enum reason reason)
{
	must(!x->running);
	x->scout = false;
	end_early(x, reason);
}

void
exchange_late(struct exchange *x, enum reason reason)
{
	must(!x->running);
	if (x->step == STEP_PEEK) {
		x->late = true;
		exchange_run(x);
	} else {
		end_early(x, reason);
	}
}

const char *
exchange_leg_field(struct exchange *x)
{
	if (x->leg_token.n == 0)
		return "";
	return arena_printf(x->arena, "Proxy-Authenticate: Negotiate %.*s\r\n",
	    SLICE_ARG(x->leg_token))
	    .p;
}

const char *
step_name(enum step step)
{
	return steps[step].name;
}
