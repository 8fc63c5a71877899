/*
 * inquiry: memory and time around a provider's answer.
 *
 * Runs in the directory process.  A value passes through on its way to the
 * provider; what is kept of it is a hash under a key that dies with this
 * process.
 */
#include "directory/inquiry.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/keyed.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/secret.h"
#include "directory/accounts.h"
#include "directory/budgets.h"
#include "directory/hash.h"
#include "directory/waiters.h"

/* account, NUL, value */
#define QUESTION_MAX (ACCOUNT_NAME_MAX + 1 + PASSWORD_MAX_LEN)
#define USUAL_FADES 16 /* part of its lead that a slow answer loses */

struct question {
	struct inquiry *inquiry; /* borrowed */
	uint64_t id;
	unsigned char key[KEYED_SIZE]; /* in by_key, and in wrong */
	char account[ACCOUNT_NAME_MAX];
	size_t naccount;
	struct addr client;
	struct waiters waiters;
	uint64_t asked_ms;
	uint64_t epoch; /* of the inquiry, when it was asked */
	bool answered;
	bool even; /* without a value: it only takes its time */
	enum credential_verdict verdict; /* where answered */
	struct event *timer;             /* owned */
};

struct inquiry {
	struct event_base *base; /* borrowed */
	struct provider provider;
	struct keyed *keyed;     /* owned, as all maps */
	struct map *by_id;       /* of struct question */
	struct map *by_key;      /* borrows from by_id */
	struct map *wrong;       /* hash to uint64_t: until when */
	struct budgets *budgets; /* owned */
	uint64_t epoch;          /* counts what passwords may have changed by */
	uint64_t last_id;
	uint64_t usual_ms;   /* how long a provider takes */
	uint64_t last_ms;    /* it took last, */
	uint64_t learned_ms; /* … at this time */
	size_t evening;      /* questions without a value in by_id */
	inquiry_fn *on_done;
	void *arg; /* borrowed */
	uint64_t asked, evened, counts[CREDENTIAL_VERDICTS];
};

static void
question_free(void *arg)
{
	struct question *question = arg;

	if (question->timer)
		event_free(question->timer);
	waiters_clear(&question->waiters);
	secret_wipe(question->key, sizeof(question->key));
	free(question);
}

struct inquiry *
inquiry_new(struct event_base *base, inquiry_fn *on_done, void *arg)
{
	struct inquiry *inquiry = mem_zalloc(sizeof(*inquiry));

	inquiry->base = base;
	inquiry->keyed = keyed_new();
	inquiry->by_id = map_new(0, question_free);
	inquiry->by_key = map_new(0, NULL);
	inquiry->wrong = map_new(INQUIRY_WRONG_MAX, free);
	inquiry->budgets = budgets_new();
	inquiry->on_done = on_done;
	inquiry->arg = arg;
	return inquiry;
}

void
inquiry_free(struct inquiry *inquiry)
{
	if (!inquiry)
		return;
	map_free(inquiry->by_key);
	map_free(inquiry->by_id);
	map_free(inquiry->wrong);
	budgets_free(inquiry->budgets);
	keyed_free(inquiry->keyed);
	free(inquiry);
}

void
inquiry_set_provider(struct inquiry *inquiry, struct provider provider)
{
	inquiry->provider = provider;
}

void
inquiry_set_failures(struct inquiry *inquiry, uint64_t failures)
{
	budgets_set_failures(inquiry->budgets, failures);
}

void
inquiry_forget(struct inquiry *inquiry)
{
	inquiry->epoch++;
	map_free(inquiry->wrong);
	inquiry->wrong = map_new(INQUIRY_WRONG_MAX, free);
}

static struct slice
id_key(const uint64_t *id)
{
	return slice_from(id, sizeof(*id));
}

static struct slice
question_key(const struct question *question)
{
	return slice_from(question->key, sizeof(question->key));
}

static struct slice
question_account(const struct question *question)
{
	return slice_from(question->account, question->naccount);
}

static void
give_back(struct inquiry *inquiry, const struct question *question)
{
	budgets_give_back(
	    inquiry->budgets, question_account(question), &question->client);
}

/* --- answers ---------------------------------------------------------------- */

static void
on_release(evutil_socket_t fd, short what, void *arg)
{
	struct question *question = arg;
	struct inquiry *inquiry = question->inquiry;

	if (question->even)
		inquiry->evening--;
	else
		inquiry->counts[question->verdict]++;
	map_del(inquiry->by_key, question_key(question));
	(void)map_take(inquiry->by_id, id_key(&question->id));
	for (size_t i = 0; i < question->waiters.n; i++)
		inquiry->on_done(question->waiters.v[i].peer,
		    question->waiters.v[i].id, question->verdict,
		    question_key(question), inquiry->arg);
	question_free(question);
}

