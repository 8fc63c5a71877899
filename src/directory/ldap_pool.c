/*
 * ldap_pool: who gets which connection, and when there is a new one.
 *
 * Runs in the directory process.  Everything is decided in one place, run(),
 * which is called from the loop after anything has changed; so no callback
 * of an owner ever comes from within a call of its own.
 */
#include "directory/ldap_pool.h"

#include <stdlib.h>
#include <sys/queue.h>

#include "base/log.h"
#include "base/mem.h"

#define TICK_MS 100

struct ldap_wait {
	TAILQ_ENTRY(ldap_wait) entry;
	struct ldap_pool *pool; /* borrowed */
	uint32_t avoid;
	ldap_pool_fn *on_slot;
	void *arg; /* borrowed */
};

TAILQ_HEAD(waits, ldap_wait);

struct ldap_pool {
	struct ldap_servers *servers; /* borrowed */
	bool service;
	size_t max;
	unsigned shared;
	struct ldap_slots *slots; /* owned */
	struct waits waits;       /* owned, the oldest first */
	size_t nwaits;
	struct event *soon; /* owned: run() from the loop */
	struct event *tick; /* owned */
};

static void
soon(void *arg)
{
	struct ldap_pool *pool = arg;

	event_active(pool->soon, EV_TIMEOUT, 1);
}

static void
open_some(struct ldap_pool *pool, const struct ldap_wait *first)
{
	struct ldap_opening count = ldap_slots_opening(
	    pool->slots, first->avoid);
	size_t wanted = (pool->nwaits + pool->shared - 1) / pool->shared;
	int server = ldap_servers_first(pool->servers, first->avoid);

	if (count.opening > 0 && count.slow) {
		int rival = ldap_servers_first(pool->servers,
		    first->avoid | ldap_slots_alive(pool->slots, first->avoid));

		if (rival >= 0 &&
		    ldap_slots_count(pool->slots) <
			pool->max + pool->servers->n)
			ldap_slots_open(pool->slots, (unsigned)rival);
		return;
	}
	while (server >= 0 && count.opening < wanted &&
	    ldap_slots_count(pool->slots) < pool->max) {
		ldap_slots_open(pool->slots, (unsigned)server);
		count.opening++;
	}
}

static void
wait_end(struct ldap_wait *wait, struct ldap_slot *slot, const char *why)
{
	struct ldap_pool *pool = wait->pool;
	ldap_pool_fn *on_slot = wait->on_slot;
	void *arg = wait->arg;

	TAILQ_REMOVE(&pool->waits, wait, entry);
	pool->nwaits--;
	free(wait);
	if (slot)
		ldap_slot_take(slot);
	on_slot(slot, why, arg);
}

/* Nothing that could serve it is there or on its way. */
static bool
is_hopeless(const struct ldap_pool *pool, const struct ldap_wait *wait)
{
	return !ldap_servers_have(pool->servers, wait->avoid) &&
	    ldap_slots_opening(pool->slots, wait->avoid).opening == 0;
}

/* The first whose waiting can end; whoever is called may cancel others. */
static bool
serve_one(struct ldap_pool *pool)
{
	struct ldap_wait *wait;
	struct ldap_slot *slot;

	TAILQ_FOREACH(wait, &pool->waits, entry)
	{
		slot = ldap_slots_pick(pool->slots, wait->avoid);
		if (slot || is_hopeless(pool, wait)) {
			wait_end(wait, slot, ldap_servers_words(pool->servers));
			return true;
		}
		if (wait->avoid == 0)
			break; /* those behind fare no better */
	}
	return false;
}

/* A pool of the service tries every server it likes better than those it
 * has, and lets go of the others. */
static void
keep_best(struct ldap_pool *pool)
{
	int best = ldap_servers_first(pool->servers, 0);
	const struct ldap_slot *up = ldap_slots_pick(pool->slots, 0);

	if (pool->service && best >= 0 &&
	    !(ldap_slots_alive(pool->slots, 0) & ((1u << (best + 1)) - 1)))
		ldap_slots_open(pool->slots, (unsigned)best);
	if (up)
		ldap_slots_close_behind(pool->slots, ldap_slot_server(up));
}

static void
run(struct ldap_pool *pool)
{
	while (serve_one(pool))
		;
	if (!TAILQ_EMPTY(&pool->waits))
		open_some(pool, TAILQ_FIRST(&pool->waits));
	keep_best(pool);
}

static void
on_soon(evutil_socket_t fd, short what, void *arg)
{
	run(arg);
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct ldap_pool *pool = arg;

	ldap_slots_close_idle(pool->slots);
	run(pool);
}

struct ldap_wait *
ldap_pool_take(
    struct ldap_pool *pool, uint32_t avoid, ldap_pool_fn *on_slot, void *arg)
{
	struct ldap_wait *wait = mem_zalloc(sizeof(*wait));

	*wait = (struct ldap_wait){
		.pool = pool, .avoid = avoid, .on_slot = on_slot, .arg = arg
	};
	TAILQ_INSERT_TAIL(&pool->waits, wait, entry);
	pool->nwaits++;
	soon(pool);
	return wait;
}

void
ldap_pool_cancel(struct ldap_wait *wait)
{
	if (!wait)
		return;
	TAILQ_REMOVE(&wait->pool->waits, wait, entry);
	wait->pool->nwaits--;
	free(wait);
}

struct ldap_pool *
ldap_pool_new(
    struct ldap_servers *servers, bool service, size_t max, unsigned shared)
{
	struct ldap_pool *pool = mem_zalloc(sizeof(*pool));
	struct timeval every = { .tv_usec = TICK_MS * 1000 };

	pool->servers = servers;
	pool->service = service;
	pool->max = max;
	pool->shared = shared;
	pool->slots = ldap_slots_new(servers, service, shared, soon, pool);
	TAILQ_INIT(&pool->waits);
	pool->soon = event_new(servers->env.base, -1, 0, on_soon, pool);
	pool->tick = event_new(
	    servers->env.base, -1, EV_PERSIST, on_tick, pool);
	if (!pool->soon || !pool->tick || event_add(pool->tick, &every) < 0)
		fatal("cannot make a timer");
	soon(pool);
	return pool;
}

void
ldap_pool_free(struct ldap_pool *pool)
{
	struct ldap_wait *wait;

	if (!pool)
		return;
	ldap_slots_free(pool->slots);
	while ((wait = TAILQ_FIRST(&pool->waits)) != NULL)
		ldap_pool_cancel(wait);
	event_free(pool->soon);
	event_free(pool->tick);
	free(pool);
}

void
ldap_pool_status(const struct ldap_pool *pool, struct json *json)
{
	ldap_slots_status(pool->slots, json);
	json_u64(json, "waiting", pool->nwaits);
}
