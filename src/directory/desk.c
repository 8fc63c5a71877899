/*
 * desk: the one place where a login is decided.
 *
 * Runs in the directory process.  A password passes through on its way to
 * the provider, and is held in locked memory while the login waits for its
 * turn; what is kept of it is a hash under a key that dies with this process,
 * to tell the same question asked twice, and one that was wrong before.
 */
#include "directory/desk.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/keyed.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/secret.h"
#include "directory/accounts.h"
#include "directory/crowd.h"
#include "directory/login.h"
#include "directory/numbers.h"
#include "directory/tally.h"

#define BUSY_RETRY_S 2

struct desk {
	struct provider provider;
	struct throttle *throttle; /* owned */
	struct numbers *numbers;   /* owned */
	struct map *by_id;         /* owned; of struct login */
	struct map *by_key;        /* owned; borrows from by_id */
	struct map *known_wrong;   /* owned; of &again, by a login's key */
	struct crowd *crowd;       /* owned; borrows from by_id */
	struct keyed *keyed;       /* owned: tells questions apart */
	uint64_t last_id;
	struct tally tally;
	uint64_t joined, waited;
	login_fn *on_result;
	void *arg; /* borrowed */
};

static const char again;

struct desk *
desk_new(login_fn *on_result, void *arg)
{
	struct desk *desk = mem_zalloc(sizeof(*desk));

	desk->throttle = throttle_new();
	desk->numbers = numbers_new();
	desk->by_id = map_new(0, login_free);
	desk->by_key = map_new(0, NULL);
	desk->known_wrong = map_new(LOGIN_WRONG_MAX, NULL);
	desk->crowd = crowd_new();
	desk->keyed = keyed_new();
	desk->on_result = on_result;
	desk->arg = arg;
	return desk;
}

void
desk_free(struct desk *desk)
{
	if (!desk)
		return;
	crowd_free(desk->crowd);
	map_free(desk->known_wrong);
	map_free(desk->by_key);
	map_free(desk->by_id);
	throttle_free(desk->throttle);
	numbers_free(desk->numbers);
	keyed_free(desk->keyed);
	free(desk);
}

void
desk_set_provider(struct desk *desk, struct provider provider)
{
	desk->provider = provider;
}

void
desk_set_limits(struct desk *desk, uint64_t failures, uint64_t logins)
{
	throttle_set_free(desk->throttle, failures);
	crowd_set_max(desk->crowd, logins);
}

void
desk_number(struct desk *desk, struct slice account)
{
	char buf[ACCOUNT_NAME_MAX];

	(void)numbers_of(desk->numbers, account_name_fold(account, buf));
}

static struct slice
id_key(const uint64_t *id)
{
	return slice_from(id, sizeof(*id));
}

/* --- answers -------------------------------------------------------------- */

static void
refuse(struct desk *desk, uint64_t peer, uint64_t id,
    enum login_verdict verdict, uint32_t retry_s)
{
	struct login_result result = { .verdict = verdict, .retry_s = retry_s };

	desk->on_result(peer, id, &result, desk->arg);
}

/* A login that was never begun, with whoever asked for it. */
static void
refuse_first(struct desk *desk, const struct login *login,
    enum login_verdict verdict, uint32_t retry_s)
{
	const struct waiter *first = &login->waiters.v[0];

	(void)tally_count(&desk->tally, verdict);
	refuse(desk, first->peer, first->id, verdict, retry_s);
}

static void
fill_result(struct desk *desk, const struct provider_answer *answer,
    struct login_result *out)
{
	char buf[ACCOUNT_NAME_MAX];

