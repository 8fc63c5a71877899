/*
 * logins: the worker's memory of successful logins, and its questions to the
 * directory process. Keeps no password.
 */
#include "proxy/logins.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/keyed.h"
#include "base/map.h"
#include "base/mem.h"
#include "credential/names.h"
#include "proxy/client.h"

/* The directory slows guessing down on purpose; this is how long a person
 * is kept waiting for it before the answer is 503. */
/* to the end of its turn in the directory process, and what that asks */
#define LOGIN_ANSWER_MS 60000

struct logins {
	struct keyed *keyed; /* owned */
	struct map *known;   /* of struct login */
};

struct login {
	struct account *account; /* reference */
	uint64_t expires_ms;
};

static void
on_login_free(void *value)
{
	struct login *login = value;

	account_unref(login->account);
	free(login);
}

struct logins *
logins_new(size_t max)
{
	struct logins *logins = mem_zalloc(sizeof(*logins));

	logins->keyed = keyed_new();
	logins->known = map_new(max, on_login_free);
	return logins;
}

void
logins_free(struct logins *logins)
{
	if (logins == NULL)
		return;
	map_free(logins->known);
	keyed_free(logins->keyed);
	free(logins);
}

struct spread {
	struct logins *logins;
	uint64_t source, within_ms, now_ms;
	bool longer_only; /* what ends earlier is left alone */
};

/* The key is a hash: chance enough to pick a time by. */
static int
spread_one(struct slice key, void *value, void *arg)
{
	const struct spread *spread = arg;
	struct login *login = value;
	uint64_t chance, last = spread->now_ms + spread->within_ms;

	if (spread->source != 0 && login->account->source != spread->source)
		return 0;
	if (spread->longer_only && login->expires_ms <= last)
		return 0;
	if (spread->within_ms == 0) {
		map_del(spread->logins->known, key);
		return 0;
	}
	memcpy(&chance, key.p, sizeof(chance));
	last = spread->now_ms + 1 + chance % spread->within_ms;
	if (login->expires_ms > last)
		login->expires_ms = last;
	return 0;
}

void
logins_spread(struct logins *logins, uint64_t source, uint64_t within_ms)
{
	struct spread spread = { logins, source, within_ms, clock_ms(), false };

	map_each(logins->known, spread_one, &spread);
}

void
logins_limit(struct logins *logins, uint64_t ms)
{
	struct spread spread = { logins, 0, ms, clock_ms(), true };

	map_each(logins->known, spread_one, &spread);
}

/* --- accounts that have changed -------------------------------------------- */

struct stale {
	struct logins *logins;
	struct map *names; /* owned: in the form that accounts compare by */
	bool gone;
};

static bool
is_stale(const struct stale *stale, const struct account *account)
{
	return account != NULL &&
	    map_peek(stale->names, account->folded) != NULL;
}

static int
forget_stale(struct slice key, void *value, void *arg)
{
	struct stale *stale = arg;
	struct login *login = value;

	if (is_stale(stale, login->account)) {
		login->account->gone |= stale->gone;
		map_del(stale->logins->known, key);
	}
	return 0;
}

static struct map *
names_fold(struct slice names)
{
	struct map *map = map_new(0, NULL);
	char text[CREDENTIAL_NAME_MAX];
	struct slice one;
	size_t n;

	while (names.n > 0 && slice_split(&names, '\n', &one)) {
		n = name_canonical(one, text);
		if (n > 0)
			map_set(map, slice_from(text, n), map);
	}
	return map;
}

void
logins_forget_accounts(struct worker *worker, struct slice names, bool gone)
{
	struct stale stale = { worker->logins, names_fold(names), gone };
	struct client *client;

	map_each(worker->logins->known, forget_stale, &stale);
	TAILQ_FOREACH(client, &worker->clients, next)
	if (is_stale(&stale, client->account))
		client->account->gone |= gone;
	map_free(stale.names);
}

struct account *
logins_get(struct logins *logins, struct slice value)
{
	unsigned char tag[KEYED_SIZE] = { 0 };
	struct slice key = slice_from(tag, sizeof(tag));
	struct login *login;

	keyed_hash(logins->keyed, value, tag);
	login = map_get(logins->known, key);
	if (login == NULL)
		return NULL;
	if (login->expires_ms <= clock_ms()) {
		map_del(logins->known, key);
		return NULL;
	}
	return login->account;
}

void
logins_remember(struct logins *logins, struct slice value,
    struct account *account, uint64_t ms)
{
	unsigned char tag[KEYED_SIZE] = { 0 };
	struct login *login;

	if (ms == 0)
		return;
	login = mem_zalloc(sizeof(*login));
	login->account = account_ref(account);
	login->expires_ms = clock_ms() + ms;
	keyed_hash(logins->keyed, value, tag);
	map_set(logins->known, slice_from(tag, sizeof(tag)), login);
}

uint64_t
logins_ask(struct worker *worker, const struct addr *client, struct slice name,
    struct slice password, pending_fn *on_answer, void *arg)
{
	struct msg_login_ask ask = {
		.client = *client, .account = name, .password = password
	};

	if (worker->directory == NULL)
		return 0;
	ask.id = pending_add(
	    worker->pending, ROLE_DIRECTORY, LOGIN_ANSWER_MS, on_answer, arg);
	if (ask.id == 0)
		return 0;
	if (chan_send(worker->directory, MSG_login_ask, &ask, -1) != 0) {
		pending_cancel(worker->pending, ask.id);
		return 0;
	}
	return ask.id;
}

uint64_t
logins_ask_ticket(struct worker *worker, const struct addr *client,
    uint64_t leg, struct slice token, pending_fn *on_answer, void *arg)
{
	struct msg_negotiate_ask ask = {
		.client = *client, .leg = leg, .token = token
	};

	if (worker->directory == NULL)
		return 0;
	ask.id = pending_add(
	    worker->pending, ROLE_DIRECTORY, LOGIN_ANSWER_MS, on_answer, arg);
	if (ask.id == 0)
		return 0;
	if (chan_send(worker->directory, MSG_negotiate_ask, &ask, -1) != 0) {
		pending_cancel(worker->pending, ask.id);
		return 0;
	}
	return ask.id;
}

uint64_t
logins_ask_local(struct worker *worker, const struct addr *client,
    const struct addr *local, pending_fn *on_answer, void *arg)
{
	struct msg_local_ask ask = { .client = *client, .local = *local };

	if (worker->directory == NULL)
		return 0;
	ask.id = pending_add(
	    worker->pending, ROLE_DIRECTORY, LOGIN_ANSWER_MS, on_answer, arg);
	if (ask.id == 0)
		return 0;
	if (chan_send(worker->directory, MSG_local_ask, &ask, -1) != 0) {
		pending_cancel(worker->pending, ask.id);
		return 0;
	}
	return ask.id;
}

uint64_t
logins_ask_certified(struct worker *worker, const struct addr *client,
    struct slice account, pending_fn *on_answer, void *arg)
{
	struct msg_certified_ask ask = { .client = *client,
		.account = account };

	if (worker->directory == NULL)
		return 0;
	ask.id = pending_add(
	    worker->pending, ROLE_DIRECTORY, LOGIN_ANSWER_MS, on_answer, arg);
	if (ask.id == 0)
		return 0;
	if (chan_send(worker->directory, MSG_certified_ask, &ask, -1) != 0) {
		pending_cancel(worker->pending, ask.id);
		return 0;
	}
	return ask.id;
}
