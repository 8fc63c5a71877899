/*
 * census: counters by name, which exist only while they are above zero, so
 * that their number is bounded by that of connections.
 */
#include "proxy/census.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/must.h"

struct census {
	struct map *addrs, *accounts; /* of uint64_t */
};

struct census *
census_new(void)
{
	struct census *census = mem_zalloc(sizeof(*census));

	census->addrs = map_new(0, free);
	census->accounts = map_new(0, free);
	return census;
}

void
census_free(struct census *census)
{
	if (census == NULL)
		return;
	map_free(census->addrs);
	map_free(census->accounts);
	free(census);
}

static bool
enter(struct map *map, struct slice key, uint64_t max)
{
	uint64_t *count = map_get(map, key);

	if (count == NULL) {
		count = mem_zalloc(sizeof(*count));
		map_set(map, key, count);
	}
	if (max != 0 && *count >= max)
		return false;
	++*count;
	return true;
}

static void
leave(struct map *map, struct slice key)
{
	uint64_t *count = map_get(map, key);

	must(count != NULL && *count > 0);
	if (--*count == 0)
		map_del(map, key);
}

static struct slice
addr_key(const struct addr *addr)
{
	return slice_from(addr->ip, sizeof(addr->ip));
}

bool
census_enter_addr(struct census *census, const struct addr *addr, uint64_t max)
{
	return enter(census->addrs, addr_key(addr), max);
}

void
census_leave_addr(struct census *census, const struct addr *addr)
{
	leave(census->addrs, addr_key(addr));
}

bool
census_enter_account(struct census *census, struct slice account, uint64_t max)
{
	return enter(census->accounts, account, max);
}

void
census_leave_account(struct census *census, struct slice account)
{
	leave(census->accounts, account);
}
