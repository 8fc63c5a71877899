/*
 * setup: turns what comes over the supervisor's channel into the worker's
 * parts. Opens nothing by itself: every descriptor was handed over.
 */
#include "proxy/setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "conf/given.h"
#include "http/target.h"
#include "net/leafkey.h"
#include "proxy/alert.h"
#include "proxy/audit.h"
#include "proxy/client.h"
#include "proxy/contexts.h"
#include "proxy/fetch.h"
#include "proxy/keyring.h"
#include "proxy/leaves.h"
#include "proxy/logins.h"
#include "proxy/notices.h"
#include "proxy/origins.h"
#include "proxy/page.h"
#include "proxy/spared.h"
#include "proxy/pool.h"
#include "proxy/sessions.h"
#include "proxy/tags.h"
#include "proxy/watch.h"

/* --- the configuration ------------------------------------------------------- */

void
rules_free(struct rules *rules)
{
	if (rules == NULL)
		return;
	contexts_clear(rules);
	pages_free(rules->pages);
	cas_clear(&rules->cas);
	policy_free(rules->policy);
	conf_free(rules->conf);
	bundle_free(rules->bundle);
	free(rules);
}

char *
setup_preload(struct bundle *bundle, const struct conf *conf)
{
	struct slice text;
	char *why = NULL;
	struct pages *pages = pages_load(bundle, conf->pages_dir, &why);

	if (pages == NULL)
		return why;
	pages_free(pages);
	if (conf->trust_system &&
	    bundle_get(bundle, CONF_SYSTEM_TRUST, &text) != 0 &&
	    conf->trust.n == 0)
		return mem_dup("there are no trust anchors: install "
			       "ca-certificates or name a file with `trust`");
	return NULL;
}

/* conf has judged the URL: what can't be read is no host of ours. */
static void
find_site(struct rules *rules)
{
	char *url = conf_site(rules->conf);

	if (url != NULL &&
	    authority_parse(slice_of(url + strlen("http://")), 80, &rules->site,
		&rules->site_port) != NULL)
		rules->site.len = 0;
	free(url);
}

/* The supervisor has tried them and said what is wrong, if anything is. */
static const char *
load_pages(struct rules *rules)
{
	char *why;

	rules->pages = pages_load(rules->bundle, rules->conf->pages_dir, &why);
	if (rules->pages != NULL)
		return NULL;
	log_error("%s", why);
	free(why);
	return "the pages can't be used";
}

/* RFC 9110 section 7.6.3 lets a proxy use a pseudonym: the host's real name
 * is nobody's business outside. It must differ between two proxies in a
 * row, or each would take the other for a loop. */
static void
name_pseudonym(struct rules *rules)
{
	const char *name = rules->conf->host_name;
	char host[256] = "";
	uint64_t hash;

	if (name == NULL && gethostname(host, sizeof(host) - 1) == 0)
		name = host;
	hash = slice_hash(slice_of(name), 0);
	if (rules->conf->listeners.n > 0)
		hash ^= slice_hash(slice_from(&rules->conf->listeners.v[0].addr,
				       sizeof(struct addr)),
		    1);
	snprintf(rules->pseudonym, sizeof(rules->pseudonym), "sallyport-%08x",
	    (unsigned)hash);
	snprintf(rules->via, sizeof(rules->via), "1.1 %s", rules->pseudonym);
}

static const char *
fill_rules(struct rules *rules, const struct worker *worker)
{
	const char *why;

	rules->policy = policy_new(rules->conf);
	why = contexts_load(rules, worker);
	if (why == NULL)
		why = cas_load(&rules->cas, rules->bundle, rules->conf);
	if (why != NULL)
		return why;
	why = load_pages(rules);
	if (why == NULL) {
		name_pseudonym(rules);
		find_site(rules);
	}
	return why;
}

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
	struct rules *rules = mem_zalloc(sizeof(*rules));
	struct given given;
	const char *why = given_take(&given, bundle_fd, path);

	rules->generation = generation;
	rules->bundle = given.bundle;
	rules->conf = given.conf;
	if (why == NULL)
		why = fill_rules(rules, worker);
	if (why == NULL && rules->conf->filter_path != NULL)
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

