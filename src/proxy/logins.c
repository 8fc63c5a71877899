/*
 * logins: the worker's memory of successful logins, and its questions to the
 * directory process. Keeps no password.
 */
#include "proxy/logins.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/keyed.h"
#include "base/map.h"
#include "base/mem.h"

/* The directory slows guessing down on purpose; this is how long a person
 * is kept waiting for it before the answer is 503. */
#define LOGIN_ANSWER_MS 20000

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

static int
forget_one(struct slice key, void *value, void *arg)
{
	struct logins *logins = arg;

	map_del(logins->known, key);
	return 0;
}

void
logins_forget(struct logins *logins)
{
	map_each(logins->known, forget_one, logins);
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
	ask.id = pending_add(worker->pending, LOGIN_ANSWER_MS, on_answer, arg);
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
	ask.id = pending_add(worker->pending, LOGIN_ANSWER_MS, on_answer, arg);
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
	ask.id = pending_add(worker->pending, LOGIN_ANSWER_MS, on_answer, arg);
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
	ask.id = pending_add(worker->pending, LOGIN_ANSWER_MS, on_answer, arg);
	if (ask.id == 0)
		return 0;
	if (chan_send(worker->directory, MSG_certified_ask, &ask, -1) != 0) {
		pending_cancel(worker->pending, ask.id);
		return 0;
	}
	return ask.id;
}
