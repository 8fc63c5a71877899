/*
 * ldap_pool: who gets which connection, and when there is a new one.
 *
 * Runs in the directory process.  Everything is decided in one place, run(),
 * which is called from the loop after anything has changed; so no callback
 * of an owner ever comes from within a call of its own.
 */
#include "directory/ldap_pool.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/must.h"

#define TICK_MS 100

#ifndef TAILQ_FOREACH_SAFE
#define TAILQ_FOREACH_SAFE(at, head, entry, next)                              \
	for (at = TAILQ_FIRST(head);                                           \
	     at && ((next) = TAILQ_NEXT(at, entry), 1); at = next)
#endif

struct ldap_slot {
	TAILQ_ENTRY(ldap_slot) entry;
	struct ldap_pool *pool; /* borrowed: it owns us */
	struct ldap_link *link; /* owned */
	unsigned server;
	unsigned load;
	uint64_t opened_ms, used_ms;
	bool spoilt; /* goes when its load is gone */
};

struct ldap_wait {
	TAILQ_ENTRY(ldap_wait) entry;
	struct ldap_pool *pool; /* borrowed */
	uint32_t avoid;
	ldap_pool_fn *on_slot;
	void *arg; /* borrowed */
};

TAILQ_HEAD(slots, ldap_slot);
TAILQ_HEAD(waits, ldap_wait);

struct ldap_pool {
	struct ldap_servers *servers; /* borrowed */
	bool service;
	size_t max, n;
	unsigned shared;
	struct slots slots; /* owned */
	struct waits waits; /* owned, the oldest first */
	size_t nwaits;
	struct event *soon; /* owned: run() from the loop */
	struct event *tick; /* owned */
	uint64_t opened;
};

/* --- the servers' health ----------------------------------------------------------- */

static bool
is_resting(const struct ldap_servers *servers, unsigned i, uint64_t now)
{
	return servers->health[i].rest_until_ms > now;
}

bool
ldap_servers_have(const struct ldap_servers *servers, uint32_t beside)
{
	uint64_t now = clock_ms();

	for (unsigned i = 0; i < servers->n; i++)
		if (!(beside & 1u << i) && !is_resting(servers, i, now))
			return true;
	return false;
}

static void
server_failed(struct ldap_servers *servers, unsigned i, const char *why)
{
	struct ldap_health *health = &servers->health[i];

	health->rest_ms = health->rest_ms ? health->rest_ms * 2
					  : LDAP_REST_FIRST_MS;
	if (health->rest_ms > LDAP_REST_MAX_MS)
		health->rest_ms = LDAP_REST_MAX_MS;
	health->rest_until_ms = clock_ms() + health->rest_ms;
	health->fails++;
	/* as often as it has something new to say */
	if (!health->told || strcmp(health->why, why) != 0)
		log_warn("directory %s: %s: %s", servers->name,
		    servers->env.conf->servers.v[i].text, why);
	health->told = true;
	snprintf(health->why, sizeof(health->why), "%s", why);
}

static void
server_works(struct ldap_servers *servers, unsigned i)
{
	struct ldap_health *health = &servers->health[i];

	if (health->told)
		log_info("directory %s: %s works again", servers->name,
		    servers->env.conf->servers.v[i].text);
	health->told = false;
	health->rest_ms = health->rest_until_ms = 0;
}

static const char *
last_words(const struct ldap_servers *servers)
{
	for (unsigned i = 0; i < servers->n; i++)
		if (servers->health[i].why[0])
			return servers->health[i].why;
	return "it does not answer";
}

/* --- connections --------------------------------------------------------------------- */

static void
soon(struct ldap_pool *pool)
{
	event_active(pool->soon, EV_TIMEOUT, 1);
}

static void
slot_free(struct ldap_slot *slot)
{
	struct ldap_pool *pool = slot->pool;

	TAILQ_REMOVE(&pool->slots, slot, entry);
	pool->n--;
	ldap_link_free(slot->link);
	free(slot);
}

