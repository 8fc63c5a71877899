/*
 * pool: idle upstream connections, newest used first, oldest closed first.
 */
#include "proxy/pool.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/must.h"
#include "proxy/worker.h"

TAILQ_HEAD(upstream_list, upstream);

struct bucket {
	struct upstream_list idle; /* newest first */
	size_t n;
};

struct pool {
	struct worker *worker;     /* borrowed */
	struct map *buckets;       /* by key; only those with something in */
	struct upstream_list idle; /* oldest first */
	struct upstream_list all;
	size_t nidle;
	struct event *sweep; /* owned */
};

#define SWEEP_S 1
/* An origin may close what has been idle for long just as a request is on
 * its way; no common one does so sooner. */
#define FRESH_MS 3000

static void on_sweep(evutil_socket_t fd, short what, void *arg);

struct pool *
pool_new(struct worker *worker)
{
	struct pool *pool = mem_zalloc(sizeof(*pool));
	struct timeval every = { .tv_sec = SWEEP_S };

	pool->worker = worker;
	pool->buckets = map_new(0, free);
	TAILQ_INIT(&pool->idle);
	TAILQ_INIT(&pool->all);
	pool->sweep = event_new(worker->base, -1, EV_PERSIST, on_sweep, pool);
	event_add(pool->sweep, &every);
	return pool;
}

void
pool_free(struct pool *pool)
{
	struct upstream *up;

	if (pool == NULL)
		return;
	while ((up = TAILQ_FIRST(&pool->all)) != NULL)
		upstream_free(up);
	event_free(pool->sweep);
	map_free(pool->buckets);
	free(pool);
}

/* Out of the idle lists; idle_ms tells whether it is in them. */
static void
unlist(struct pool *pool, struct upstream *up)
{
	struct bucket *bucket = map_peek(pool->buckets, up->key);

	must(bucket != NULL && bucket->n > 0);
	TAILQ_REMOVE(&bucket->idle, up, bucket);
	if (--bucket->n == 0)
		map_del(pool->buckets, up->key);
	TAILQ_REMOVE(&pool->idle, up, idle);
	pool->nidle--;
	up->idle_ms = 0;
}

void
pool_add(struct pool *pool, struct upstream *up)
{
	TAILQ_INSERT_TAIL(&pool->all, up, all);
}

void
pool_remove(struct pool *pool, struct upstream *up)
{
	if (up->idle_ms != 0)
		unlist(pool, up);
	TAILQ_REMOVE(&pool->all, up, all);
}

/* A connection that somebody logged in on (NTLM, Negotiate) speaks for that
 * client alone. */
static struct upstream *
find_owned(const struct bucket *bucket, const char *owner)
{
	struct upstream *up;

	TAILQ_FOREACH(up, &bucket->idle, bucket)
	if (strcmp(up->owner, owner) == 0)
		return up;
	return NULL;
}

struct upstream *
pool_take(struct pool *pool, const struct pool_want *want)
{
	struct bucket *bucket = map_peek(pool->buckets, want->key);
	struct upstream *up;

	if (bucket == NULL)
		return NULL;
	up = find_owned(bucket, want->owner);
	if (up == NULL && want->owner[0] != '\0')
		up = find_owned(bucket, "");
	/* its own is used however old it is: another has no login */
	if (up == NULL ||
	    (want->once && up->owner[0] == '\0' &&
		up->idle_ms + FRESH_MS < clock_ms()))
		return NULL;
	must(slice_eq(up->key, want->key));
	unlist(pool, up);
	pool->worker->counts.upstreams_reused++;
	return up;
}

void
pool_give(struct pool *pool, struct upstream *up)
{
	const struct limits *limits = &pool->worker->rules->conf->limits;
	struct bucket *bucket = map_peek(pool->buckets, up->key);

	must(up->idle_ms == 0);
	upstream_keep_session(up);
	if (pool->worker->draining || limits->upstream_idle == 0) {
		upstream_free(up);
		return;
	}
	/* this one stays: somebody may be about to log in on it */
	if (bucket != NULL && bucket->n >= limits->upstream_per_key)
		upstream_free(TAILQ_LAST(&bucket->idle, upstream_list));
	if (pool->nidle >= limits->upstream_idle)
		upstream_free(TAILQ_FIRST(&pool->idle));
	/* the lines above may have emptied the bucket */
	bucket = map_peek(pool->buckets, up->key);
	if (bucket == NULL) {
		bucket = mem_zalloc(sizeof(*bucket));
		TAILQ_INIT(&bucket->idle);
		map_set(pool->buckets, up->key, bucket);
	}
	up->x = NULL;
	up->exchanges++;
	up->idle_ms = clock_ms();
	TAILQ_INSERT_HEAD(&bucket->idle, up, bucket);
	bucket->n++;
	TAILQ_INSERT_TAIL(&pool->idle, up, idle);
	pool->nidle++;
}

void
pool_drop(struct pool *pool, struct upstream *up)
{
	must(up->x == NULL);
	upstream_free(up);
}

void
pool_disown(struct pool *pool, const char *owner)
{
	struct upstream *up, *next;

	for (up = TAILQ_FIRST(&pool->idle); up != NULL; up = next) {
		next = TAILQ_NEXT(up, idle);
		if (strcmp(up->owner, owner) == 0)
			upstream_free(up);
	}
}

size_t
pool_idle_count(const struct pool *pool)
{
	return pool->nidle;
}

static void
on_sweep(evutil_socket_t fd, short what, void *arg)
{
	struct pool *pool = arg;
	uint64_t keep = pool->worker->rules->conf->timeouts.upstream_idle;
	uint64_t now = clock_ms();
	struct upstream *up;

	while ((up = TAILQ_FIRST(&pool->idle)) != NULL &&
	    up->idle_ms + keep <= now)
		upstream_free(up);
}

static bool
still_allowed(const struct worker *worker, const struct upstream *up)
{
	struct subject subject = {
		.account = slice_of(up->account->name),
		.groups = up->account->groups,
		.ngroups = up->account->ngroups,
		.host = &up->host,
		.port = up->port,
		.addr = &up->addr,
		.when = time(NULL),
	};

	return policy_decide(worker->rules->policy, &subject).verdict !=
	    VERDICT_DENY;
}

void
pool_recheck(struct pool *pool)
{
	struct upstream *up, *next;

	for (up = TAILQ_FIRST(&pool->idle); up != NULL; up = next) {
		next = TAILQ_NEXT(up, idle);
		/* what was verified may not be trusted any more */
		if (up->secure || !still_allowed(pool->worker, up))
			upstream_free(up);
	}
}

struct upstream *
pool_first(struct pool *pool)
{
	return TAILQ_FIRST(&pool->all);
}

struct upstream *
pool_next(struct upstream *up)
{
	return TAILQ_NEXT(up, all);
}
