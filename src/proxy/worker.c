/*
 * worker: makes and unmakes the context, and answers the supervisor. What
 * happens to a connection begins in client.c.
 */
#include "proxy/worker.h"

#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/reach.h"
#include "base/secret.h"
#include "ipc/roleloop.h"
#include "proxy/alert.h"
#include "proxy/audit.h"
#include "proxy/census.h"
#include "proxy/client.h"
#include "proxy/exchange.h"
#include "proxy/fetch.h"
#include "proxy/keyring.h"
#include "proxy/leaves.h"
#include "proxy/logins.h"
#include "proxy/notices.h"
#include "proxy/origins.h"
#include "proxy/peers.h"
#include "proxy/pool.h"
#include "proxy/proxy.h"
#include "proxy/sessions.h"
#include "proxy/setup.h"
#include "proxy/spared.h"
#include "proxy/status.h"
#include "proxy/tags.h"
#include "proxy/watch.h"

#define LOGINS_MAX 65536
#define PENDING_MAX 8192

bool
worker_is_self(const struct worker *worker, const struct addr *addr)
{
	for (size_t i = 0; i < worker->nlistens; i++) {
		const struct addr *mine = &worker->listen_addrs[i];
		struct addr any = { .port = mine->port };

		if (addr->port != mine->port)
			continue;
		if (addr_same_ip(addr, mine))
			return true;
		memcpy(any.ip, mine->ip, sizeof(any.ip));
		if (addr_is_unspecified(&any) && addr_is_loopback(addr))
			return true;
	}
	return false;
}

const struct listener *
worker_listener(
    const struct worker *worker, const struct addr *local, size_t *index)
{
	const struct conf *conf = worker->rules->conf;

	for (size_t i = 0; i < conf->listeners.n; i++) {
		const struct listener *one = &conf->listeners.v[i];

		if (one->addr.port == local->port &&
		    (addr_same_ip(&one->addr, local) ||
			addr_is_unspecified(&one->addr))) {
			*index = i;
			return one;
		}
	}
	return NULL;
}

struct slice
worker_date(struct worker *worker)
{
	uint64_t now = clock_wall_us();

	if (now / 1000000 != worker->date_s) {
		worker->date_s = now / 1000000;
		clock_http(worker->date, now);
	}
	return slice_of(worker->date);
}

/* 10 base-32 digits of a number that starts at a random place for each
 * worker and start: short enough to read over the phone. */
char *
worker_id(struct worker *worker, char buf[ID_SIZE])
{
	static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	uint64_t id = worker->ids++;

	for (int i = 10; i >= 0; i--) {
		if (i == 5) {
			buf[i] = '-';
			continue;
		}
		buf[i] = digits[id & 31];
		id >>= 5;
	}
	buf[11] = '\0';
	return buf;
}

void
worker_maybe_stop(struct worker *worker)
{
	if (worker->draining && worker->nclients == 0 && worker->lingering == 0)
		roleloop_stop(worker->loop);
}

void
worker_io_gone(void *arg)
{
	struct worker *worker = arg;

	worker->lingering--;
	worker_maybe_stop(worker);
}

/* --- the role's life ------------------------------------------------------------ */

static void
on_init(struct roleloop *loop, void *arg)
{
	struct worker *worker = arg;

	worker->loop = loop;
	worker->base = roleloop_base(loop);
	worker->index = roleloop_index(loop);
	secret_random(&worker->ids, sizeof(worker->ids));
	TAILQ_INIT(&worker->clients);
	worker->pending = pending_new(worker->base, PENDING_MAX);
	worker->logins = logins_new(LOGINS_MAX);
	worker->pool = pool_new(worker);
	worker->census = census_new();
	worker->audit = audit_new(worker);
	worker->own_watch = watch_new();
	worker->sessions = sessions_new();
	worker->spared = spared_new();
	worker->fetches = fetches_new();
	worker->keyring = keyring_new();
	worker->tickets = mem_zalloc(sizeof(*worker->tickets));
	secret_init(
	    worker->tickets, TLS_TICKET_KEYS_SIZE * TLS_TICKET_KEYS_MAX);
	worker->crls = crls_new();
	worker->notices = notices_new();
	worker->piece = evbuffer_new();
}

static const char *
on_conf(struct roleloop *loop, struct slice path, int fd, void *arg)
{
	return setup_rules(arg, roleloop_generation(loop) + 1, path, fd);
}

