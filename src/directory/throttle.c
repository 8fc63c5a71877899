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
/* of one account from several addresses, while nothing is against it: an
 * account may be a school's, on each of its computers */
#define ACCOUNT_AT_ONCE 256
/* 1 s doubled ten times is past the longest wait */
#define FAILURES_OVER_MAX 11

struct bucket {
	uint32_t failures;
	uint32_t under_way;
	uint32_t people;    /* addresses only: accounts proven there */
	uint32_t spread;    /* pairs only: failures that address counts, too */
	uint64_t since_ms;  /* of the last failure, or the last fading */
	uint64_t until_ms;  /* no attempt before */
	uint64_t proven_ms; /* pairs only: when it last logged in; 0: never */
};

struct throttle {
	struct map *accounts, *addresses, *pairs; /* owned; of struct bucket */
	uint64_t free;
};

struct keys {
	/* address, then account */
	char pair[ADDRESS_KEY + ACCOUNT_NAME_MAX];
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
	if (over >= FAILURES_OVER_MAX)
		return THROTTLE_DELAY_MAX_S;
	over = 1ull << (over - 1);
	return over < THROTTLE_DELAY_MAX_S ? over : THROTTLE_DELAY_MAX_S;
}

/* Not past what makes the longest wait: a burst of guesses is forgotten in
 * two hours, not in days. Returns whether it is one more. */
static bool
count_failure(struct bucket *bucket, uint64_t free_ones, uint64_t now_ms)
{
	bool more = bucket->failures < free_ones + FAILURES_OVER_MAX;

	bucket->failures += more;
	bucket->since_ms = now_ms;
	bucket->until_ms = now_ms +
	    delay_after(bucket->failures, free_ones) * 1000;
	return more;
}

/* Failures of an address before it is slowed. */
static uint64_t
free_of(const struct throttle *throttle, const struct bucket *address)
{
	return throttle->free * THROTTLE_ADDRESS_FACTOR +
	    (address ? address->people : 0);
}

/* For this bucket alone: seconds to wait, 0 for none. NULL: nothing known. */
static uint32_t
wait_of(const struct bucket *bucket, uint64_t now_ms)
{
	if (!bucket || now_ms >= bucket->until_ms)
		return 0;
	return (uint32_t)((bucket->until_ms - now_ms + 999) / 1000);
}

/* No more at a time than may still fail before it gets slow. */
static bool
is_full(const struct bucket *bucket, uint64_t free_ones)
{
	uint64_t room = 1;

	if (!bucket)
		return false;
	if (bucket->failures < free_ones)
		room = free_ones - bucket->failures;
	return bucket->under_way >= room;
}

static bool
is_full_account(const struct throttle *throttle, const struct bucket *account)
{
	if (account && account->failures == 0)
		return account->under_way >= ACCOUNT_AT_ONCE;
	return is_full(account, throttle->free);
}

static bool
is_proven(const struct bucket *pair, uint64_t now_ms)
{
	return pair && pair->proven_ms &&
	    now_ms - pair->proven_ms < THROTTLE_PROVEN_MS;
}

static uint32_t
longer(uint32_t one, uint32_t other)
{
	return one > other ? one : other;
}

static enum turn
slowed(uint32_t *wait_s, uint32_t wait)
{
	*wait_s = wait ? wait : 1; /* those under way will tell */
	return TURN_SLOWED;
}

static enum turn
turn_of(struct throttle *throttle, const struct keys *keys, uint64_t now_ms,
    uint32_t *wait_s)
{
	const struct bucket *pair = NULL, *account = NULL, *address;
	uint32_t wait;

	if (keys->naccount) {
		pair = find(throttle->pairs, key_pair(keys), now_ms);
		account = find(throttle->accounts, key_account(keys), now_ms);
	}
	wait = wait_of(pair, now_ms);
	if (is_proven(pair, now_ms))
		return wait || is_full(pair, throttle->free)
		    ? slowed(wait_s, wait)
		    : TURN_PROVEN;
	address = find(throttle->addresses, key_address(keys), now_ms);
	wait = longer(wait, wait_of(account, now_ms));
	wait = longer(wait, wait_of(address, now_ms));
	if (wait)
		return slowed(wait_s, wait);
	if (is_full(pair, throttle->free) || is_full_account(throttle, account))
		return slowed(wait_s, 0);
	return is_full(address, free_of(throttle, address)) ? TURN_LATER
							    : TURN_NOW;
}

