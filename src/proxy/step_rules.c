/*
 * step_rules: may this account do that? Decides on what is known before the
 * dial; what depends on the address is decided there, for every candidate.
 */
#include "proxy/exchange.h"

#include "base/clock.h"
#include "http/forward.h"
#include "proxy/account.h"
#include "proxy/local.h"
#include "proxy/notices.h"
#include "proxy/scout.h"
#include "proxy/way.h"

static enum step_ret
denied(struct exchange *x)
{
	return exchange_refuse(x,
	    x->decision.internal ? REASON_DENIED_INTERNAL : REASON_DENIED,
	    NULL);
}

/* A browser shows nothing of a refused CONNECT. Where its inside will be
 * readable, the refusal waits for the first request there. */
static enum step_ret
connect_decrypted(struct exchange *x, enum verdict verdict)
{
	if (verdict == VERDICT_DENY) {
		x->detail = "told inside the connection";
		client_refuse_inside(x->client, x);
	}
	exchange_go(x, STEP_OPEN);
	return STEP_RET_NEXT;
}

static enum step_ret
rule_connect(struct exchange *x)
{
	struct worker *worker = x->client->worker;
	struct subject subject;
	enum verdict verdict;

	if (x->local)
		return connect_decrypted(x, VERDICT_ALLOW);
	exchange_subject(x, NULL, &subject);
	if (worker->client_ctx != NULL &&
	    policy_decrypts(worker->rules->policy, &subject)) {
		verdict = exchange_decide(x, NULL, false);
		return connect_decrypted(x, verdict);
	}
	x->tunnel = true;
	if (exchange_decide(x, NULL, false) == VERDICT_DENY)
		return denied(x);
	exchange_go(x, STEP_DIAL);
	return STEP_RET_NEXT;
}

/* Whether there really is something to tell, and who tells it, is asked only
 * where there may be. */
static bool
waits_for_notice(struct exchange *x)
{
	if (x->asked)
		return x->way.id != 0;
	x->asked = true;
	return notices_may_tell(x->client->worker->notices, x) && way_tell(x);
}

static enum step_ret
rule_request(struct exchange *x)
{
	struct client *client = x->client;
	const char *detail = NULL;
	enum reason reason;

	if (client->inside && client->refused &&
	    client->refused_reason != REASON_OK) {
		x->keep = false;
		return exchange_refuse(x, client->refused_reason, NULL);
	}
	if (client->inside && client->refused) {
		x->label = arena_dup(x->arena, client->refused_label);
		x->decision.internal = client->refused_internal;
		x->decision.verdict = VERDICT_DENY;
		/* other rules may be in force when the person tries again:
		 * that is to be another CONNECT */
		x->keep = false;
		return denied(x);
	}
	if (exchange_decide(x, NULL, false) == VERDICT_DENY)
		return denied(x);
	if (waits_for_notice(x))
		return STEP_RET_WAIT;
	if (x->way.verdict == WAY_TOLD)
		return exchange_refuse(x, REASON_CREDENTIAL_NOTICE, NULL);
	reason = scout_tells(x, &detail);
	if (reason != REASON_OK)
		return exchange_refuse(x, reason, detail);
	exchange_go(x, STEP_INSPECT);
	return STEP_RET_NEXT;
}

enum step_ret
step_rules(struct exchange *x)
{
	const struct rules *rules = x->client->worker->rules;

	x->at.decided_us = clock_us();
	if (x->local && !x->is_connect) {
		exchange_go(x, way_is_here(x) ? STEP_WAY : STEP_LOCAL);
		return STEP_RET_NEXT;
	}
	if (forward_loops(&x->request, slice_of(rules->pseudonym)))
		return exchange_refuse(x, REASON_LOOP, "own name in Via");
	if (forward_max_forwards(&x->request) == 0) {
		exchange_go(x, STEP_LOCAL);
		return STEP_RET_NEXT;
	}
	return x->is_connect ? rule_connect(x) : rule_request(x);
}
