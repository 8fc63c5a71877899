/*
 * ways: one bounded table, in the order in which ways were made.
 *
 * Runs in the directory process.  It never holds a password nor anything
 * that a password could be tried against outside of this process.
 */
#include "directory/ways.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/keyed.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/secret.h"
#include "directory/accounts.h"

#define WORD_BYTES 16 /* of a token or an answer, in hex */
#define WORD_SIZE (2 * WORD_BYTES + 1)

struct way {
	struct ways *ways; /* borrowed: whose table it is in */
	char *account;     /* owned */
	char *about;       /* owned */
	char token[WORD_SIZE], answer[WORD_SIZE];
	bool granted;
	uint64_t until_ms;
};

struct answered {
	unsigned char credential[KEYED_SIZE];
	uint64_t until_ms;
};

struct ways {
	struct keyed *keyed;  /* owned, as all maps */
	struct map *by_key;   /* of struct way, oldest first */
	struct map *by_token; /* borrows from by_key; only those offered */
	struct map *accounts; /* of size_t: how many ways one has */
	struct map *answered; /* of struct answered, by peer and question */
	char *about;          /* owned: of the way that was used up last */
	uint64_t life_ms;
	uint64_t offered, granted, used;
};

/* --- the table ------------------------------------------------------------ */

static void
count_account(struct ways *ways, const char *account, int by)
{
	size_t *count = map_peek(ways->accounts, slice_of(account));

	if (!count) {
		count = mem_zalloc(sizeof(*count));
		map_set(ways->accounts, slice_of(account), count);
	}
	*count = by > 0 ? *count + 1 : *count - 1;
	if (*count == 0)
		map_del(ways->accounts, slice_of(account));
}

static void
way_free(void *arg)
{
	struct way *way = arg;

	map_del(way->ways->by_token, slice_of(way->token));
	count_account(way->ways, way->account, -1);
	secret_wipe(way->answer, sizeof(way->answer));
	free(way->account);
	free(way->about);
	free(way);
}

struct ways *
ways_new(void)
{
	struct ways *ways = mem_zalloc(sizeof(*ways));

	ways->keyed = keyed_new();
	ways->by_key = map_new(WAYS_MAX, way_free);
	ways->by_token = map_new(0, NULL);
	ways->accounts = map_new(0, free);
	ways->answered = map_new(WAYS_ANSWERED_MAX, free);
	return ways;
}

void
ways_free(struct ways *ways)
{
	if (!ways)
		return;
	map_free(ways->by_key);
	map_free(ways->by_token);
	map_free(ways->accounts);
	map_free(ways->answered);
	keyed_free(ways->keyed);
	free(ways->about);
	free(ways);
}

void
ways_set_life(struct ways *ways, uint64_t life_ms)
{
	ways->life_ms = life_ms;
}