/* Whoever has to wait leaves no entry: asking for a hundred thousand names
 * must not push out what is known of others. */
enum turn
throttle_begin(struct throttle *throttle, struct slice account,
    const struct addr *client, uint64_t now_ms, uint32_t *wait_s)
{
	struct keys keys;
	enum turn turn;

	keys_make(&keys, account, client);
	turn = turn_of(throttle, &keys, now_ms, wait_s);
	if (turn == TURN_LATER || turn == TURN_SLOWED)
		return turn;
	if (keys.naccount)
		find_or_add(throttle->pairs, key_pair(&keys), now_ms)
		    ->under_way++;
	if (turn == TURN_PROVEN)
		return turn;
	find_or_add(throttle->addresses, key_address(&keys), now_ms)
	    ->under_way++;
	if (keys.naccount)
		find_or_add(throttle->accounts, key_account(&keys), now_ms)
		    ->under_way++;
	return turn;
}

/* The bucket may be a new one, where the old one had to leave. */
static void
brought_back(struct bucket *bucket)
{
	if (bucket->under_way)
		bucket->under_way--;
}

/* It got in: what it failed before were mistakes. */
static void
prove(struct throttle *throttle, struct bucket *address, struct bucket *pair,
    uint64_t now_ms)
{
	uint32_t back = pair->spread < pair->failures ? pair->spread
						      : pair->failures;

	address->failures -= back < address->failures ? back
						      : address->failures;
	if (pair->proven_ms == 0 && address->people < UINT32_MAX)
		address->people++;
	if (address->failures <= free_of(throttle, address))
		address->until_ms = 0;
	pair->failures = pair->spread = 0;
	pair->until_ms = 0;
	pair->proven_ms = now_ms ? now_ms : 1;
}

/* spread: the address has one failure more by it. */
static void
end_pair(struct throttle *throttle, const struct keys *keys,
    struct bucket *address, bool spread, enum attempt how, uint64_t now_ms)
{
	struct bucket *pair = find_or_add(
	    throttle->pairs, key_pair(keys), now_ms);

	brought_back(pair);
	switch (how) {
	case ATTEMPT_OK:
		prove(throttle, address, pair, now_ms);
		break;
	case ATTEMPT_WRONG:
	case ATTEMPT_AGAIN:
		pair->spread += spread;
		count_failure(pair, throttle->free, now_ms);
		break;
	case ATTEMPT_UNKNOWN:
		break;
	}
}

void
throttle_end(struct throttle *throttle, struct slice account,
    const struct addr *client, enum turn turn, enum attempt how,
    uint64_t now_ms)
{
	struct bucket *address, *other = NULL;
	struct keys keys;
	bool spread = false;

	keys_make(&keys, account, client);
	address = find_or_add(throttle->addresses, key_address(&keys), now_ms);
	if (keys.naccount)
		other = find_or_add(
		    throttle->accounts, key_account(&keys), now_ms);
	if (turn == TURN_NOW)
		brought_back(address);
	if (turn == TURN_NOW && other)
		brought_back(other);
	if (how == ATTEMPT_WRONG)
		spread = count_failure(
		    address, free_of(throttle, address), now_ms);
	if (how == ATTEMPT_WRONG && other)
		count_failure(other, throttle->free, now_ms);
	if (keys.naccount)
		end_pair(throttle, &keys, address, spread, how, now_ms);
}
