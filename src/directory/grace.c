/*
 * grace: a bounded map from a keyed hash to who it was.
 *
 * Runs in the directory process.
 */
#include "directory/grace.h"

#include <stdlib.h>
#include <string.h>

#include "base/keyed.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/secret.h"

struct grace {
	struct keyed *keyed; /* owned */
	struct map *map;     /* owned; of struct known */
};

struct known {
	char *account, *groups; /* owned */
	size_t naccount, ngroups;
	uint64_t when_ms;
};

static void
known_free(void *arg)
{
	struct known *known = arg;

	free(known->account);
	free(known->groups);
	free(known);
}

struct grace *
grace_new(void)
{
	struct grace *grace = mem_zalloc(sizeof(*grace));

	grace->keyed = keyed_new();
	grace->map = map_new(GRACE_ENTRIES_MAX, known_free);
	return grace;
}

void
grace_free(struct grace *grace)
{
	if (!grace)
		return;
	map_free(grace->map);
	keyed_free(grace->keyed);
	free(grace);
}

static struct slice
make_key(struct grace *grace, struct slice name, struct slice password,
    unsigned char tag[KEYED_SIZE])
{
	size_t n = name.n + 1 + password.n;
	char *text = mem_zalloc(n);

	if (name.n)
		memcpy(text, name.p, name.n);
	if (password.n)
		memcpy(text + name.n + 1, password.p, password.n);
	keyed_hash(grace->keyed, slice_from(text, n), tag);
	secret_wipe(text, n);
	free(text);
	return slice_from(tag, KEYED_SIZE);
}

void
grace_remember(struct grace *grace, struct slice name, struct slice password,
    const struct grace_login *login, uint64_t now_ms)
{
	unsigned char tag[KEYED_SIZE];
	struct known *known = mem_zalloc(sizeof(*known));

	known->account = slice_dup(login->account);
	known->naccount = login->account.n;
	known->groups = slice_dup(login->groups);
	known->ngroups = login->groups.n;
	known->when_ms = now_ms;
	map_set(grace->map, make_key(grace, name, password, tag), known);
}

void
grace_forget(struct grace *grace, struct slice name, struct slice password)
{
	unsigned char tag[KEYED_SIZE];

	map_del(grace->map, make_key(grace, name, password, tag));
}

void
grace_forget_all(struct grace *grace)
{
	map_free(grace->map);
	grace->map = map_new(GRACE_ENTRIES_MAX, known_free);
}

int
grace_find(struct grace *grace, struct slice name, struct slice password,
    uint64_t max_ms, uint64_t now_ms, struct grace_login *out)
{
	unsigned char tag[KEYED_SIZE];
	const struct known *known = map_get(
	    grace->map, make_key(grace, name, password, tag));

	if (!known || now_ms - known->when_ms > max_ms)
		return -1;
	out->account = slice_from(known->account, known->naccount);
	out->groups = slice_from(known->groups, known->ngroups);
	return 0;
}

size_t
grace_count(const struct grace *grace)
{
	return map_count(grace->map);
}
