/*
 * throttle: counting failures and turning them into waits.
 *
 * Runs in the directory process.  It has no timer: a count fades when it is
 * looked at.  It sees names and addresses, never a password.
 */
#include "directory/throttle.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/reach.h"
#include "directory/accounts.h"

#define ADDRESS_KEY 16
/* of one account, or one address, while nothing is against them */
#define UNDER_WAY_MAX 256

struct bucket {
	uint32_t failures;
	uint32_t under_way;
	uint64_t since_ms;  /* of the last failure, or the last fading */
	uint64_t until_ms;  /* no attempt before */
	uint64_t proven_ms; /* pairs only: when it last logged in; 0: never */
};

struct throttle {
	struct map *accounts, *addresses, *pairs; /* owned; of struct bucket */
	uint64_t free;
};

struct keys {
	char pair[ADDRESS_KEY + ACCOUNT_NAME_MAX]; /* address, then account */
	size_t naccount;
};

struct throttle *
throttle_new(void)
{
	struct throttle *throttle = mem_zalloc(sizeof(*throttle));

	throttle->accounts = map_new(THROTTLE_ENTRIES_MAX, free);
	throttle->addresses = map_new(THROTTLE_ENTRIES_MAX, free);
	throttle->pairs = map_new(THROTTLE_ENTRIES_MAX, free);
	throttle->free = 1;
	return throttle;
}

void
throttle_free(struct throttle *throttle)
{
	if (!throttle)
		return;
	map_free(throttle->accounts);
	map_free(throttle->addresses);
	map_free(throttle->pairs);
	free(throttle);
}

void
throttle_set_free(struct throttle *throttle, uint64_t free)
{
	throttle->free = free ? free : 1;
}

static void
keys_make(struct keys *keys, struct slice account, const struct addr *client)
{
	struct addr holder = addr_holder(client);

	memcpy(keys->pair, holder.ip, ADDRESS_KEY);
	keys->naccount = account.n < ACCOUNT_NAME_MAX ? account.n
						      : ACCOUNT_NAME_MAX;
	if (keys->naccount)
		memcpy(keys->pair + ADDRESS_KEY, account.p, keys->naccount);
}

static struct slice
key_account(const struct keys *keys)
{
	return slice_from(keys->pair + ADDRESS_KEY, keys->naccount);
}

static struct slice
key_address(const struct keys *keys)
{
	return slice_from(keys->pair, ADDRESS_KEY);
}

static struct slice
key_pair(const struct keys *keys)
{
	return slice_from(keys->pair, ADDRESS_KEY + keys->naccount);
}

static void
fade(struct bucket *bucket, uint64_t now_ms)
{
	uint64_t steps = (now_ms - bucket->since_ms) / THROTTLE_FADE_MS;

	if (steps == 0)
		return;
	bucket->failures = steps < bucket->failures
	    ? bucket->failures - (uint32_t)steps
	    : 0;
	bucket->since_ms += steps * THROTTLE_FADE_MS;
}

static struct bucket *
find(struct map *map, struct slice key, uint64_t now_ms)
{
	struct bucket *bucket = map_get(map, key);

	if (bucket)
		fade(bucket, now_ms);
	return bucket;
}

static struct bucket *
find_or_add(struct map *map, struct slice key, uint64_t now_ms)
{
	struct bucket *bucket = find(map, key, now_ms);

	if (!bucket) {
		bucket = mem_zalloc(sizeof(*bucket));
		bucket->since_ms = now_ms;
		map_set(map, key, bucket);
	}
	return bucket;
}

/* The wait after so many failures, in seconds. */
static uint64_t
delay_after(uint64_t failures, uint64_t free_ones)
{
	uint64_t over = failures > free_ones ? failures - free_ones : 0;

	if (over == 0)
		return 0;
	if (over > 10) /* 1 s doubled ten times is past the longest */
		return THROTTLE_DELAY_MAX_S;
	over = 1ull << (over - 1);
	return over < THROTTLE_DELAY_MAX_S ? over : THROTTLE_DELAY_MAX_S;
}