static void
on_change(struct ldap_link *link, void *arg)
{
	struct ldap_slot *slot = arg;
	struct ldap_pool *pool = slot->pool;
	bool was_up = slot->used_ms != 0;

	soon(pool);
	if (ldap_link_step(link) == LDAP_LINK_UP) {
		slot->used_ms = clock_ms();
		server_works(pool->servers, slot->server);
		return;
	}
	/* one that worked may have been closed for being idle */
	if (!was_up)
		server_failed(pool->servers, slot->server, ldap_link_why(link));
	slot->spoilt = true;
	if (slot->load == 0)
		slot_free(slot);
}

static void
open_slot(struct ldap_pool *pool, unsigned server)
{
	struct ldap_slot *slot = mem_zalloc(sizeof(*slot));

	slot->pool = pool;
	slot->server = server;
	slot->opened_ms = clock_ms();
	slot->link = ldap_link_open(&pool->servers->env,
	    &pool->servers->env.conf->servers.v[server], pool->service,
	    on_change, slot);
	TAILQ_INSERT_TAIL(&pool->slots, slot, entry);
	pool->n++;
	pool->opened++;
}

static bool
is_open(const struct ldap_slot *slot)
{
	return !slot->spoilt && ldap_link_step(slot->link) == LDAP_LINK_UP;
}

/* The least loaded on the first server of the list. */
static struct ldap_slot *
pick(struct ldap_pool *pool, uint32_t avoid)
{
	uint64_t now = clock_ms();
	struct ldap_slot *slot, *best = NULL;

	TAILQ_FOREACH(slot, &pool->slots, entry)
	{
		if (!is_open(slot) || slot->load >= pool->shared ||
		    (avoid & 1u << slot->server) ||
		    is_resting(pool->servers, slot->server, now))
			continue;
		if (!best || slot->server < best->server ||
		    (slot->server == best->server && slot->load < best->load))
			best = slot;
	}
	return best;
}

struct count {
	size_t opening;   /* to servers that aren't to be avoided */
	bool slow;        /* all of those take long */
	uint32_t servers; /* to which there is a connection, or will be */
};

static struct count
count_opening(const struct ldap_pool *pool, uint32_t avoid)
{
	struct count count = { .slow = true };
	uint64_t now = clock_ms();
	const struct ldap_slot *slot;

	TAILQ_FOREACH(slot, &pool->slots, entry)
	{
		if (slot->spoilt || (avoid & 1u << slot->server))
			continue;
		if (ldap_link_step(slot->link) != LDAP_LINK_UP) {
			count.opening++;
			if (now - slot->opened_ms < LDAP_RIVAL_MS)
				count.slow = false;
		}
		count.servers |= 1u << slot->server;
	}
	return count;
}

/* The first server that may be asked and isn't among those; -1: none. */
static int
choose(const struct ldap_pool *pool, uint32_t avoid)
{
	uint64_t now = clock_ms();

	for (unsigned i = 0; i < pool->servers->n; i++)
		if (!(avoid & 1u << i) && !is_resting(pool->servers, i, now))
			return (int)i;
	return -1;
}

static void
open_some(struct ldap_pool *pool, const struct ldap_wait *first)
{
	struct count count = count_opening(pool, first->avoid);
	size_t wanted = (pool->nwaits + pool->shared - 1) / pool->shared;
	int server = choose(pool, first->avoid);

	if (count.opening > 0 && count.slow) {
		int rival = choose(pool, first->avoid | count.servers);

		if (rival >= 0 && pool->n < pool->max + pool->servers->n)
			open_slot(pool, (unsigned)rival);
		return;
	}
	while (server >= 0 && count.opening < wanted && pool->n < pool->max) {
		open_slot(pool, (unsigned)server);
		count.opening++;
	}
}

/* --- who waits ------------------------------------------------------------------------ */

static void
wait_end(struct ldap_wait *wait, struct ldap_slot *slot, const char *why)
{
	struct ldap_pool *pool = wait->pool;
	ldap_pool_fn *on_slot = wait->on_slot;
	void *arg = wait->arg;

	TAILQ_REMOVE(&pool->waits, wait, entry);
	pool->nwaits--;
	free(wait);
	if (slot) {
		slot->load++;
		slot->used_ms = clock_ms();
	}
	on_slot(slot, why, arg);
}

