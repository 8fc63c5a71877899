/*
 * logins: the one place where a login is decided.
 *
 * Runs in the directory process.  A password passes through on its way to
 * the provider; what is kept of it is a hash under a key that dies with this
 * process, to tell the same question asked twice.
 */
#include "directory/logins.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/secret.h"
#include "directory/accounts.h"
#include "directory/numbers.h"

#define KEY_SIZE 32
#define BUSY_RETRY_S 2
#define FAILURE_LINES 600 /* a minute */

struct asker {
	uint64_t peer, id;
};

struct login {
	uint64_t id;
	unsigned char key[KEY_SIZE];    /* in by_key */
	char account[ACCOUNT_NAME_MAX]; /* folded */
	size_t naccount;
	struct addr client;
	struct asker *askers; /* owned */
	size_t n, cap;
};

struct logins {
	struct provider provider;
	struct throttle *throttle; /* owned */
	struct numbers *numbers;   /* owned */
	struct map *by_id;         /* owned; of struct login */
	struct map *by_key;        /* owned; borrows from by_id */
	struct secret key;         /* of the hashes that tell questions apart */
	uint64_t last_id;
	struct log_limit failed_lines, slowed_lines;
	login_fn *on_result;
	void *arg; /* borrowed */
	uint64_t ok, wrong, slowed, not_now, joined;
};

static void
login_free(void *arg)
{
	struct login *login = arg;

	free(login->askers);
	secret_wipe(login->key, sizeof(login->key));
	free(login);
}

struct logins *
logins_new(login_fn *on_result, void *arg)
{
	struct logins *logins = mem_zalloc(sizeof(*logins));

	logins->throttle = throttle_new();
	logins->numbers = numbers_new();
	logins->by_id = map_new(0, login_free);
	logins->by_key = map_new(0, NULL);
	secret_init(&logins->key, KEY_SIZE);
	secret_random(logins->key.p, KEY_SIZE);
	logins->key.n = KEY_SIZE;
	logins->on_result = on_result;
	logins->arg = arg;
	return logins;
}

void
logins_free(struct logins *logins)
{
	if (!logins)
		return;
	map_free(logins->by_key);
	map_free(logins->by_id);
	throttle_free(logins->throttle);
	numbers_free(logins->numbers);
	secret_clear(&logins->key);
	free(logins);
}

void
logins_set_provider(struct logins *logins, struct provider provider)
{
	logins->provider = provider;
}

void
logins_set_failures(struct logins *logins, uint64_t failures)
{
	throttle_set_free(logins->throttle, failures);
}

void
logins_number(struct logins *logins, struct slice account)
{
	char buf[ACCOUNT_NAME_MAX];

	(void)numbers_of(logins->numbers, account_name_fold(account, buf));
}

static struct slice
id_key(const uint64_t *id)
{
	return slice_from(id, sizeof(*id));
}

static struct slice
login_key(const struct login *login)
{
	return slice_from(login->key, sizeof(login->key));
}

static struct slice
login_account(const struct login *login)
{
	return slice_from(login->account, login->naccount);
}

/* --- answers -------------------------------------------------------------- */

static void
refuse(struct logins *logins, uint64_t peer, uint64_t id,
    enum login_verdict verdict, uint32_t retry_s)
{
	struct login_result result = { .verdict = verdict, .retry_s = retry_s };

	logins->on_result(peer, id, &result, logins->arg);
}

static void
log_failed(
    struct logins *logins, struct slice account, const struct addr *client)
{
	char quoted[LOG_QUOTE_SIZE], from[ADDR_TEXT_SIZE];
	unsigned missed = 0;

	if (!log_allowed(&logins->failed_lines, FAILURE_LINES, &missed))
		return;
	if (missed)
		log_warn("%u failed logins were not logged", missed);
	log_warn("login failed for account \"%s\" from %s",
	    log_quote(quoted, account), addr_text(from, client));
}

static void
log_slowed(struct logins *logins, struct slice account,
    const struct addr *client, uint32_t wait)
{
	char quoted[LOG_QUOTE_SIZE], from[ADDR_TEXT_SIZE];
	unsigned missed = 0;

	if (!log_allowed(&logins->slowed_lines, FAILURE_LINES / 10, &missed))
		return;
	if (missed)
		log_info("%u slowed logins were not logged", missed);
	log_info("login slowed for account \"%s\" from %s: %u s to wait",
	    log_quote(quoted, account), addr_text(from, client), wait);
}

