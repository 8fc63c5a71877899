/*
 * judge: asks about what the filter found, and weighs the answers.
 *
 * Runs in every worker.  Which answers stop a request is the rule's; what a
 * stopped one gets is step_inspect's and relay's.
 */
#include "proxy/judge.h"

#include <stdio.h>

#include "base/secret.h"
#include "proxy/audit.h"
#include "proxy/exchange.h"
#include "proxy/watch.h"
#include "proxy/way.h"

static void
on_answer(const union msg_body *body, void *arg)
{
	struct exchange *x = arg;
	struct inspect *inspect = x->inspect;
	struct inspect_hit *hit = &inspect->hits[inspect->asked - 1];

	inspect->id = 0;
	if (body != NULL && body->credential_done.verdict < CREDENTIAL_VERDICTS)
		hit->verdict = body->credential_done.verdict;
	exchange_run(x);
}

/* Asks about the next hit, unless the last answer decides: true while there
 * is an answer to wait for. */
static bool
ask_next(struct inspect *inspect, struct exchange *x)
{
	struct inspect_hit *hit;

	while (inspect->id == 0 && inspect->asked < inspect->nhits) {
		hit = &inspect->hits[inspect->asked];
		if (inspect->asked > 0 && !hit[-1].granted &&
		    hit[-1].verdict == CREDENTIAL_VALID)
			return false;
		inspect->asked++;
		hit->verdict = CREDENTIAL_UNANSWERED;
		hit->granted = false;
		inspect->id = hit->asked = watch_ask(x->client->worker,
		    &x->client->addr, slice_of(hit->account),
		    secret_slice(&hit->value), on_answer, x);
		secret_clear(&hit->value);
	}
	return inspect->id != 0;
}

static void
on_time(const union msg_body *body, void *arg)
{
	struct exchange *x = arg;

	x->inspect->id = 0;
	exchange_run(x);
}

/* What weighs most decides for all that was found. */
static unsigned
weight(const struct inspect_hit *hit)
{
	static const unsigned weights[CREDENTIAL_VERDICTS] = {
		[CREDENTIAL_VALID] = 5,
		[CREDENTIAL_BUDGET] = 4,
		[CREDENTIAL_OUTAGE_BLOCK] = 3,
		[CREDENTIAL_UNANSWERED] = 2,
		[CREDENTIAL_OUTAGE_PASS] = 1,
		[CREDENTIAL_INVALID] = 0,
	};

	return hit->granted ? 0 : weights[hit->verdict];
}

/* The hit that decides: one that is valid, else one that nobody was asked
 * about or that got no answer; NULL: none. */
static struct inspect_hit *
worst(struct inspect *inspect)
{
	struct inspect_hit *worst = NULL;
	unsigned most = 0;

	for (size_t i = 0; i < inspect->asked; i++) {
		struct inspect_hit *hit = &inspect->hits[i];

		if (weight(hit) <= most)
			continue;
		worst = hit;
		most = weight(hit);
	}
	return worst;
}

bool
judge_lets(const struct exchange *x, const struct inspect_hit *hit)
{
	const struct conf *conf = x->client->worker->rules->conf;

	return hit->verdict == CREDENTIAL_OUTAGE_PASS ||
	    (hit->verdict == CREDENTIAL_UNANSWERED && conf->unanswered_allowed);
}

/* The directory has a way for it, or makes one: it is asked once a hit. A way
 * is bound to the path, so there is none where that may be the password. */
static enum judge_ret
try_way(struct inspect *inspect, struct exchange *x, struct inspect_hit *hit)
{
	struct way_about about;

	if (inspect->hides_path ||
	    (hit->verdict != CREDENTIAL_VALID &&
		hit->verdict != CREDENTIAL_BUDGET))
		return JUDGE_STOP;
	exchange_name_incident(x);
	if (!inspect->tried) {
		inspect->tried = true;
		return way_try(x, hit) ? JUDGE_WAIT : JUDGE_STOP;
	}
	if (x->way.verdict != WAY_PASS)
		return JUDGE_STOP;
	if (way_read_about(x->way.about, &about) &&
	    about.incident.n < sizeof(x->incident))
		snprintf(x->incident, sizeof(x->incident), "%.*s",
		    SLICE_ARG(about.incident));
	inspect->tried = false;
	hit->granted = true;
	audit_credential(x->client->worker->audit, x, hit);
	return JUDGE_PASS;
}

static enum judge_ret
act_on(struct inspect *inspect, struct exchange *x, struct inspect_hit *hit)
{
	if (judge_lets(x, hit)) {
		audit_credential(x->client->worker->audit, x, hit);
		return JUDGE_PASS;
	}
	switch (inspect->action) {
	case CREDENTIAL_PERMIT:
	case CREDENTIAL_REPORT:
		audit_credential(x->client->worker->audit, x, hit);
		return JUDGE_PASS;
	case CREDENTIAL_CONTINUE:
		return try_way(inspect, x, hit);
	case CREDENTIAL_BLOCK:
		break;
	}
	return JUDGE_STOP;
}

enum judge_ret
judge_hits(
    struct inspect *inspect, struct exchange *x, const struct inspect_hit **hit)
{
	struct inspect_hit *found;
	enum judge_ret ret;

	for (;;) {
		if (inspect->even)
			inspect->id = watch_take_time(
			    x->client->worker, &x->client->addr, on_time, x);
		inspect->even = false;
		if (x->way.id != 0 || ask_next(inspect, x))
			return JUDGE_WAIT;
		found = worst(inspect);
		*hit = found;
		if (found == NULL)
			return JUDGE_PASS;
		ret = act_on(inspect, x, found);
		/* others may be as bad as the one that may pass */
		if (ret != JUDGE_PASS || !found->granted)
			return ret;
	}
}