/* Nothing that could serve it is there or on its way. */
static bool
is_hopeless(const struct ldap_pool *pool, const struct ldap_wait *wait)
{
	const struct ldap_slot *slot;
	uint64_t now = clock_ms();

	if (choose(pool, wait->avoid) >= 0)
		return false;
	TAILQ_FOREACH(slot, &pool->slots, entry)
	if (!slot->spoilt && !(wait->avoid & 1u << slot->server) &&
	    !is_resting(pool->servers, slot->server, now))
		return false;
	TAILQ_FOREACH(slot, &pool->slots, entry)
	if (!slot->spoilt && !(wait->avoid & 1u << slot->server) &&
	    ldap_link_step(slot->link) < LDAP_LINK_UP)
		return false;
	return true;
}

/* The first whose waiting can end; whoever is called may cancel others. */
static bool
serve_one(struct ldap_pool *pool)
{
	struct ldap_wait *wait;
	struct ldap_slot *slot;

	TAILQ_FOREACH(wait, &pool->waits, entry)
	{
		slot = pick(pool, wait->avoid);
		if (slot || is_hopeless(pool, wait)) {
			wait_end(wait, slot, last_words(pool->servers));
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
	struct count count = count_opening(pool, 0);
	int best = choose(pool, 0);
	struct ldap_slot *slot, *next, *up = pick(pool, 0);

	if (pool->service && best >= 0 &&
	    !(count.servers & ((1u << (best + 1)) - 1)))
		open_slot(pool, (unsigned)best);
	TAILQ_FOREACH_SAFE(slot, &pool->slots, entry, next)
	if (up && slot->load == 0 && slot->server > up->server &&
	    ldap_link_step(slot->link) == LDAP_LINK_UP)
		slot_free(slot);
}

static void
close_idle(struct ldap_pool *pool)
{
	uint64_t now = clock_ms();
	struct ldap_slot *slot, *next;

	TAILQ_FOREACH_SAFE(slot, &pool->slots, entry, next)
	{
		if (slot->load > 0)
			continue;
		if (slot->spoilt ||
		    (is_open(slot) && now - slot->used_ms > LDAP_IDLE_MS &&
			(!pool->service || pool->n > 1)))
			slot_free(slot);
	}
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
	close_idle(arg);
	run(arg);
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

void
ldap_pool_give(struct ldap_slot *slot, enum ldap_slot_end end)
{
	struct ldap_pool *pool = slot->pool;

	must(slot->load > 0);
	slot->load--;
	slot->spoilt |= end != LDAP_SLOT_GOOD;
	if (end == LDAP_SLOT_SILENT)
		server_failed(pool->servers, slot->server,
		    "it took a question and does not answer");
	soon(pool);
	/* its link may be what called us: it goes with the next tick */
}

struct ldap_link *
ldap_slot_link(struct ldap_slot *slot)
{
	return slot->link;
}

unsigned
ldap_slot_server(const struct ldap_slot *slot)
{
	return slot->server;
}

/* --- life -------------------------------------------------------------------------------- */

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
	TAILQ_INIT(&pool->slots);
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
	while (!TAILQ_EMPTY(&pool->slots))
		slot_free(TAILQ_FIRST(&pool->slots));
	while ((wait = TAILQ_FIRST(&pool->waits)) != NULL)
		ldap_pool_cancel(wait);
	event_free(pool->soon);
	event_free(pool->tick);
	free(pool);
}

void
ldap_pool_status(const struct ldap_pool *pool, struct json *json)
{
	const struct ldap_slot *slot;
	size_t load = 0;

	TAILQ_FOREACH(slot, &pool->slots, entry)
	load += slot->load;
	json_u64(json, "connections", pool->n);
	json_u64(json, "opened", pool->opened);
	json_u64(json, "asked", load);
	json_u64(json, "waiting", pool->nwaits);
}

void
ldap_servers_status(const struct ldap_servers *servers, struct json *json)
{
	json_array(json, "servers");
	for (size_t i = 0; i < servers->n; i++) {
		const struct ldap_health *health = &servers->health[i];

		json_open(json, NULL);
		json_str(json, "server",
		    slice_of(servers->env.conf->servers.v[i].text));
		json_bool(json, "works", health->rest_ms == 0);
		json_u64(json, "failures", health->fails);
		if (health->rest_ms)
			json_str(json, "why", slice_of(health->why));
		json_close(json);
	}
	json_array_end(json);
}
