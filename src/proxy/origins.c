/*
 * origins: remembers facts, newest use first. Judges nothing.
 */
#include "proxy/origins.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/must.h"

#define KEY_SIZE 600

struct origins {
	struct map *known; /* owned; of struct origin */
};

static void
on_free(void *value)
{
	struct origin *origin = value;

	facts_free(origin->facts);
	free(origin);
}

static struct slice
make_key(char buf[KEY_SIZE], const struct host *dial, const struct host *name,
    uint16_t port)
{
	int n = snprintf(
	    buf, KEY_SIZE, "%s %s %u", dial->name, name->name, port);

	must(n > 0 && n < KEY_SIZE);
	return slice_from(buf, (size_t)n);
}

struct origins *
origins_new(size_t max)
{
	struct origins *origins = mem_zalloc(sizeof(*origins));

	origins->known = map_new(max, on_free);
	return origins;
}

void
origins_free(struct origins *origins)
{
	if (origins == NULL)
		return;
	map_free(origins->known);
	free(origins);
}

const struct origin *
origins_get(struct origins *origins, const struct host *dial,
    const struct host *name, uint16_t port)
{
	char buf[KEY_SIZE];
	struct slice key = make_key(buf, dial, name, port);
	struct origin *origin = map_get(origins->known, key);
	int64_t now = (int64_t)(clock_wall_us() / 1000000);

	if (origin == NULL)
		return NULL;
	if (origin->until_ms > clock_ms() && origin->facts->not_after > now)
		return origin;
	map_del(origins->known, key);
	return NULL;
}

void
origins_put(struct origins *origins, const struct host *dial,
    const struct host *name, uint16_t port, struct facts *facts,
    const struct addr *addr, bool alpn)
{
	struct origin *origin = mem_alloc(sizeof(*origin));
	char buf[KEY_SIZE];

	origin->facts = facts;
	origin->addr = *addr;
	origin->alpn = alpn;
	origin->until_ms = clock_ms() + ORIGINS_KEEP_MS;
	map_set(origins->known, make_key(buf, dial, name, port), origin);
}

void
origins_forget(struct origins *origins, const struct host *dial,
    const struct host *name, uint16_t port)
{
	char buf[KEY_SIZE];

	map_del(origins->known, make_key(buf, dial, name, port));
}
