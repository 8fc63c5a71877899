/*
 * pinned: counts, within bounds. Runs in the signer; it undoes no handshake:
 * the workers do (proxy/spared.h).
 */
#include "signer/pinned.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"

#define KEY_SIZE 600

struct pinned {
	struct map *pins;      /* owned; of struct pin, by account and name */
	struct map *addresses; /* owned; of struct trust */
};

/* The two names last accepted by an account at an address: one of them is
 * another than that in question. */
struct trust {
	uint64_t at_ms[2];
	uint64_t hash[2]; /* of the names */
};

static void
on_pin_free(void *value)
{
	struct pin *pin = value;

	free(pin->account);
	free(pin->host);
	free(pin);
}

struct pinned *
pinned_new(void)
{
	struct pinned *pinned = mem_zalloc(sizeof(*pinned));

	pinned->pins = map_new(PINNED_MAX, on_pin_free);
	pinned->addresses = map_new(PINNED_ADDRESSES_MAX, free);
	return pinned;
}

void
pinned_free(struct pinned *pinned)
{
	if (pinned == NULL)
		return;
	map_free(pinned->pins);
	map_free(pinned->addresses);
	free(pinned);
}

/* --- where our authority is accepted ----------------------------------------- */

static struct slice
key_of(char buf[KEY_SIZE], struct slice account, const char *what)
{
	int n = snprintf(buf, KEY_SIZE, "%s %.*s", what, SLICE_ARG(account));

	return slice_from(buf,
	    n < 0              ? 0
		: n < KEY_SIZE ? (size_t)n
			       : KEY_SIZE - 1);
}

static struct slice
address_key(char buf[KEY_SIZE], const struct pinned_case *one)
{
	char text[ADDR_TEXT_SIZE];

	return key_of(buf, one->account, addr_text(text, one->addr));
}

static void
trust(struct pinned *pinned, const struct pinned_case *one)
{
	char buf[KEY_SIZE];
	struct slice key = address_key(buf, one);
	struct trust *found = map_get(pinned->addresses, key);
	uint64_t hash = slice_hash(host_slice(one->host), 0);

	if (found == NULL) {
		found = mem_zalloc(sizeof(*found));
		map_set(pinned->addresses, key, found);
	}
	if (found->hash[0] != hash) {
		found->hash[1] = found->hash[0];
		found->at_ms[1] = found->at_ms[0];
	}
	found->hash[0] = hash;
	found->at_ms[0] = one->now_ms;
}

static bool
trusts_elsewhere(struct pinned *pinned, const struct pinned_case *one)
{
	char buf[KEY_SIZE];
	const struct trust *found = map_get(
	    pinned->addresses, address_key(buf, one));
	uint64_t hash = slice_hash(host_slice(one->host), 0);

	for (size_t i = 0; found != NULL && i < 2; i++)
		if (found->at_ms[i] != 0 && found->hash[i] != hash &&
		    found->at_ms[i] + PINNED_TRUST_MS > one->now_ms)
			return true;
	return false;
}

/* --- what breaks off --------------------------------------------------------- */

static struct pin *
find(struct pinned *pinned, const struct pinned_case *one)
{
	char buf[KEY_SIZE];

	return map_get(
	    pinned->pins, key_of(buf, one->account, one->host->name));
}

static struct pin *
add(struct pinned *pinned, const struct pinned_case *one)
{
	struct pin *pin = mem_zalloc(sizeof(*pin));
	char buf[KEY_SIZE];

	pin->account = slice_dup(one->account);
	pin->host = slice_dup(host_slice(one->host));
	map_set(pinned->pins, key_of(buf, one->account, one->host->name), pin);
	return pin;
}

bool
pinned_accept(struct pinned *pinned, const struct pinned_case *one)
{
	struct pin *pin = find(pinned, one);
	bool learned;

	trust(pinned, one);
	if (pin == NULL)
		pin = add(pinned, one);
	learned = pin->until_ms > one->now_ms;
	pin->alerts = pin->closes = 0;
	pin->accepted_ms = one->now_ms;
	pin->until_ms = 0;
	return learned;
}

static bool
is_enough(const struct pin *pin)
{
	return pin->alerts >= PINNED_ALERTS || pin->closes >= PINNED_CLOSES;
}

static void
keep_words(struct pin *pin, struct slice words)
{
	if (words.n >= sizeof(pin->alert))
		words.n = sizeof(pin->alert) - 1;
	memcpy(pin->alert, words.p, words.n);
	pin->alert[words.n] = '\0';
}

/* Is there so much against it, and nothing for it, that it is learned? */
static bool
is_to_be_learned(const struct pin *pin, uint64_t now_ms)
{
	bool got_on = pin->accepted_ms != 0 &&
	    pin->accepted_ms + PINNED_TRUST_MS > now_ms;

	return pin->until_ms <= now_ms && is_enough(pin) && !got_on;
}

enum pinned_done
pinned_break(struct pinned *pinned, const struct pinned_case *one,
    enum pinned_how how, struct slice words, uint64_t bypass_ms)
{
	struct pin *pin = find(pinned, one);
	bool first;

	if (!trusts_elsewhere(pinned, one))
		return PINNED_COUNTED;
	if (pin == NULL)
		pin = add(pinned, one);
	if (pin->last_ms + PINNED_WITHIN_MS < one->now_ms)
		pin->alerts = pin->closes = 0;
	first = pin->alerts == 0 && pin->closes == 0;
	pin->alerts += how == PINNED_ALERT;
	pin->closes += how == PINNED_CLOSE;
	if (how == PINNED_ALERT)
		keep_words(pin, words);
	pin->last_ms = one->now_ms;
	if (bypass_ms == 0 || !is_to_be_learned(pin, one->now_ms))
		return first ? PINNED_FIRST : PINNED_COUNTED;
	pin->until_ms = one->now_ms + bypass_ms;
	return PINNED_LEARNED;
}

bool
pinned_bypassed(struct pinned *pinned, const struct pinned_case *one)
{
	const struct pin *pin = find(pinned, one);

	return pin != NULL && pin->until_ms > one->now_ms;
}

static int
unlearn_one(struct slice key, void *value, void *arg)
{
	struct pin *pin = value;

	pin->until_ms = 0;
	return 0;
}

void
pinned_unlearn(struct pinned *pinned)
{
	map_each(pinned->pins, unlearn_one, NULL);
}

struct visit {
	int (*fn)(const struct pin *pin, void *arg);
	void *arg;
};

static int
visit_one(struct slice key, void *value, void *arg)
{
	const struct pin *pin = value;
	struct visit *visit = arg;

	if (pin->alerts == 0 && pin->closes == 0)
		return 0;
	return visit->fn(pin, visit->arg);
}

void
pinned_each(struct pinned *pinned, int (*fn)(const struct pin *pin, void *arg),
    void *arg)
{
	struct visit visit = { fn, arg };

	map_each(pinned->pins, visit_one, &visit);
}