	switch (answer->verdict) {
	case PROVIDER_OK:
		out->number = numbers_of(
		    desk->numbers, account_name_fold(answer->account, buf));
		out->account = answer->account;
		out->groups = answer->groups;
		out->names = answer->names;
		out->unchecked = answer->unchecked;
		out->part = answer->part;
		out->verdict = out->number ? LOGIN_OK : LOGIN_NO_DIRECTORY;
		break;
	case PROVIDER_WRONG:
		out->verdict = LOGIN_WRONG;
		break;
	case PROVIDER_NOT_NOW:
		out->verdict = LOGIN_NO_DIRECTORY;
		break;
	case PROVIDER_SPENT:
		out->verdict = LOGIN_SLOWED;
		out->retry_s = answer->retry_s;
		break;
	case PROVIDER_EXPIRED:
		out->verdict = LOGIN_EXPIRED;
		break;
	case PROVIDER_MUST_CHANGE:
		out->verdict = LOGIN_MUST_CHANGE;
		break;
	case PROVIDER_LOCKED:
		out->verdict = LOGIN_LOCKED;
		break;
	case PROVIDER_DISABLED:
		out->verdict = LOGIN_DISABLED;
		break;
	case PROVIDER_HOURS:
		out->verdict = LOGIN_HOURS;
		break;
	}
	if (out->verdict == LOGIN_NO_DIRECTORY)
		out->retry_s = BUSY_RETRY_S;
}

static void
tell_waiters(
    struct desk *desk, struct login *login, struct login_result *result)
{
	for (size_t i = 0; i < login->waiters.n; i++) {
		const struct waiter *waiter = &login->waiters.v[i];

		result->session = 0;
		while (result->verdict == LOGIN_OK && !result->session)
			secret_random(
			    &result->session, sizeof(result->session));
		desk->on_result(waiter->peer, waiter->id, result, desk->arg);
	}
}

/* A ticket has proven who it is: what is left is whether that is somebody
 * here. */
static void
end_ticket(struct desk *desk, struct login *login, struct login_result *result)
{
	result->token = slice_from(login->token, login->ntoken);
	if (result->verdict == LOGIN_WRONG) {
		tally_failed(
		    &desk->tally, login_account(login), &login->client);
		result->verdict = LOGIN_TICKET;
	}
	(void)tally_count(&desk->tally, result->verdict);
}

/* A password that was wrong may have become right since, and the other way
 * round: it is always asked about. */
static enum attempt
attempt_of(struct desk *desk, const struct login *login,
    const struct login_result *result)
{
	enum attempt attempt = tally_count(&desk->tally, result->verdict);

	if (result->unchecked)
		return ATTEMPT_UNKNOWN;
	if (attempt == ATTEMPT_OK)
		map_del(desk->known_wrong, login_key(login));
	if (attempt != ATTEMPT_WRONG)
		return attempt;
	if (map_get(desk->known_wrong, login_key(login)))
		return ATTEMPT_AGAIN;
	map_set(desk->known_wrong, login_key(login), (void *)&again);
	return ATTEMPT_WRONG;
}

static void
end_password(
    struct desk *desk, struct login *login, struct login_result *result)
{
	map_del(desk->by_key, login_key(login));
	throttle_end(desk->throttle, login_account(login), &login->client,
	    login->turn, attempt_of(desk, login, result), clock_ms());
	if (result->verdict == LOGIN_WRONG)
		tally_failed(
		    &desk->tally, login_account(login), &login->client);
}

static void call_next(struct desk *desk, const struct addr *client);

/* Out of every map, and its place is another's. */
static void
leave(struct desk *desk, struct login *login)
{
	struct addr client = login->client;

	crowd_leave(desk->crowd, &client);
	login_free(login);
	call_next(desk, &client);
}

void
desk_on_answer(uint64_t id, const struct provider_answer *answer, void *arg)
{
	struct desk *desk = arg;
	struct login *login = map_take(desk->by_id, id_key(&id));
	struct login_result result = { .verdict = LOGIN_WRONG };

	if (!login)
		return;
	fill_result(desk, answer, &result);
	if (login->by_ticket)
		end_ticket(desk, login, &result);
	else
		end_password(desk, login, &result);
	tell_waiters(desk, login, &result);
	leave(desk, login);
}

/* --- questions ------------------------------------------------------------ */

/* Another connection asks the same just now. */
static void
join(struct desk *desk, struct login *login, uint64_t peer, uint64_t id)
{
	desk->joined++;
	if (waiters_add(&login->waiters, LOGIN_ASKERS_MAX, peer, id) < 0)
		refuse(desk, peer, id, LOGIN_NO_DIRECTORY, BUSY_RETRY_S);
}