static void
make_word(char out[WORD_SIZE])
{
	unsigned char bytes[WORD_BYTES];

	secret_random(bytes, sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(out + 2 * i, 3, "%02x", bytes[i]);
	secret_wipe(bytes, sizeof(bytes));
}

struct search {
	struct ways *ways;
	struct slice account; /* empty: of all */
	bool granted_too;
	uint64_t now_ms;
};

static int
drop_expired(struct slice key, void *value, void *arg)
{
	const struct search *search = arg;
	const struct way *way = value;

	if (way->until_ms <= search->now_ms)
		map_del(search->ways->by_key, key);
	return 0;
}

static int
drop_first(struct slice key, void *value, void *arg)
{
	const struct search *search = arg;
	const struct way *way = value;

	if (!slice_eq_str(search->account, way->account) ||
	    (way->granted && !search->granted_too))
		return 0;
	map_del(search->ways->by_key, key);
	return 1;
}

/* A page that has many requests stopped drives out its own account's ways,
 * and of those the ones that nobody has granted first. */
static void
make_room(struct ways *ways, struct slice account)
{
	const size_t *count = map_peek(ways->accounts, account);
	struct search search = { ways, account, false, clock_ms() };

	if (!count || *count < WAYS_ACCOUNT_MAX)
		return;
	(void)map_each(ways->by_key, drop_expired, &search);
	count = map_peek(ways->accounts, account);
	if (!count || *count < WAYS_ACCOUNT_MAX ||
	    map_each(ways->by_key, drop_first, &search))
		return;
	search.granted_too = true;
	(void)map_each(ways->by_key, drop_first, &search);
}

/* --- what was answered ---------------------------------------------------- */

struct question {
	uint64_t peer, id;
};

static struct slice
question_key(const struct question *question)
{
	return slice_from(question, sizeof(*question));
}

void
ways_note(
    struct ways *ways, uint64_t peer, uint64_t id, struct slice credential)
{
	struct question question = { peer, id };
	struct answered *answered;

	if (credential.n != sizeof(answered->credential))
		return;
	answered = mem_zalloc(sizeof(*answered));
	memcpy(answered->credential, credential.p, credential.n);
	answered->until_ms = clock_ms() + WAYS_ANSWERED_MS;
	map_set(ways->answered, question_key(&question), answered);
}

static int
forget_one(struct slice key, void *value, void *arg)
{
	struct ways *ways = ((void **)arg)[0];
	const uint64_t *peer = ((void **)arg)[1];
	struct question question;

	memcpy(&question, key.p, sizeof(question));
	if (question.peer == *peer)
		map_del(ways->answered, key);
	return 0;
}

void
ways_forget_peer(struct ways *ways, uint64_t peer)
{
	void *arg[2] = { ways, &peer };

	(void)map_each(ways->answered, forget_one, arg);
}

/* --- what is asked -------------------------------------------------------- */

/* Account, place and credential as one key; lengths stand before what they
 * are of. False where it would be too long to be one. */
static bool
make_key(struct ways *ways, const struct msg_way_ask *ask,
    const struct answered *answered, unsigned char key[KEYED_SIZE])
{
	char text[2 * sizeof(uint32_t) + ACCOUNT_NAME_MAX + WAYS_PLACE_MAX +
	    KEYED_SIZE];
	uint32_t lengths[2] = { (uint32_t)ask->account.n,
		(uint32_t)ask->place.n };
	size_t n = sizeof(lengths);

	if (ask->account.n == 0 || ask->account.n > ACCOUNT_NAME_MAX ||
	    ask->place.n == 0 || ask->place.n > WAYS_PLACE_MAX ||
	    ask->about.n > WAYS_ABOUT_MAX)
		return false;
	memcpy(text, lengths, n);
	memcpy(text + n, ask->account.p, ask->account.n);
	n += ask->account.n;
	memcpy(text + n, ask->place.p, ask->place.n);
	n += ask->place.n;
	memcpy(text + n, answered->credential, KEYED_SIZE);
	keyed_hash(ways->keyed, slice_from(text, n + KEYED_SIZE), key);
	return true;
}

static struct way *
offer(struct ways *ways, struct slice key, const struct msg_way_ask *ask)
{
	struct way *way = mem_zalloc(sizeof(*way));

	make_room(ways, ask->account);
	way->ways = ways;
	way->account = slice_dup(ask->account);
	way->about = slice_dup(ask->about);
	way->until_ms = clock_ms() + ways->life_ms;
	make_word(way->token);
	make_word(way->answer);
	count_account(ways, way->account, 1);
	map_set(ways->by_key, key, way);
	map_set(ways->by_token, slice_of(way->token), way);
	ways->offered++;
	return way;
}

/* An offer that stands is made again, lest a script that sends the same takes
 * it from who is reading about it. */
static void
take_or_offer(struct ways *ways, struct slice key,
    const struct msg_way_ask *ask, struct msg_way_done *done)
{
	struct way *way = map_peek(ways->by_key, key);
	bool stands = way && way->until_ms > clock_ms();

	if (stands && way->granted) {
		free(ways->about);
		ways->about = mem_dup(way->about);
		map_del(ways->by_key, key);
		ways->used++;
		done->verdict = WAY_PASS;
		done->about = slice_of(ways->about);
		return;
	}
	if (stands) {
		free(way->about);
		way->about = slice_dup(ask->about);
		way->until_ms = clock_ms() + ways->life_ms;
	} else {
		map_del(ways->by_key, key);
		way = offer(ways, key, ask);
	}
	done->verdict = WAY_OFFERED;
	done->token = slice_of(way->token);
}

/* A request was found to carry a credential: is there a way for it? Then it
 * is used up; else there is an offer from now on. */
static void
try(struct ways *ways, uint64_t peer, const struct msg_way_ask *ask,
    struct msg_way_done *done)
{
	struct question question = { peer, ask->asked };
	struct answered *answered = map_take(
	    ways->answered, question_key(&question));
	unsigned char bytes[KEYED_SIZE];

	if (!answered)
		return;
	if (answered->until_ms > clock_ms() &&
	    make_key(ways, ask, answered, bytes))
		take_or_offer(
		    ways, slice_from(bytes, sizeof(bytes)), ask, done);
	free(answered);
}

/* One that is still to be granted, and this account's. */
static struct way *
find(struct ways *ways, const struct msg_way_ask *ask)
{
	struct way *way = map_peek(ways->by_token, ask->token);

	if (!way || way->until_ms <= clock_ms() ||
	    !slice_eq_str(ask->account, way->account))
		return NULL;
	return way;
}

static void
look(
    struct ways *ways, const struct msg_way_ask *ask, struct msg_way_done *done)
{
	struct way *way = find(ways, ask);

	if (!way)
		return;
	done->verdict = WAY_SHOWN;
	done->answer = slice_of(way->answer);
	done->about = slice_of(way->about);
}

/* Token and answer have served: from now on only the request is awaited. */
static void
grant(
    struct ways *ways, const struct msg_way_ask *ask, struct msg_way_done *done)
{
	struct way *way = find(ways, ask);

	if (!way || !secret_eq(slice_of(way->answer), ask->answer))
		return;
	map_del(ways->by_token, slice_of(way->token));
	way->granted = true;
	way->until_ms = clock_ms() + ways->life_ms;
	ways->granted++;
	done->verdict = WAY_GRANTED;
	done->about = slice_of(way->about);
}

void
ways_ask(struct ways *ways, uint64_t peer, const struct msg_way_ask *ask,
    struct msg_way_done *done)
{
	*done = (struct msg_way_done){ .id = ask->id, .verdict = WAY_NONE };
	switch ((enum way_op)ask->op) {
	case WAY_TRY:
		try(ways, peer, ask, done);
		break;
	case WAY_LOOK:
		look(ways, ask, done);
		break;
	case WAY_GRANT:
		grant(ways, ask, done);
		break;
	case WAY_TELL: /* directory/untold.h */
		break;
	}
}

bool
ways_is_open(const struct ways *ways, struct slice token)
{
	const struct way *way = map_peek(ways->by_token, token);

	return way && way->until_ms > clock_ms();
}

void
ways_status(struct ways *ways, struct json *json)
{
	struct search search = { ways, SLICE_EMPTY, true, clock_ms() };

	(void)map_each(ways->by_key, drop_expired, &search);
	json_u64(json, "ways_open", map_count(ways->by_token));
	json_u64(json, "ways_awaited",
	    map_count(ways->by_key) - map_count(ways->by_token));
	json_u64(json, "ways_offered", ways->offered);
	json_u64(json, "ways_granted", ways->granted);
	json_u64(json, "ways_used", ways->used);
}
