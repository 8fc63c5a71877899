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

enum slot_in {
	IN_NONE, /* full, or spoilt */
	IN_OPENING,
	IN_FREE
};

struct ldap_slot {
	TAILQ_ENTRY(ldap_slot) entry; /* of all */
	TAILQ_ENTRY(ldap_slot) state; /* of the list that `in` names */
	enum slot_in in;
	struct ldap_pool *pool; /* borrowed: it owns us */
	struct ldap_link *link; /* owned */
	unsigned server;
	unsigned load;
	uint64_t opened_ms, used_ms;
	bool served; /* it has answered */
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
	/* Borrowed, so that nobody walks a thousand connections for one
	 * login: those on their way, and those that can take more, by server,
	 * the one used last in front: the others get old and are closed. */
	struct slots opening, free[LDAP_SERVERS_MAX];
	size_t alive[LDAP_SERVERS_MAX]; /* not spoilt */
	struct waits waits;             /* owned, the oldest first */
	size_t nwaits;
	size_t asked, asked_most; /* what slots carry, in all */
	struct event *soon;       /* owned: run() from the loop */
	struct event *tick;       /* owned */
	uint64_t opened;
};

/* --- connections --------------------------------------------------------------------- */

static void
soon(struct ldap_pool *pool)
{
	event_active(pool->soon, EV_TIMEOUT, 1);
}

static void
slot_leave(struct ldap_slot *slot)
{
	struct ldap_pool *pool = slot->pool;

	if (slot->in == IN_OPENING)
		TAILQ_REMOVE(&pool->opening, slot, state);
	else if (slot->in == IN_FREE)
		TAILQ_REMOVE(&pool->free[slot->server], slot, state);
	slot->in = IN_NONE;
}

/* Into the list where it belongs by now. */
static void
slot_file(struct ldap_slot *slot)
{
	struct ldap_pool *pool = slot->pool;

	slot_leave(slot);
	if (slot->spoilt)
		return;
	if (ldap_link_step(slot->link) < LDAP_LINK_UP) {
		TAILQ_INSERT_TAIL(&pool->opening, slot, state);
		slot->in = IN_OPENING;
	} else if (slot->load < pool->shared) {
		TAILQ_INSERT_HEAD(&pool->free[slot->server], slot, state);
		slot->in = IN_FREE;
	}
}

static void
slot_spoil(struct ldap_slot *slot)
{
	if (slot->spoilt)
		return;
	slot->spoilt = true;
	slot->pool->alive[slot->server]--;
	slot_leave(slot);
}

static void
slot_free(struct ldap_slot *slot)
{
	struct ldap_pool *pool = slot->pool;

	slot_spoil(slot);
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
		slot_file(slot);
		ldap_servers_work(pool->servers, slot->server);
		return;
	}
	/* one that worked may have been closed for being idle */
	if (!was_up)
		ldap_servers_failed(
		    pool->servers, slot->server, ldap_link_why(link));
	slot_spoil(slot);
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
	pool->alive[server]++;
	slot_file(slot);
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

	for (unsigned i = 0; !best && i < pool->servers->n; i++) {
		if ((avoid & 1u << i) ||
		    ldap_servers_rest(pool->servers, i, now))
			continue;
		TAILQ_FOREACH(slot, &pool->free[i], state)
		{
			if (!best || slot->load < best->load)
				best = slot;
			if (best->load == 0)
				break;
		}
	}
	return best;
}

/* Those to which there is a connection, or will be. */
static uint32_t
servers_alive(const struct ldap_pool *pool, uint32_t avoid)
{
	uint32_t mask = 0;

	for (unsigned i = 0; i < pool->servers->n; i++)
		if (pool->alive[i] > 0 && !(avoid & 1u << i))
			mask |= 1u << i;
	return mask;
}

struct count {
	size_t opening; /* to servers that aren't to be avoided */
	bool slow;      /* all of those take long */
};

static struct count
count_opening(const struct ldap_pool *pool, uint32_t avoid)
{
	struct count count = { .slow = true };
	uint64_t now = clock_ms();
	const struct ldap_slot *slot;

	TAILQ_FOREACH(slot, &pool->opening, state)
	{
		if (avoid & 1u << slot->server)
			continue;
		count.opening++;
		if (now - slot->opened_ms < LDAP_RIVAL_MS)
			count.slow = false;
	}
	return count;
}

/* The first server that may be asked and isn't among those; -1: none. */
static int
choose(const struct ldap_pool *pool, uint32_t avoid)
{
	uint64_t now = clock_ms();

	for (unsigned i = 0; i < pool->servers->n; i++)
		if (!(avoid & 1u << i) &&
		    !ldap_servers_rest(pool->servers, i, now))
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
		int rival = choose(
		    pool, first->avoid | servers_alive(pool, first->avoid));

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
		if (++pool->asked > pool->asked_most)
			pool->asked_most = pool->asked;
		slot->used_ms = clock_ms();
		slot_file(slot);
	}
	on_slot(slot, why, arg);
}

/* Nothing that could serve it is there or on its way. */
static bool
is_hopeless(const struct ldap_pool *pool, const struct ldap_wait *wait)
{
	uint64_t now = clock_ms();

	if (choose(pool, wait->avoid) >= 0)
		return false;
	for (unsigned i = 0; i < pool->servers->n; i++)
		if (pool->alive[i] > 0 && !(wait->avoid & 1u << i) &&
		    !ldap_servers_rest(pool->servers, i, now))
			return false;
	return count_opening(pool, wait->avoid).opening == 0;
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
	int best = choose(pool, 0);
	struct ldap_slot *slot, *next, *up = pick(pool, 0);

	if (pool->service && best >= 0 &&
	    !(servers_alive(pool, 0) & ((1u << (best + 1)) - 1)))
		open_slot(pool, (unsigned)best);
	for (unsigned i = up ? up->server + 1 : LDAP_SERVERS_MAX;
	     i < pool->servers->n; i++)
		TAILQ_FOREACH_SAFE(slot, &pool->free[i], state, next)
	if (slot->load == 0)
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
	pool->asked--;
	slot->served |= end == LDAP_SLOT_GOOD;
	if (end == LDAP_SLOT_GOOD)
		slot_file(slot);
	else
		slot_spoil(slot);
	if (end == LDAP_SLOT_SILENT)
		ldap_servers_failed(pool->servers, slot->server,
		    "it took a question and gave no answer");
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

bool
ldap_slot_has_served(const struct ldap_slot *slot)
{
	return slot->served;
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
	TAILQ_INIT(&pool->opening);
	for (size_t i = 0; i < LDAP_SERVERS_MAX; i++)
		TAILQ_INIT(&pool->free[i]);
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
	json_u64(json, "connections", pool->n);
	json_u64(json, "opened", pool->opened);
	json_u64(json, "asked", pool->asked);
	json_u64(json, "asked_most", pool->asked_most);
	json_u64(json, "waiting", pool->nwaits);
}