static void
count_failure(struct bucket *bucket, uint64_t free_ones, uint64_t now_ms)
{
	uint64_t delay;

	if (bucket->failures < UINT32_MAX)
		bucket->failures++;
	bucket->since_ms = now_ms;
	delay = delay_after(bucket->failures, free_ones);
	bucket->until_ms = now_ms + delay * 1000;
}

/* For this bucket alone: seconds to wait, 0 for none. NULL: nothing known. */
static uint32_t
wait_of(const struct bucket *bucket, uint64_t free_ones, uint64_t now_ms)
{
	uint64_t room = UNDER_WAY_MAX;

	if (!bucket)
		return 0;
	if (now_ms < bucket->until_ms)
		return (uint32_t)((bucket->until_ms - now_ms + 999) / 1000);
	/* Once something has failed, no more at a time than may still fail
	 * before it gets slow. */
	if (bucket->failures)
		room = bucket->failures < free_ones
		    ? free_ones - bucket->failures
		    : 1;
	return bucket->under_way >= room ? 1 : 0;
}

static bool
is_proven(const struct bucket *pair, uint64_t now_ms)
{
	return pair && pair->proven_ms &&
	    now_ms - pair->proven_ms < THROTTLE_PROVEN_MS;
}

static uint32_t
wait_for(struct throttle *throttle, const struct keys *keys, uint64_t now_ms)
{
	const struct bucket *pair = NULL, *account = NULL, *address;
	uint32_t one, two;

	if (keys->naccount)
		pair = find(throttle->pairs, key_pair(keys), now_ms);
	if (is_proven(pair, now_ms))
		return wait_of(pair, throttle->free, now_ms);
	if (keys->naccount)
		account = find(throttle->accounts, key_account(keys), now_ms);
	address = find(throttle->addresses, key_address(keys), now_ms);
	one = wait_of(account, throttle->free, now_ms);
	two = wait_of(
	    address, throttle->free * THROTTLE_ADDRESS_FACTOR, now_ms);
	return one > two ? one : two;
}

/* Whoever has to wait leaves no entry: asking for a hundred thousand names
 * must not push out what is known of others. */
uint32_t
throttle_begin(struct throttle *throttle, struct slice account,
    const struct addr *client, uint64_t now_ms)
{
	struct keys keys;
	uint32_t wait;

	keys_make(&keys, account, client);
	wait = wait_for(throttle, &keys, now_ms);
	if (wait)
		return wait;
	find_or_add(throttle->addresses, key_address(&keys), now_ms)
	    ->under_way++;
	if (keys.naccount) {
		find_or_add(throttle->accounts, key_account(&keys), now_ms)
		    ->under_way++;
		find_or_add(throttle->pairs, key_pair(&keys), now_ms)
		    ->under_way++;
	}
	return 0;
}

/* The bucket may be a new one, where the old one had to leave. */
static void
end_one(struct bucket *bucket, enum attempt how, uint64_t free_ones,
    uint64_t now_ms)
{
	if (bucket->under_way)
		bucket->under_way--;
	if (how == ATTEMPT_WRONG)
		count_failure(bucket, free_ones, now_ms);
}

void
throttle_end(struct throttle *throttle, struct slice account,
    const struct addr *client, enum attempt how, uint64_t now_ms)
{
	struct keys keys;
	struct bucket *pair;

	keys_make(&keys, account, client);
	end_one(find_or_add(throttle->addresses, key_address(&keys), now_ms),
	    how, throttle->free * THROTTLE_ADDRESS_FACTOR, now_ms);
	if (!keys.naccount)
		return;
	end_one(find_or_add(throttle->accounts, key_account(&keys), now_ms),
	    how, throttle->free, now_ms);
	pair = find_or_add(throttle->pairs, key_pair(&keys), now_ms);
	end_one(pair, how, throttle->free, now_ms);
	if (how == ATTEMPT_OK) {
		pair->failures = 0;
		pair->until_ms = 0;
		pair->proven_ms = now_ms ? now_ms : 1;
	}
}