/* It is in by_id and by_key, and in the crowd. 0, or -1: nobody takes it; it
 * is out of the maps again, and refused. */
static int
begin(struct desk *desk, struct login *login, struct slice password)
{
	const struct provider *provider = &desk->provider;
	struct login_result result = {
		.verdict = LOGIN_NO_DIRECTORY,
		.retry_s = BUSY_RETRY_S,
	};

	login->begun_ms = clock_ms();
	if (provider->ops &&
	    provider->ops->start(provider->self, login->id,
		login_account(login), password, &login->client) == 0)
		return 0;
	(void)map_take(desk->by_id, id_key(&login->id));
	end_password(desk, login, &result);
	tell_waiters(desk, login, &result);
	return -1;
}

/* --- turns ------------------------------------------------------------------ */

static void
drop(struct desk *desk, struct login *login, enum login_verdict verdict,
    uint32_t retry_s)
{
	struct login_result result = { .verdict = verdict, .retry_s = retry_s };

	(void)map_take(desk->by_id, id_key(&login->id));
	map_del(desk->by_key, login_key(login));
	(void)tally_count(&desk->tally, verdict);
	if (verdict == LOGIN_SLOWED)
		tally_slowed(&desk->tally, login_account(login), &login->client,
		    retry_s);
	tell_waiters(desk, login, &result);
	crowd_leave(desk->crowd, &login->client);
	login_free(login);
}

/* Nobody waits for its answer any more, or will in time. */
static bool
is_stale(const struct login *login)
{
	return login->waiters.n == 0 ||
	    clock_ms() - login->begun_ms > LOGIN_TURN_MS;
}

static void
take_turn(struct desk *desk, struct login *login)
{
	struct secret password = login->password;

	login->password = (struct secret){ NULL, 0, 0 };
	desk->waited++;
	if (begin(desk, login, secret_slice(&password)) < 0) {
		crowd_leave(desk->crowd, &login->client);
		login_free(login);
	}
	secret_clear(&password);
}

/* Another from there has ended: who waits there may have its turn. Somebody
 * from there is under way as long as anybody waits (TURN_LATER). */
static void
call_next(struct desk *desk, const struct addr *client)
{
	struct login *login;
	uint32_t wait = 0;

	while ((login = crowd_first(desk->crowd, client)) != NULL) {
		if (is_stale(login)) {
			crowd_call(desk->crowd, client);
			drop(desk, login, LOGIN_NO_DIRECTORY, BUSY_RETRY_S);
			continue;
		}
		login->turn = throttle_begin(desk->throttle,
		    login_account(login), &login->client, clock_ms(), &wait);
		if (login->turn == TURN_LATER)
			return;
		crowd_call(desk->crowd, client);
		if (login->turn == TURN_SLOWED)
			drop(desk, login, LOGIN_SLOWED, wait);
		else
			take_turn(desk, login);
	}
}

static void
fail_hopeless(struct desk *desk, uint64_t peer, uint64_t id,
    const struct addr *client, struct slice account)
{
	uint64_t now = clock_ms();
	uint32_t wait = 1;
	enum turn turn = throttle_begin(
	    desk->throttle, SLICE_EMPTY, client, now, &wait);

	if (turn == TURN_LATER || turn == TURN_SLOWED) {
		(void)tally_count(&desk->tally, LOGIN_SLOWED);
		refuse(desk, peer, id, LOGIN_SLOWED, wait);
		return;
	}
	throttle_end(desk->throttle, SLICE_EMPTY, client, turn,
	    tally_count(&desk->tally, LOGIN_WRONG), now);
	tally_failed(&desk->tally, account, client);
	refuse(desk, peer, id, LOGIN_WRONG, 0);
}

static void
refuse_fresh(struct desk *desk, struct login *login, enum login_verdict verdict,
    uint32_t wait)
{
	if (verdict == LOGIN_SLOWED)
		tally_slowed(
		    &desk->tally, login_account(login), &login->client, wait);
	refuse_first(desk, login, verdict, wait);
	login_free(login);
}