static bool
is_stale(const struct inquiry *inquiry)
{
	return clock_ms() - inquiry->learned_ms >= INQUIRY_USUAL_MS;
}

/* How long an answer takes. What was slow once is forgotten in time, and a
 * request that carries nothing is never held for long. */
static uint64_t
usual_of(const struct question *question)
{
	const struct inquiry *inquiry = question->inquiry;
	uint64_t ms = is_stale(inquiry) ? inquiry->last_ms : inquiry->usual_ms;

	if (ms < INQUIRY_LEAST_MS)
		ms = INQUIRY_LEAST_MS;
	if (!question->even)
		return ms;
	if (inquiry->evening > INQUIRIES_MAX)
		return 0;
	return ms < INQUIRY_EVEN_MS ? ms : INQUIRY_EVEN_MS;
}

/* Told when the directory usually has answered. */
static void
settle(struct question *question, enum credential_verdict verdict)
{
	uint64_t due = question->asked_ms + usual_of(question);
	uint64_t now = clock_ms(), left = due > now ? due - now : 0;
	struct timeval in;

	in.tv_sec = (time_t)(left / 1000);
	in.tv_usec = (suseconds_t)(left % 1000 * 1000);
	question->answered = true;
	question->verdict = verdict;
	if (event_add(question->timer, &in) < 0)
		fatal("cannot set a timer");
}

void
inquiry_learn(struct inquiry *inquiry, uint64_t took)
{
	if (took >= inquiry->usual_ms || is_stale(inquiry))
		inquiry->usual_ms = took;
	else
		inquiry->usual_ms -= (inquiry->usual_ms - took) / USUAL_FADES;
	inquiry->last_ms = took;
	inquiry->learned_ms = clock_ms();
}

static void
remember_wrong(struct inquiry *inquiry, const struct question *question)
{
	uint64_t *until;

	if (question->epoch != inquiry->epoch)
		return; /* that answer may be about an older password */
	until = mem_alloc(sizeof(*until));
	*until = clock_ms() + INQUIRY_HOUR_MS;
	map_set(inquiry->wrong, question_key(question), until);
}

static bool
is_known_wrong(struct inquiry *inquiry, const struct question *question)
{
	const uint64_t *until = map_get(inquiry->wrong, question_key(question));

	return until && *until > clock_ms();
}

static const enum credential_verdict by_outage[] = {
	[OUTAGE_UNSAID] = CREDENTIAL_UNANSWERED,
	[OUTAGE_BLOCK] = CREDENTIAL_OUTAGE_BLOCK,
	[OUTAGE_PASS] = CREDENTIAL_OUTAGE_PASS,
};

void
inquiry_on_answer(
    struct inquiry *inquiry, uint64_t id, const struct provider_answer *answer)
{
	struct question *question = map_peek(inquiry->by_id, id_key(&id));
	enum credential_verdict verdict = CREDENTIAL_UNANSWERED;

	if (!question || question->answered)
		return;
	switch (answer->verdict) {
	case PROVIDER_OK:
		verdict = CREDENTIAL_VALID;
		give_back(inquiry, question);
		break;
	case PROVIDER_WRONG:
		verdict = CREDENTIAL_INVALID;
		remember_wrong(inquiry, question);
		break;
	case PROVIDER_NOT_NOW:
		verdict = by_outage[answer->outage];
		give_back(inquiry, question);
		break;
	case PROVIDER_EXPIRED:
	case PROVIDER_MUST_CHANGE:
	case PROVIDER_LOCKED:
	case PROVIDER_DISABLED:
	case PROVIDER_HOURS:
	case PROVIDER_SPENT:
		give_back(inquiry, question);
		break;
	}
	if (verdict == CREDENTIAL_VALID || verdict == CREDENTIAL_INVALID)
		inquiry_learn(inquiry, clock_ms() - question->asked_ms);
	settle(question, verdict);
}

/* --- questions -------------------------------------------------------------- */

static void
make_key(struct inquiry *inquiry, struct question *question, struct slice value)
{
	char text[QUESTION_MAX];
	size_t n = question->naccount;

	memcpy(text, question->account, n);
	text[n++] = '\0'; /* which no name holds */
	memcpy(text + n, value.p, value.n);
	keyed_hash(
	    inquiry->keyed, slice_from(text, n + value.n), question->key);
	secret_wipe(text, sizeof(text));
}