/* --- peers -------------------------------------------------------------------- */

static void
on_leaf_done(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct worker *worker = arg;

	pending_answer(worker->pending, body->leaf_done.id, body);
}

static void
on_login_done(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct worker *worker = arg;

	pending_answer(worker->pending, body->login_done.id, body);
}

static void
on_credential_done(
    struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct worker *worker = arg;

	pending_answer(worker->pending, body->credential_done.id, body);
}

static void
on_way_done(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct worker *worker = arg;

	pending_answer(worker->pending, body->way_done.id, body);
}

static void
on_notice(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct worker *worker = arg;

	notices_on_notice(worker->notices, &body->notice);
}

static void
on_names(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct worker *worker = arg;

	watch_set_names(worker->own_watch, fd);
}

/* Where the channel to each kind of peer is kept. */
static struct chan **
peer_slot(struct worker *worker, enum role role)
{
	switch (role) {
	case ROLE_SIGNER:
		return &worker->signer;
	case ROLE_DIRECTORY:
		return &worker->directory;
	case ROLE_ALERTER:
		return &worker->alerter;
	case ROLE_SUPERVISOR:
	case ROLE_PROXY:
	case ROLE_GUARD: /* proxy/tags.h */
	case ROLE_COUNT:
		break;
	}
	fatal("a worker has no business with a %s", role_info(role)->name);
}

/* What was asked over a channel that has died finds its deadline; a new
 * channel comes from the supervisor. */
static void
on_peer_closed(struct chan *chan, const char *words, void *arg)
{
	struct worker *worker = arg;

	log_warn("the channel to the %s is closed%s%s",
	    role_info(chan_peer(chan))->name, words != NULL ? ": " : "",
	    words != NULL ? words : "");
	*peer_slot(worker, chan_peer(chan)) = NULL;
	chan_free(chan);
}

static void
on_crl(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct worker *worker = arg;

	crls_set(worker->crls, body->crl.tag, body->crl.der);
}

static void
on_pin_state(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct worker *worker = arg;

	spared_set(worker->spared, &body->pin_state);
}

static const struct chan_ops signer_ops = {
	.on = {
		[MSG_leaf_done] = on_leaf_done,
		[MSG_crl] = on_crl,
		[MSG_pin_state] = on_pin_state,
	},
	.on_closed = on_peer_closed,
};

static void
on_logins_stale(
    struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct worker *worker = arg;

	logins_spread(worker->logins, body->logins_stale.source,
	    body->logins_stale.within_ms);
}

static void
on_accounts_stale(
    struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	logins_forget_accounts(
	    arg, body->accounts_stale.names, body->accounts_stale.gone != 0);
}

static const struct chan_ops directory_ops = {
	.on = {
		[MSG_logins_stale] = on_logins_stale,
		[MSG_accounts_stale] = on_accounts_stale,
		[MSG_login_done] = on_login_done,
		[MSG_credential_done] = on_credential_done,
		[MSG_way_done] = on_way_done,
		[MSG_notice] = on_notice,
		[MSG_setup_names] = on_names,
	},
	.on_closed = on_peer_closed,
};

/* It is told, and says nothing. */
static const struct chan_ops alerter_ops = { .on_closed = on_peer_closed };

static const struct chan_ops *const peer_ops[ROLE_COUNT] = {
	[ROLE_SIGNER] = &signer_ops,
	[ROLE_DIRECTORY] = &directory_ops,
	[ROLE_ALERTER] = &alerter_ops,
};

void
setup_peer(struct worker *worker, enum role role, int fd)
{
	struct chan **slot;

	if (role == ROLE_GUARD) {
		tags_peer(worker, fd);
		return;
	}
	slot = peer_slot(worker, role);
	chan_free(*slot);
	/* a fresh process can't tell what has changed while it was away */
	if (role == ROLE_DIRECTORY)
		logins_spread(worker->logins, 0, LOGINS_SPREAD_MS);
	*slot = chan_new(
	    worker->base, fd, ROLE_PROXY, role, peer_ops[role], worker);
	if (role == ROLE_ALERTER)
		alert_resume(worker);
}
