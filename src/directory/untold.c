/*
 * untold: a bounded map from account and site to when it is out of date.
 *
 * Runs in the directory process.
 */
#include "directory/untold.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/name.h"
#include "directory/accounts.h"

/* account, NUL, site */
#define KEY_MAX (ACCOUNT_NAME_MAX + 1 + NAME_MAX_LEN)

struct one {
	char token[UNTOLD_TOKEN_MAX + 1];
	uint64_t until_ms;
};

struct untold {
	struct map *due; /* owned; of struct one */
};

struct untold *
untold_new(void)
{
	struct untold *untold = mem_zalloc(sizeof(*untold));

	untold->due = map_new(UNTOLD_MAX, free);
	return untold;
}

void
untold_free(struct untold *untold)
{
	if (!untold)
		return;
	map_free(untold->due);
	free(untold);
}

/* Empty where these can't be what they should. */
static struct slice
key_of(struct slice account, struct slice site, char buf[KEY_MAX])
{
	if (account.n == 0 || account.n > ACCOUNT_NAME_MAX || site.n == 0 ||
	    site.n > NAME_MAX_LEN || slice_find(account, '\0') < account.n)
		return SLICE_EMPTY;
	memcpy(buf, account.p, account.n);
	buf[account.n] = '\0';
	memcpy(buf + account.n + 1, site.p, site.n);
	return slice_from(buf, account.n + 1 + site.n);
}

bool
untold_add(struct untold *untold, struct slice account, struct slice site,
    struct slice token)
{
	char buf[KEY_MAX];
	struct slice key = key_of(account, site, buf);
	struct one *one;

	if (key.n == 0 || token.n > UNTOLD_TOKEN_MAX)
		return false;
	one = mem_zalloc(sizeof(*one));
	if (token.n > 0)
		memcpy(one->token, token.p, token.n);
	one->until_ms = clock_ms() + UNTOLD_MS;
	map_set(untold->due, key, one);
	return true;
}

bool
untold_take(struct untold *untold, struct slice account, struct slice site,
    char token[UNTOLD_TOKEN_MAX + 1])
{
	char buf[KEY_MAX];
	struct one *one = map_take(untold->due, key_of(account, site, buf));
	bool due = one && one->until_ms > clock_ms();

	if (due)
		memcpy(token, one->token, sizeof(one->token));
	free(one);
	return due;
}

static int
drop_expired(struct slice key, void *value, void *arg)
{
	struct untold *untold = arg;
	const struct one *one = value;

	if (one->until_ms <= clock_ms())
		map_del(untold->due, key);
	return 0;
}

struct walk {
	void (*fn)(struct slice account, struct slice site, void *arg);
	void *arg;
};

static int
call_one(struct slice key, void *value, void *arg)
{
	const struct walk *walk = arg;
	size_t nul = slice_find(key, '\0');

	walk->fn(
	    slice_sub(key, 0, nul), slice_from_idx(key, nul + 1), walk->arg);
	return 0;
}

void
untold_each(struct untold *untold,
    void (*fn)(struct slice account, struct slice site, void *arg), void *arg)
{
	struct walk walk = { fn, arg };

	(void)map_each(untold->due, drop_expired, untold);
	(void)map_each(untold->due, call_one, &walk);
}

size_t
untold_count(struct untold *untold)
{
	(void)map_each(untold->due, drop_expired, untold);
	return map_count(untold->due);
}