static void
fill_result(struct logins *logins, const struct provider_answer *answer,
    struct login_result *out)
{
	char buf[ACCOUNT_NAME_MAX];

	switch (answer->verdict) {
	case PROVIDER_OK:
		out->number = numbers_of(
		    logins->numbers, account_name_fold(answer->account, buf));
		out->account = answer->account;
		out->groups = answer->groups;
		out->verdict = out->number ? LOGIN_OK : LOGIN_NO_DIRECTORY;
		break;
	case PROVIDER_WRONG:
		out->verdict = LOGIN_WRONG;
		break;
	case PROVIDER_NOT_NOW:
		out->verdict = LOGIN_NO_DIRECTORY;
		break;
	}
	if (out->verdict == LOGIN_NO_DIRECTORY)
		out->retry_s = BUSY_RETRY_S;
}

static void
tell_askers(
    struct logins *logins, struct login *login, struct login_result *result)
{
	for (size_t i = 0; i < login->n; i++) {
		result->session = 0;
		while (result->verdict == LOGIN_OK && !result->session)
			secret_random(
			    &result->session, sizeof(result->session));
		logins->on_result(login->askers[i].peer, login->askers[i].id,
		    result, logins->arg);
	}
}

static enum attempt
count(struct logins *logins, enum login_verdict verdict)
{
	switch (verdict) {
	case LOGIN_OK:
		logins->ok++;
		return ATTEMPT_OK;
	case LOGIN_WRONG:
		logins->wrong++;
		return ATTEMPT_WRONG;
	case LOGIN_SLOWED:
	case LOGIN_NO_DIRECTORY:
		break;
	}
	logins->not_now++;
	return ATTEMPT_UNKNOWN;
}

void
logins_on_answer(uint64_t id, const struct provider_answer *answer, void *arg)
{
	struct logins *logins = arg;
	struct login *login = map_take(logins->by_id, id_key(&id));
	struct login_result result = { .verdict = LOGIN_WRONG };

	if (!login)
		return;
	map_del(logins->by_key, login_key(login));
	fill_result(logins, answer, &result);
	throttle_end(logins->throttle, login_account(login), &login->client,
	    count(logins, result.verdict), clock_ms());
	if (result.verdict == LOGIN_WRONG)
		log_failed(logins, login_account(login), &login->client);
	tell_askers(logins, login, &result);
	login_free(login);
}

/* --- questions ------------------------------------------------------------ */

static void
add_part(EVP_MD_CTX *ctx, const void *p, size_t n)
{
	uint64_t len = n;

	must(EVP_DigestUpdate(ctx, &len, sizeof(len)));
	must(EVP_DigestUpdate(ctx, p, n));
}

/* What makes two questions the same, under a key of this process. */
static void
make_key(
    const struct logins *logins, struct login *login, struct slice password)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char digest[KEY_SIZE];

	must(ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL));
	add_part(ctx, login->account, login->naccount);
	add_part(ctx, login->client.ip, sizeof(login->client.ip));
	add_part(ctx, password.p, password.n);
	must(EVP_DigestFinal_ex(ctx, digest, NULL));
	must(HMAC(EVP_sha256(), logins->key.p, (int)logins->key.n, digest,
		 sizeof(digest), login->key, NULL) != NULL);
	secret_wipe(digest, sizeof(digest));
	EVP_MD_CTX_free(ctx); /* wipes */
}

static int
add_asker(struct login *login, uint64_t peer, uint64_t id)
{
	if (login->n == LOGIN_ASKERS_MAX)
		return -1;
	login->askers = mem_grow(
	    login->askers, login->n, &login->cap, sizeof(*login->askers));
	login->askers[login->n++] = (struct asker){ peer, id };
	return 0;
}

/* Another connection asks the same just now. */
static void
join(struct logins *logins, struct login *login, uint64_t peer, uint64_t id)
{
	logins->joined++;
	if (add_asker(login, peer, id) < 0)
		refuse(logins, peer, id, LOGIN_NO_DIRECTORY, BUSY_RETRY_S);
}

