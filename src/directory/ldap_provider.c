/*
 * ldap_provider: puts together what a directory's logins work with.
 *
 * Runs in the directory process.  How a login goes is in ldap_login.h.
 */
#include "directory/ldap_provider.h"

#include <sys/resource.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "directory/ldap_base.h"
#include "directory/ldap_login.h"

#define SEARCH_LINKS 8

struct ldap_provider {
	struct ldap_servers servers;
	struct ldap_means means;
	SSL_CTX *ctx;                       /* reference */
	struct secret password;             /* owned */
	struct ldap_pool *searches, *binds; /* owned */
	struct ldap_known *known;           /* owned */
	struct ldap_base *base;             /* owned */
	struct map *logins;                 /* owned: by id */
	struct ldap_tally tally;
	provider_fn *on_answer;
	void *arg; /* borrowed */
};

static struct slice
id_key(const uint64_t *id)
{
	return slice_from(id, sizeof(*id));
}

static void
free_login(void *arg)
{
	ldap_login_free(arg);
}

static void
on_login(uint64_t id, const struct provider_answer *answer, void *arg)
{
	struct ldap_provider *provider = arg;
	struct ldap_login *login = map_take(provider->logins, id_key(&id));

	provider->on_answer(id, answer, provider->arg);
	ldap_login_free(login);
}

static int
begin(struct ldap_provider *provider, const struct ldap_login_ask *ask)
{
	const struct ldap_directory *conf = provider->servers.env.conf;
	struct ldap_login *login;

	if (map_count(provider->logins) >= conf->limits.queue)
		return -1;
	login = ldap_login_start(
	    &provider->means, &provider->tally, ask, on_login, provider);
	if (!login)
		return -1;
	map_set(provider->logins, id_key(&ask->id), login);
	return 0;
}

/* --- the face ----------------------------------------------------------------- */

static int
start(void *self, uint64_t id, struct slice account, struct slice password,
    const struct addr *client)
{
	struct ldap_login_ask ask = {
		.id = id,
		.account = account,
		.password = password,
		.client = client,
	};

	return begin(self, &ask);
}

static int
find(void *self, uint64_t id, struct slice account)
{
	struct ldap_login_ask ask = {
		.id = id,
		.account = account,
		.no_password = true,
	};

	return begin(self, &ask);
}

static void
cancel(void *self, uint64_t id)
{
	struct ldap_provider *provider = self;

	map_del(provider->logins, id_key(&id));
}

static void
tally_status(const struct ldap_tally *tally, struct json *json)
{
	json_u64(json, "right", tally->right);
	json_u64(json, "wrong", tally->wrong);
	json_u64(json, "unavailable", tally->unavailable);
	json_u64(json, "by_grace", tally->by_grace);
	json_u64(json, "unchecked", tally->unchecked);
}

static void
status(const void *self, struct json *json)
{
	const struct ldap_provider *provider = self;

	json_open(json, provider->servers.name);
	tally_status(&provider->tally, json);
	json_u64(json, "under_way", map_count(provider->logins));
	ldap_base_status(provider->base, json);
	ldap_known_status(provider->known, json);
	json_u64(json, "grace_known", grace_count(provider->means.grace));
	warden_status(provider->means.warden, json);
	json_open(json, "searching");
	ldap_pool_status(provider->searches, json);
	json_close(json);
	json_open(json, "binding");
	ldap_pool_status(provider->binds, json);
	json_close(json);
	ldap_servers_status(&provider->servers, json);
	json_close(json);
}

struct provider
ldap_provider_face(struct ldap_provider *provider)
{
	static const struct provider_ops ops = {
		.name = "ldap",
		.start = start,
		.cancel = cancel,
		.find = find,
		.status = status,
	};

	return (struct provider){ &ops, provider };
}

/* --- life ---------------------------------------------------------------------- */

static void
set_servers(
    struct ldap_provider *provider, const struct ldap_provider_setup *setup)
{
	size_t n = setup->conf->servers.n;

	provider->servers.n = n < LDAP_SERVERS_MAX ? n : LDAP_SERVERS_MAX;
	provider->servers.name = setup->conf->name;
	provider->servers.env = (struct ldap_env){
		.base = setup->base,
		.resolver = setup->resolver,
		.conf = setup->conf,
		.ctx = provider->ctx,
		.password = secret_slice(&provider->password),
	};
}

/* What a process may have is for the servers of other directories, too. */
static size_t
most_connections(const struct ldap_directory *conf)
{
	struct rlimit limit;
	size_t most = conf->limits.connections;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
	    limit.rlim_cur / 2 < most) {
		most = (size_t)limit.rlim_cur / 2;
		log_warn("directory %s: %zu connections instead of %" PRIu64
			 ": there are no descriptors for more",
		    conf->name, most, conf->limits.connections);
	}
	return most;
}

struct ldap_provider *
ldap_provider_new(
    const struct ldap_provider_setup *setup, provider_fn *on_answer, void *arg)
{
	struct ldap_provider *provider = mem_zalloc(sizeof(*provider));

	provider->ctx = setup->ctx;
	if (provider->ctx)
		SSL_CTX_up_ref(provider->ctx);
	secret_init(&provider->password, setup->password.n + 1);
	secret_set(&provider->password, setup->password.p, setup->password.n);
	set_servers(provider, setup);
	provider->searches = ldap_pool_new(
	    &provider->servers, true, SEARCH_LINKS, LDAP_SHARED);
	provider->binds = ldap_pool_new(
	    &provider->servers, false, most_connections(setup->conf), 1);
	provider->known = ldap_known_new(
	    &provider->servers, provider->searches);
	provider->means = (struct ldap_means){
		.servers = &provider->servers,
		.searches = provider->searches,
		.binds = provider->binds,
		.known = provider->known,
		.warden = setup->warden,
		.grace = setup->grace,
	};
	provider->base = ldap_base_new(&provider->servers, provider->searches);
	provider->logins = map_new(0, free_login);
	provider->on_answer = on_answer;
	provider->arg = arg;
	return provider;
}

static int
pick_id(struct slice key, void *value, void *arg)
{
	memcpy(arg, key.p, sizeof(uint64_t));
	return 1;
}

static bool
give_up_one(struct ldap_provider *provider)
{
	struct provider_answer out = { .verdict = PROVIDER_NOT_NOW };
	uint64_t id;

	if (map_each(provider->logins, pick_id, &id) == 0)
		return false;
	on_login(id, &out, provider);
	return true;
}

void
ldap_provider_free(struct ldap_provider *provider)
{
	if (!provider)
		return;
	while (give_up_one(provider))
		;
	map_free(provider->logins);
	ldap_base_free(provider->base);
	ldap_known_free(provider->known);
	ldap_pool_free(provider->searches);
	ldap_pool_free(provider->binds);
	SSL_CTX_free(provider->ctx);
	secret_clear(&provider->password);
	free(provider);
}

void
ldap_provider_set_password(
    struct ldap_provider *provider, struct slice password)
{
	if (slice_eq(password, secret_slice(&provider->password)))
		return;
	secret_clear(&provider->password);
	secret_init(&provider->password, password.n + 1);
	secret_set(&provider->password, password.p, password.n);
	provider->servers.env.password = secret_slice(&provider->password);
	/* a connection that is up stays as whom it was bound */
	for (size_t i = 0; i < provider->servers.n; i++)
		provider->servers.health[i].rest_until_ms = 0;
}