static struct question *
question_new(
    struct inquiry *inquiry, const struct addr *client, struct slice account)
{
	struct question *question = mem_zalloc(sizeof(*question));

	question->inquiry = inquiry;
	question->id = ++inquiry->last_id | INQUIRY_ID;
	question->asked_ms = clock_ms();
	question->epoch = inquiry->epoch;
	question->naccount = account.n < ACCOUNT_NAME_MAX ? account.n
							  : ACCOUNT_NAME_MAX;
	memcpy(question->account, account.p, question->naccount);
	question->client = *client;
	question->timer = evtimer_new(inquiry->base, on_release, question);
	if (!question->timer)
		fatal("cannot make a timer");
	return question;
}

static void
begin(struct question *question, struct slice name, struct slice value)
{
	struct inquiry *inquiry = question->inquiry;

	if (is_known_wrong(inquiry, question)) {
		settle(question, CREDENTIAL_INVALID);
	} else if (budgets_spend(inquiry->budgets, question_account(question),
		       &question->client) < 0) {
		settle(question, CREDENTIAL_BUDGET);
	} else if (!inquiry->provider.ops ||
	    inquiry->provider.ops->start(
		inquiry->provider.self, question->id, name, value, NULL) < 0) {
		give_back(inquiry, question);
		settle(question, CREDENTIAL_UNANSWERED);
	}
}

/* Told later, as the asker isn't ready for an answer yet. */
static void
answer_at_once(struct inquiry *inquiry, struct question *question,
    enum credential_verdict verdict)
{
	map_set(inquiry->by_id, id_key(&question->id), question);
	settle(question, verdict);
}

/* Nothing is asked and nothing is spent: it is as any other in its time. */
static void
take_time(struct inquiry *inquiry, struct question *question)
{
	question->even = true;
	inquiry->evening++;
	inquiry->evened++;
	answer_at_once(inquiry, question, CREDENTIAL_INVALID);
}

void
inquiry_ask(struct inquiry *inquiry, uint64_t peer, uint64_t id,
    const struct addr *client, struct slice account, struct slice name,
    struct slice value)
{
	struct question *question = question_new(inquiry, client, account);
	struct question *same;

	(void)waiters_add(&question->waiters, INQUIRY_ASKERS_MAX, peer, id);
	if (value.n == 0) {
		take_time(inquiry, question);
		return;
	}
	inquiry->asked++;
	if (account_is_hopeless(name, value) || account.n > ACCOUNT_NAME_MAX) {
		answer_at_once(inquiry, question, CREDENTIAL_INVALID);
		return;
	}
	if (map_count(inquiry->by_id) - inquiry->evening >= INQUIRIES_MAX) {
		answer_at_once(inquiry, question, CREDENTIAL_UNANSWERED);
		return;
	}
	make_key(inquiry, question, value);
	same = map_peek(inquiry->by_key, question_key(question));
	if (same &&
	    waiters_add(&same->waiters, INQUIRY_ASKERS_MAX, peer, id) == 0) {
		question_free(question);
		return;
	}
	map_set(inquiry->by_id, id_key(&question->id), question);
	map_set(inquiry->by_key, question_key(question), question);
	begin(question, name, value);
}

/* --- the rest --------------------------------------------------------------- */

static int
forget_in(struct slice key, void *value, void *arg)
{
	struct question *question = value;
	const uint64_t *peer = arg;

	waiters_forget(&question->waiters, *peer);
	return 0;
}

void
inquiry_forget_peer(struct inquiry *inquiry, uint64_t peer)
{
	(void)map_each(inquiry->by_id, forget_in, &peer);
}

size_t
inquiry_under_way(const struct inquiry *inquiry)
{
	return map_count(inquiry->by_id);
}

void
inquiry_status(const struct inquiry *inquiry, struct json *json)
{
	json_u64(json, "credentials_asked", inquiry->asked);
	json_u64(json, "credentials_evened", inquiry->evened);
	json_u64(json, "credentials_valid", inquiry->counts[CREDENTIAL_VALID]);
	json_u64(
	    json, "credentials_invalid", inquiry->counts[CREDENTIAL_INVALID]);
	json_u64(json, "credentials_unanswered",
	    inquiry->counts[CREDENTIAL_UNANSWERED] +
		inquiry->counts[CREDENTIAL_OUTAGE_BLOCK] +
		inquiry->counts[CREDENTIAL_OUTAGE_PASS]);
	json_u64(
	    json, "credentials_budget", inquiry->counts[CREDENTIAL_BUDGET]);
}
