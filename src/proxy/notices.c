/*
 * notices: a bounded map from account and site to when it happened.
 */
#include "proxy/notices.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "proxy/account.h"
#include "proxy/manner.h"

#define NOTICES_MAX 4096
#define NOTICE_MS (10u * 60 * 1000)

struct notices {
	struct map *due; /* of uint64_t: until when, clock_ms() */
};

struct notices *
notices_new(void)
{
	struct notices *notices = mem_zalloc(sizeof(*notices));

	notices->due = map_new(NOTICES_MAX, free);
	return notices;
}

void
notices_free(struct notices *notices)
{
	if (notices == NULL)
		return;
	map_free(notices->due);
	free(notices);
}

static struct slice
key_of(const struct exchange *x)
{
	return arena_printf(x->arena, "%s %s", x->host.name, x->account->name);
}

void
notices_add(struct notices *notices, const struct exchange *x)
{
	uint64_t *until = mem_alloc(sizeof(*until));

	*until = clock_ms() + NOTICE_MS;
	map_set(notices->due, key_of(x), until);
}

bool
notices_take(struct notices *notices, const struct exchange *x)
{
	uint64_t *until;
	bool due;

	if (map_count(notices->due) == 0 || x->request.method != METHOD_GET ||
	    !manner_is_navigation(&x->request))
		return false;
	until = map_take(notices->due, key_of(x));
	due = until != NULL && *until > clock_ms();
	free(until);
	return due;
}