static void
ask_fresh(struct desk *desk, struct login *login, struct slice password)
{
	uint32_t wait = 0;

	if (crowd_enter(desk->crowd, &login->client) < 0) {
		refuse_fresh(desk, login, LOGIN_NO_DIRECTORY, BUSY_RETRY_S);
		return;
	}
	login->turn = throttle_begin(desk->throttle, login_account(login),
	    &login->client, clock_ms(), &wait);
	if (login->turn == TURN_SLOWED) {
		crowd_leave(desk->crowd, &login->client);
		refuse_fresh(desk, login, LOGIN_SLOWED, wait);
		return;
	}
	map_set(desk->by_id, id_key(&login->id), login);
	map_set(desk->by_key, login_key(login), login);
	if (login->turn == TURN_LATER) {
		secret_init(&login->password, password.n);
		secret_set(&login->password, password.p, password.n);
		crowd_wait(desk->crowd, &login->client, login);
	} else if (begin(desk, login, password) < 0) {
		leave(desk, login);
	}
}

void
desk_ask(struct desk *desk, uint64_t peer, uint64_t id,
    const struct addr *client, struct slice account, struct slice password)
{
	struct login *login, *same;

	if (account_is_hopeless(account, password)) {
		fail_hopeless(desk, peer, id, client, account);
		return;
	}
	login = login_new(client, account);
	login_set_key(login, desk->keyed, password);
	same = map_peek(desk->by_key, login_key(login));
	if (same) {
		login_free(login);
		join(desk, same, peer, id);
		return;
	}
	(void)waiters_add(&login->waiters, LOGIN_ASKERS_MAX, peer, id);
	login->id = ++desk->last_id;
	login->begun_ms = clock_ms();
	ask_fresh(desk, login, password);
}

void
desk_admit(struct desk *desk, uint64_t peer, uint64_t id,
    const struct addr *client, struct slice account, bool known,
    struct slice token)
{
	struct login *login = login_new(client, account);
	struct provider_answer answer = {
		.verdict = known ? PROVIDER_OK : PROVIDER_NOT_NOW,
		.account = account,
	};
	const struct provider *provider = &desk->provider;

	login->by_ticket = true;
	login->token = token.n ? mem_dupn(token.p, token.n) : NULL;
	login->ntoken = token.n;
	login->id = ++desk->last_id;
	(void)waiters_add(&login->waiters, LOGIN_ASKERS_MAX, peer, id);
	if (crowd_enter(desk->crowd, client) < 0) {
		refuse_fresh(desk, login, LOGIN_NO_DIRECTORY, BUSY_RETRY_S);
		return;
	}
	map_set(desk->by_id, id_key(&login->id), login);
	if (known || !provider->ops || !provider->ops->find ||
	    provider->ops->find(provider->self, login->id, account) < 0)
		desk_on_answer(login->id, &answer, desk);
}

/* --- the rest ------------------------------------------------------------- */

static int
forget_in(struct slice key, void *value, void *arg)
{
	struct login *login = value;
	const uint64_t *peer = arg;

	waiters_forget(&login->waiters, *peer);
	return 0;
}

/* The checks go on: a failure counts even if nobody waits for it. */
void
desk_forget_peer(struct desk *desk, uint64_t peer)
{
	(void)map_each(desk->by_id, forget_in, &peer);
}

bool
desk_took(const struct desk *desk, uint64_t id, uint64_t *ms)
{
	const struct login *login = map_peek(desk->by_id, id_key(&id));

	if (!login || login->by_ticket || login->password.n)
		return false;
	*ms = clock_ms() - login->begun_ms;
	return true;
}

size_t
desk_under_way(const struct desk *desk)
{
	return map_count(desk->by_id);
}

void
desk_status(const struct desk *desk, struct json *json)
{
	tally_status(&desk->tally, json);
	json_u64(json, "logins_joined", desk->joined);
	json_u64(json, "logins_waited", desk->waited);
	json_u64(json, "logins_under_way", map_count(desk->by_id));
	json_u64(json, "logins_waiting", crowd_waiting(desk->crowd));
	if (desk->provider.ops)
		desk->provider.ops->status(desk->provider.self, json);
}
