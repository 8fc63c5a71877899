/*
 * budgets: counting what is spent in an hour.
 *
 * Used by the directory process, for questions about credentials; logins are
 * slowed by directory/throttle.h.  It sees names and addresses, never a value.
 */
#include "directory/budgets.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/reach.h"

struct budget {
	uint64_t spent, since_ms;
};

struct budgets {
	struct map *accounts, *clients; /* owned; of struct budget */
	uint64_t failures;
};

struct budgets *
budgets_new(void)
{
	struct budgets *budgets = mem_zalloc(sizeof(*budgets));

	budgets->accounts = map_new(BUDGETS_MAX, free);
	budgets->clients = map_new(BUDGETS_MAX, free);
	budgets->failures = 1;
	return budgets;
}

void
budgets_free(struct budgets *budgets)
{
	if (!budgets)
		return;
	map_free(budgets->accounts);
	map_free(budgets->clients);
	free(budgets);
}

void
budgets_set_failures(struct budgets *budgets, uint64_t failures)
{
	budgets->failures = failures;
}

static struct slice
holder_key(const struct addr *holder)
{
	return slice_from(holder->ip, sizeof(holder->ip));
}

static bool
spend(struct map *map, struct slice key, uint64_t most)
{
	struct budget *budget = map_get(map, key);
	uint64_t now = clock_ms();

	if (!budget) {
		budget = mem_zalloc(sizeof(*budget));
		budget->since_ms = now;
		map_set(map, key, budget);
	}
	if (now - budget->since_ms >= BUDGETS_HOUR_MS)
		*budget = (struct budget){ 0, now };
	if (budget->spent >= most)
		return false;
	budget->spent++;
	return true;
}

static void
give_back(struct map *map, struct slice key)
{
	struct budget *budget = map_peek(map, key);

	if (budget && budget->spent > 0)
		budget->spent--;
}

int
budgets_spend(
    struct budgets *budgets, struct slice account, const struct addr *client)
{
	struct addr holder = addr_holder(client);

	if (!spend(budgets->accounts, account, budgets->failures))
		return -1;
	if (spend(budgets->clients, holder_key(&holder),
		budgets->failures * BUDGETS_ADDRESS_FACTOR))
		return 0;
	give_back(budgets->accounts, account);
	return -1;
}

void
budgets_give_back(
    struct budgets *budgets, struct slice account, const struct addr *client)
{
	struct addr holder = addr_holder(client);

	give_back(budgets->accounts, account);
	give_back(budgets->clients, holder_key(&holder));
}
