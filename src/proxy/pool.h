/*
 * pool: every upstream connection of the worker, and the idle ones by key.
 *
 * The key holds the account: nothing here can hand a connection of one
 * account to another.
 */
#ifndef PROXY_POOL_H
#define PROXY_POOL_H

#include "proxy/upstream.h"

struct pool;

struct pool *pool_new(struct worker *worker);
void pool_free(struct pool *pool); /* closes all of them */

/* Every upstream is added when it is made and removed when it is freed, by
 * upstream.c alone. */
void pool_add(struct pool *pool, struct upstream *up);
void pool_remove(struct pool *pool, struct upstream *up);

/* What is asked of an idle connection. */
struct pool_want {
	struct slice key;
	const char *owner; /* one that this client logged in on, or that nobody
	                    * did; "": the latter */
	bool once;         /* the request must not be sent a second time */
};

/* The best idle connection, the one used last before others, now the
 * caller's; or NULL. */
struct upstream *pool_take(struct pool *pool, const struct pool_want *want);
/* An exchange is done with it: keeps it, or closes the oldest beyond the
 * limits. */
void pool_give(struct pool *pool, struct upstream *up);
/* An idle one ended or spoke out of turn. */
void pool_drop(struct pool *pool, struct upstream *up);
/* A client has left: closes the idle ones that it logged in on. */
void pool_disown(struct pool *pool, const char *owner);
size_t pool_idle_count(const struct pool *pool);
/* Closes the idle ones whose address an account may not reach any more. */
void pool_recheck(struct pool *pool);

struct upstream *pool_first(struct pool *pool); /* over all, for status */
struct upstream *pool_next(struct upstream *up);

#endif
