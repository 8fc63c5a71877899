/*
 * setup: puts what comes over the supervisor's channel where the worker has
 * it. Opens nothing by itself: every descriptor was handed over.
 */
#include "proxy/setup.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "net/leafkey.h"
#include "proxy/audit.h"
#include "proxy/client.h"
#include "proxy/contexts.h"
#include "proxy/fetch.h"
#include "proxy/keyring.h"
#include "proxy/leaves.h"
#include "proxy/logins.h"
#include "proxy/origins.h"
#include "proxy/pool.h"
#include "proxy/rules.h"
#include "proxy/sessions.h"
#include "proxy/spared.h"
#include "proxy/watch.h"

/* --- the configuration ------------------------------------------------------- */

static bool
conf_lists(const struct conf *conf, const struct addr *addr)
{
	for (size_t i = 0; i < conf->listeners.n; i++)
		if (addr_eq(&conf->listeners.v[i].addr, addr))
			return true;
	return false;
}

/* Closes the listeners that the configuration no longer has. */
static void
drop_listens(struct worker *worker, const struct conf *conf)
{
	size_t kept = 0;

	for (size_t i = 0; i < worker->nlistens; i++) {
		if (!conf_lists(conf, &worker->listen_addrs[i])) {
			listen_free(worker->listens[i]);
			continue;
		}
		worker->listens[kept] = worker->listens[i];
		worker->listen_addrs[kept++] = worker->listen_addrs[i];
	}
	worker->nlistens = kept;
}

static void
apply(struct worker *worker, struct rules *rules)
{
	struct rules *old = worker->rules;
	const struct limits *limits = &rules->conf->limits;

	worker->rules = rules;
	worker->h1.request_line = limits->request_line;
	worker->h1.header_bytes = limits->header_bytes;
	worker->h1.header_count = limits->header_count;
	worker->watch = rules->conf->filter_path ? worker->own_watch : NULL;
	if (worker->watch == NULL)
		worker->own_watch->conf = NULL;
	drop_listens(worker, rules->conf);
	/* certificates may have changed with the rules; whose logins have, the
	 * directory process says */
	leaves_free(worker->leaves);
	worker->leaves = leaves_new(limits->leaf_cache);
	origins_free(worker->origins);
	worker->origins = origins_new(limits->leaf_cache);
	logins_limit(worker->logins, rules->conf->timeouts.login_cache);
	sessions_forget(worker->sessions);
	fetches_forget(worker->fetches);
	if (rules->conf->bypass_ms == 0)
		spared_forget(worker->spared);
	if (old != NULL)
		pool_recheck(worker->pool);
	rules_free(old);
}

const char *
setup_rules(struct worker *worker, uint32_t generation, struct slice path,
    int bundle_fd)
{
	const char *why = NULL;
	struct rules *rules = rules_load(
	    worker, generation, path, bundle_fd, &why);

	if (rules == NULL)
		return why;
	if (rules->conf->filter_path != NULL)
		why = watch_apply(worker->own_watch, rules->conf);
	if (why != NULL) {
		rules_free(rules);
		return why;
	}
	apply(worker, rules);
	return NULL;
}

/* --- listeners and keys ------------------------------------------------------ */

static void
on_accept(
    int fd, const struct addr *client, const struct addr *local, void *arg)
{
	client_accept(arg, fd, client, local);
}

/* nlistens where there is none at that address. */
static size_t
listen_find(const struct worker *worker, const struct addr *addr)
{
	size_t i = 0;

	while (i < worker->nlistens && !addr_eq(&worker->listen_addrs[i], addr))
		i++;
	return i;
}

/* One of an address that is there already replaces it: it is a descriptor of
 * the same socket, so no connection is lost. Before the start a connection
 * waits in the kernel. */
void
setup_on_listen(
    struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct worker *worker = arg;
	size_t i = listen_find(worker, &body->setup_listen.addr);

	if (fd == -1)
		fatal("a listening socket did not come along");
	if (i < worker->nlistens) {
		listen_free(worker->listens[i]);
	} else {
		worker->listens = mem_resize(
		    worker->listens, i + 1, sizeof(*worker->listens));
		worker->listen_addrs = mem_resize(
		    worker->listen_addrs, i + 1, sizeof(*worker->listen_addrs));
		worker->nlistens = i + 1;
	}
	worker->listen_addrs[i] = body->setup_listen.addr;
	worker->listens[i] = listen_new(worker->base, fd, on_accept, worker);
	if (worker->resolver == NULL)
		listen_pause(worker->listens[i]);
}

void
setup_listen_start(struct worker *worker)
{
	for (size_t i = 0; i < worker->nlistens; i++)
		listen_resume(worker->listens[i]);
}

void
setup_on_record(
    struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct worker *worker = arg;

	audit_set_sink(worker->audit, body->setup_record.sink, fd);
}

void
setup_on_leaf_key(
    struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct worker *worker = arg;
	EVP_PKEY *key = leafkey_read(body->setup_leaf_key.key_der);

	if (key == NULL)
		fatal("the leaf key can't be read");
	EVP_PKEY_free(worker->leaf_key);
	worker->leaf_key = key;
	SSL_CTX_free(worker->client_ctx);
	worker->client_ctx = tls_server_ctx(key, SLICE_EMPTY);
	if (worker->leaves != NULL)
		leaves_forget(worker->leaves);
}

void
setup_on_tickets(
    struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct worker *worker = arg;

	if (worker->leaf_key == NULL)
		fatal("ticket keys came before the leaf key");
	secret_set(worker->tickets, body->setup_tickets.keys.p,
	    body->setup_tickets.keys.n);
	contexts_renew(worker);
	SSL_CTX_free(worker->client_ctx);
	worker->client_ctx = tls_server_ctx(
	    worker->leaf_key, body->setup_tickets.keys);
}

void
setup_on_key(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct worker *worker = arg;
	const char *why;

	if (fd == -1)
		fatal("a key's file did not come along");
	why = keyring_put(worker->keyring, body->setup_key.path, fd);
	if (why != NULL)
		log_error("%s", why); /* the configuration is refused then */
}

void
setup_on_lookup_key(
    struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct worker *worker = arg;

	watch_set_key(worker->own_watch, body->setup_lookup_key.key);
}

void
setup_on_filter(
    struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct worker *worker = arg;

	watch_set_filter(worker->own_watch, fd);
}
