/*
 * warden: what may be sent to the directory.
 *
 * Runs in the directory process.  It has no timer and keeps no password.
 */
#include "directory/warden.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/keyed.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/reach.h"
#include "base/secret.h"

/* Of one account, or one address. */
struct budget {
	uint64_t failures;
	uint64_t since_ms;  /* of the window */
	uint64_t under_way; /* different passwords */
	uint64_t people;    /* accounts that were right from that address */
};

struct warden {
	struct keyed *keyed;   /* owned */
	struct map *wrong;     /* owned; of uint64_t: when */
	struct map *under_way; /* owned; of uint64_t: how many ask it */
	struct map *accounts;  /* owned; of struct budget */
	struct map *clients;   /* owned; of struct budget */
	struct map *homes;     /* owned; of &home: address and account */
	uint64_t saved, spent, sent;
};

static const char home;

struct warden *
warden_new(void)
{
	struct warden *warden = mem_zalloc(sizeof(*warden));

	warden->keyed = keyed_new();
	warden->wrong = map_new(WARDEN_ENTRIES_MAX, free);
	warden->under_way = map_new(0, free);
	warden->accounts = map_new(WARDEN_ENTRIES_MAX, free);
	warden->clients = map_new(WARDEN_ENTRIES_MAX, free);
	warden->homes = map_new(WARDEN_ENTRIES_MAX, NULL);
	return warden;
}

void
warden_free(struct warden *warden)
{
	if (!warden)
		return;
	map_free(warden->wrong);
	map_free(warden->under_way);
	map_free(warden->accounts);
	map_free(warden->clients);
	map_free(warden->homes);
	keyed_free(warden->keyed);
	free(warden);
}

/* --- keys -------------------------------------------------------------------- */

struct keys {
	unsigned char tag[KEYED_SIZE]; /* of account and password */
	char client[16];
	struct slice account;
	bool has_client;
};

static void
set_client(struct keys *keys, const struct addr *client)
{
	struct addr holder;

	keys->has_client = client != NULL;
	if (!client)
		return;
	holder = addr_holder(client);
	memcpy(keys->client, holder.ip, sizeof(keys->client));
}

static void
set_keys(struct warden *warden, struct keys *keys, struct slice account,
    struct slice password, const struct addr *client)
{
	size_t n = account.n + 1 + password.n;
	char *text = mem_zalloc(n);

	if (account.n)
		memcpy(text, account.p, account.n);
	if (password.n)
		memcpy(text + account.n + 1, password.p, password.n);
	keyed_hash(warden->keyed, slice_from(text, n), keys->tag);
	secret_wipe(text, n);
	free(text);
	keys->account = account;
	set_client(keys, client);
}

static struct slice
tag_of(const struct keys *keys)
{
	return slice_from(keys->tag, sizeof(keys->tag));
}

static struct slice
client_of(const struct keys *keys)
{
	return slice_from(keys->client, sizeof(keys->client));
}

/* --- budgets --------------------------------------------------------------------- */

static struct budget *
budget_of(struct map *map, struct slice key, uint64_t window_ms, uint64_t now)
{
	struct budget *budget = map_get(map, key);

	if (!budget) {
		budget = mem_zalloc(sizeof(*budget));
		budget->since_ms = now;
		map_set(map, key, budget);
	}
	if (now - budget->since_ms >= window_ms) {
		budget->failures = 0;
		budget->since_ms = now;
	}
	return budget;
}

/* 0, or the seconds until there is room again. */
static uint32_t
wait_of(const struct budget *budget, uint64_t most, uint64_t window_ms,
    uint64_t now)
{
	uint64_t end = budget->since_ms + window_ms;

	if (budget->failures + budget->under_way < most)
		return 0;
	if (budget->failures < most)
		return 1; /* those under way will tell */
	return end > now ? (uint32_t)((end - now + 999) / 1000) : 1;
}

/* Many people may log in from one address at once; how many of them nobody
 * knows there yet, the desk bounds (directory/throttle.h). */
static uint32_t
wait_of_client(const struct budget *budget, const struct warden_limits *limits,
    uint64_t now)
{
	uint64_t most = limits->client + budget->people;

	return budget->failures < most
	    ? 0
	    : wait_of(budget, most, limits->window_ms, now);
}

static bool
is_known_wrong(
    struct warden *warden, const struct keys *keys, uint64_t ms, uint64_t now)
{
	const uint64_t *when = map_get(warden->wrong, tag_of(keys));