static void
begin(struct logins *logins, struct login *fresh, struct slice password)
{
	struct slice account = login_account(fresh);

	fresh->id = ++logins->last_id;
	if (map_count(logins->by_id) >= LOGINS_MAX || !logins->provider.ops ||
	    logins->provider.ops->start(
		logins->provider.self, fresh->id, account, password) < 0) {
		throttle_end(logins->throttle, account, &fresh->client,
		    ATTEMPT_UNKNOWN, clock_ms());
		logins->not_now++;
		refuse(logins, fresh->askers[0].peer, fresh->askers[0].id,
		    LOGIN_NO_DIRECTORY, BUSY_RETRY_S);
		login_free(fresh);
		return;
	}
	map_set(logins->by_id, id_key(&fresh->id), fresh);
	map_set(logins->by_key, login_key(fresh), fresh);
}

/* What no provider need be asked: no account can have that name, or that
 * password. */
static bool
is_hopeless(struct slice account, struct slice password)
{
	return account_name_check(account) || password.n == 0 ||
	    password.n > PASSWORD_MAX_LEN ||
	    slice_find(password, '\0') < password.n;
}

static void
fail_hopeless(struct logins *logins, uint64_t peer, uint64_t id,
    const struct addr *client, struct slice account)
{
	uint64_t now = clock_ms();
	uint32_t wait = throttle_begin(
	    logins->throttle, SLICE_EMPTY, client, now);

	if (wait) {
		logins->slowed++;
		refuse(logins, peer, id, LOGIN_SLOWED, wait);
		return;
	}
	throttle_end(logins->throttle, SLICE_EMPTY, client,
	    count(logins, LOGIN_WRONG), now);
	log_failed(logins, account, client);
	refuse(logins, peer, id, LOGIN_WRONG, 0);
}

static void
ask_fresh(struct logins *logins, struct login *login, struct slice password)
{
	struct asker *asker = &login->askers[0];
	uint32_t wait = throttle_begin(
	    logins->throttle, login_account(login), &login->client, clock_ms());

	if (!wait) {
		begin(logins, login, password);
		return;
	}
	logins->slowed++;
	log_slowed(logins, login_account(login), &login->client, wait);
	refuse(logins, asker->peer, asker->id, LOGIN_SLOWED, wait);
	login_free(login);
}

void
logins_ask(struct logins *logins, uint64_t peer, uint64_t id,
    const struct addr *client, struct slice account, struct slice password)
{
	struct login *login, *same;

	if (is_hopeless(account, password)) {
		fail_hopeless(logins, peer, id, client, account);
		return;
	}
	login = mem_zalloc(sizeof(*login));
	login->naccount = account_name_fold(account, login->account).n;
	login->client = *client;
	make_key(logins, login, password);
	same = map_peek(logins->by_key, login_key(login));
	if (same) {
		login_free(login);
		join(logins, same, peer, id);
		return;
	}
	(void)add_asker(login, peer, id);
	ask_fresh(logins, login, password);
}

/* --- the rest ------------------------------------------------------------- */

static int
forget_in(struct slice key, void *value, void *arg)
{
	struct login *login = value;
	const uint64_t *peer = arg;
	size_t kept = 0;

	for (size_t i = 0; i < login->n; i++)
		if (login->askers[i].peer != *peer)
			login->askers[kept++] = login->askers[i];
	login->n = kept;
	return 0;
}

/* The checks go on: a failure counts even if nobody waits for it. */
void
logins_forget_peer(struct logins *logins, uint64_t peer)
{
	(void)map_each(logins->by_id, forget_in, &peer);
}

size_t
logins_under_way(const struct logins *logins)
{
	return map_count(logins->by_id);
}

void
logins_status(const struct logins *logins, struct json *json)
{
	json_u64(json, "logins_ok", logins->ok);
	json_u64(json, "logins_wrong", logins->wrong);
	json_u64(json, "logins_slowed", logins->slowed);
	json_u64(json, "logins_not_now", logins->not_now);
	json_u64(json, "logins_joined", logins->joined);
	json_u64(json, "logins_under_way", map_count(logins->by_id));
	if (logins->provider.ops)
		logins->provider.ops->status(logins->provider.self, json);
}