static void
on_peer(
    struct roleloop *loop, enum role role, unsigned index, int fd, void *arg)
{
	peers_take(arg, role, fd);
}

/* The resolver and the scanner read their files now: later no file can be
 * opened. */
static const char *
on_start(struct roleloop *loop, void *arg)
{
	struct worker *worker = arg;
	const struct conf *conf = worker->rules->conf;

	worker->resolver = resolver_new(worker->base, conf->resolvers.v,
	    conf->resolvers.n, conf->timeouts.resolve);
	watch_start(worker->own_watch, &conf->limits);
	setup_listen_start(worker);
	return NULL;
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct worker *worker = arg;

	log_info("%zu connections cut at the end of the time to drain",
	    worker->nclients);
	roleloop_stop(worker->loop);
}

/* Who is between two requests has nothing to lose. */
static void
close_idle(struct worker *worker)
{
	struct client *client, *next;

	for (client = TAILQ_FIRST(&worker->clients); client != NULL;
	     client = next) {
		next = TAILQ_NEXT(client, next);
		client->x->keep = false;
		if (client->x->step == STEP_READ &&
		    !h1_started(client->reader, io_input(client->io)))
			exchange_abort(client->x, REASON_SHUTDOWN);
	}
}

static void
on_drain(struct roleloop *loop, uint64_t deadline_ms, void *arg)
{
	struct worker *worker = arg;
	uint64_t now = clock_ms();
	uint64_t left = deadline_ms > now ? deadline_ms - now : 0;
	struct timeval tv = { .tv_sec = (time_t)(left / 1000),
		.tv_usec = (suseconds_t)(left % 1000) * 1000 };

	worker->draining = true;
	for (size_t i = 0; i < worker->nlistens; i++)
		listen_free(worker->listens[i]);
	worker->nlistens = 0;
	event_base_once(worker->base, -1, EV_TIMEOUT, on_deadline, worker, &tv);
	close_idle(worker);
	worker_maybe_stop(worker);
}

static void
on_status(struct roleloop *loop, uint64_t id, enum status_what what, void *arg)
{
	status_answer(arg, loop, id, what);
}

static void
on_end(struct roleloop *loop, void *arg)
{
	struct worker *worker = arg;
	struct client *client;

	worker->draining = false; /* we have stopped */
	worker->ended = true;
	while ((client = TAILQ_FIRST(&worker->clients)) != NULL) {
		client->end = REASON_SHUTDOWN;
		client_free(client);
	}
	for (size_t i = 0; i < worker->nlistens; i++)
		listen_free(worker->listens[i]);
	free(worker->listens);
	free(worker->listen_addrs);
	pool_free(worker->pool);
	sessions_free(worker->sessions);
	spared_free(worker->spared);
	fetches_free(worker->fetches);
	keyring_free(worker->keyring);
	secret_clear(worker->tickets);
	free(worker->tickets);
	resolver_free(worker->resolver);
	chan_free(worker->signer);
	chan_free(worker->directory);
	chan_free(worker->guard);
	chan_free(worker->alerter);
	alert_free(worker);
	pending_free(worker->pending);
	logins_free(worker->logins);
	leaves_free(worker->leaves);
	origins_free(worker->origins);
	crls_free(worker->crls);
	audit_free(worker->audit);
	watch_free(worker->own_watch);
	census_free(worker->census);
	notices_free(worker->notices);
	rules_free(worker->rules);
	SSL_CTX_free(worker->client_ctx);
	EVP_PKEY_free(worker->leaf_key);
	evbuffer_free(worker->piece);
}

static const struct roleloop_ops ops = {
	.on_init = on_init,
	.on_conf = on_conf,
	.on_peer = on_peer,
	.on_start = on_start,
	.on_drain = on_drain,
	.on_status = on_status,
	.on_exit = on_end,
	.on = {
		[MSG_setup_listen] = setup_on_listen,
		[MSG_setup_record] = setup_on_record,
		[MSG_setup_leaf_key] = setup_on_leaf_key,
		[MSG_setup_tagging] = tags_on_tagging,
		[MSG_setup_tickets] = setup_on_tickets,
		[MSG_setup_key] = setup_on_key,
		[MSG_setup_lookup_key] = setup_on_lookup_key,
		[MSG_setup_filter] = setup_on_filter,
	},
};

int
proxy_main(unsigned index)
{
	struct worker worker;

	memset(&worker, 0, sizeof(worker));
	return roleloop_run(ROLE_PROXY, index, &ops, &worker);
}