	return when && now - *when < ms;
}

/* Already on its way to the directory: once more costs no more. */
static bool
joins(struct warden *warden, const struct keys *keys)
{
	uint64_t *count = map_peek(warden->under_way, tag_of(keys));

	if (!count)
		return false;
	(*count)++;
	return true;
}

static void
set_out(struct warden *warden, const struct keys *keys, struct budget *account,
    struct budget *client)
{
	uint64_t *count = mem_alloc(sizeof(*count));

	*count = 1;
	map_set(warden->under_way, tag_of(keys), count);
	account->under_way++;
	if (client)
		client->under_way++;
}

enum warden_says
warden_begin(struct warden *warden, const struct warden_limits *limits,
    struct slice account, struct slice password, const struct addr *client,
    uint64_t now_ms, uint32_t *retry_s)
{
	struct budget *mine, *theirs = NULL;
	struct keys keys;
	uint32_t wait, other = 0;

	set_keys(warden, &keys, account, password, client);
	if (is_known_wrong(warden, &keys, limits->remember_ms, now_ms)) {
		warden->saved++;
		return WARDEN_WRONG;
	}
	if (joins(warden, &keys))
		return WARDEN_ASK;
	mine = budget_of(warden->accounts, account, limits->window_ms, now_ms);
	wait = wait_of(mine, limits->account, limits->window_ms, now_ms);
	if (client) {
		theirs = budget_of(warden->clients, client_of(&keys),
		    limits->window_ms, now_ms);
		other = wait_of_client(theirs, limits, now_ms);
	}
	if (wait || other) {
		*retry_s = wait > other ? wait : other;
		warden->spent++;
		return WARDEN_SPENT;
	}
	warden->sent++;
	set_out(warden, &keys, mine, theirs);
	return WARDEN_ASK;
}

/* --- ends -------------------------------------------------------------------------- */

/* The last of those who ask the same brings it back. */
static bool
is_last(struct warden *warden, const struct keys *keys)
{
	uint64_t *count = map_peek(warden->under_way, tag_of(keys));

	if (!count || --*count > 0)
		return false;
	map_del(warden->under_way, tag_of(keys));
	return true;
}

static void
settle(struct budget *budget, bool failed)
{
	if (budget->under_way)
		budget->under_way--;
	budget->failures += failed;
}

static void
remember(struct warden *warden, const struct keys *keys, uint64_t now)
{
	uint64_t *when = mem_alloc(sizeof(*when));

	*when = now;
	map_set(warden->wrong, tag_of(keys), when);
}

/* The account, where it is new there, is one more of the address's people. */
static void
settle_in(struct warden *warden, const struct keys *keys, struct budget *theirs)
{
	char *key = mem_alloc(sizeof(keys->client) + keys->account.n);
	size_t n = sizeof(keys->client) + keys->account.n;

	memcpy(key, keys->client, sizeof(keys->client));
	if (keys->account.n)
		memcpy(key + sizeof(keys->client), keys->account.p,
		    keys->account.n);
	if (!map_get(warden->homes, slice_from(key, n))) {
		map_set(warden->homes, slice_from(key, n), (void *)&home);
		theirs->people++;
	}
	free(key);
}

void
warden_end(struct warden *warden, const struct warden_limits *limits,
    struct slice account, struct slice password, const struct addr *client,
    enum warden_end end, uint64_t now_ms)
{
	bool failed = end == WARDEN_WAS_WRONG;
	struct budget *budget, *theirs;
	struct keys keys;

	set_keys(warden, &keys, account, password, client);
	if (!is_last(warden, &keys))
		return;
	budget = budget_of(
	    warden->accounts, account, limits->window_ms, now_ms);
	settle(budget, failed);
	if (end == WARDEN_WAS_RIGHT)
		budget->failures = 0;
	if (keys.has_client) {
		theirs = budget_of(warden->clients, client_of(&keys),
		    limits->window_ms, now_ms);
		settle(theirs, failed);
		if (end == WARDEN_WAS_RIGHT)
			settle_in(warden, &keys, theirs);
	}
	if (failed && limits->remember_ms)
		remember(warden, &keys, now_ms);
}

void
warden_status(const struct warden *warden, struct json *json)
{
	json_u64(json, "binds_sent", warden->sent);
	json_u64(json, "binds_saved", warden->saved);
	json_u64(json, "budgets_spent", warden->spent);
	json_u64(json, "wrong_remembered", map_count(warden->wrong));
}
