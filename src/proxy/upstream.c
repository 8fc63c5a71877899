/*
 * upstream: one origin connection and the account it belongs to. What is
 * said on it is the exchange's business; where it waits is the pool's.
 */
#include "proxy/upstream.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/must.h"
#include "proxy/exchange.h"
#include "proxy/pool.h"
#include "proxy/sessions.h"

struct slice
upstream_key(char buf[UPSTREAM_KEY_SIZE], const struct rules *rules,
    const struct account *account, const struct host *dial,
    const struct host *host, uint16_t port, bool secure)
{
	int n = snprintf(buf, UPSTREAM_KEY_SIZE, "%u %u %c %s %s %u",
	    rules->generation, account->number, secure ? 's' : 'p', dial->name,
	    host->name, port);

	must(n > 0 && n < UPSTREAM_KEY_SIZE);
	return slice_from(buf, (size_t)n);
}

static void
on_io(struct io *io, enum io_event event, void *arg)
{
	struct upstream *up = arg;

	if (event == IO_SECURE)
		up->ready = true;
	if (event == IO_ERROR)
		up->failed = true;
	if (up->x != NULL)
		exchange_run(up->x);
	else
		pool_drop(up->worker->pool, up);
}

struct upstream *
upstream_new(struct worker *worker, int fd, struct account *account,
    struct slice key, const struct host *host, uint16_t port, bool secure,
    const struct addr *addr)
{
	struct upstream *up = mem_zalloc(sizeof(*up));

	up->worker = worker;
	up->io = io_new(worker->base, fd, on_io, up);
	up->reader = h1_reader_new(false, &worker->h1);
	up->account = account_ref(account);
	up->key = slice_from(slice_dup(key), key.n);
	up->host = *host;
	up->port = port;
	up->secure = secure;
	up->ready = !secure;
	up->addr = *addr;
	up->started_ms = clock_ms();
	worker_id(worker, up->id);
	worker->counts.upstreams++;
	pool_add(worker->pool, up);
	return up;
}

void
upstream_keep_session(struct upstream *up)
{
	if (up->secure && up->ready && up->io != NULL)
		sessions_keep(
		    up->worker->sessions, up->key, up->io, &up->looked);
}

void
upstream_free(struct upstream *up)
{
	if (up == NULL)
		return;
	upstream_keep_session(up);
	pool_remove(up->worker->pool, up);
	io_free(up->io);
	h1_reader_free(up->reader);
	account_unref(up->account);
	free((char *)up->key.p);
	free(up);
}
