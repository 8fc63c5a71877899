/*
 * ldap_provider: a login's way through a directory.
 *
 * Runs in the directory process.  Each login is a struct that waits for one
 * thing at a time; a late answer finds nothing, since what it came from was
 * freed with the login.
 */
#include "directory/ldap_provider.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "directory/accounts.h"
#include "directory/ldap_account.h"
#include "directory/ldap_bind.h"
#include "directory/ldap_filter.h"
#include "directory/ldap_groups.h"
#include "directory/ldap_search.h"

#define KNOWN_MAX 200000 /* names that are kept */
#define SEARCH_LINKS 4
#define FILTER_SIZE 8192
/* A name that nobody has: its bind takes as long as a real one's. */
#define NOBODY_DN "cn=nobody.invalid,%s"

struct ldap_provider {
	struct ldap_servers servers;
	const struct ldap_directory *conf;  /* borrowed */
	SSL_CTX *ctx;                       /* reference */
	struct secret password;             /* owned */
	struct warden *warden;              /* borrowed */
	struct grace *grace;                /* borrowed */
	struct ldap_pool *searches, *binds; /* owned */
	struct map *known;     /* owned: accounts by name; references */
	struct map *logins;    /* owned: by id */
	struct map *refreshes; /* owned: by canonical name */
	const char **attrs;    /* owned */
	char *nobody;          /* owned: NOBODY_DN */
	provider_fn *on_answer;
	void *arg; /* borrowed */
	uint64_t right, wrong, unavailable, by_grace, unchecked, refreshed;
};

struct login {
	struct ldap_provider *provider; /* borrowed: it owns us */
	uint64_t id;
	bool no_password;             /* who is it? */
	char typed[ACCOUNT_NAME_MAX]; /* folded */
	size_t ntyped;
	struct secret password; /* owned */
	struct addr client;
	bool has_client;
	struct event *soon;         /* owned */
	struct ldap_search *search; /* owned, as the next two */
	struct ldap_bind *bind;
	struct ldap_groups *groups;
	struct ldap_account *account; /* reference; NULL: not found */
	bool from_memory;             /* account is */
	bool again;                   /* account was wrong: is it the same? */
	bool at_warden;               /* warden_end is to be called */
};

/* --- small things ---------------------------------------------------------------- */

static struct slice
id_key(const uint64_t *id)
{
	return slice_from(id, sizeof(*id));
}

static struct slice
typed_of(const struct login *login)
{
	return slice_from(login->typed, login->ntyped);
}

/* What the warden counts by: one spelling for all names of an account. */
static struct slice
warden_key(const struct login *login)
{
	return login->account ? slice_of(login->account->dn) : typed_of(login);
}

static struct warden_limits
warden_limits_of(const struct ldap_provider *provider)
{
	const struct ldap_directory *conf = provider->conf;

	return (struct warden_limits){
		.remember_ms = conf->times.remember,
		.window_ms = conf->times.window,
		.account = conf->limits.account,
		.client = conf->limits.client,
	};
}

static void
leave_warden(struct login *login, enum warden_end end)
{
	struct warden_limits limits = warden_limits_of(login->provider);

	if (!login->at_warden)
		return;
	login->at_warden = false;
	warden_end(login->provider->warden, &limits, warden_key(login),
	    secret_slice(&login->password),
	    login->has_client ? &login->client : NULL, end, clock_ms());
}

static void
login_free(void *arg)
{
	struct login *login = arg;

	leave_warden(login, WARDEN_NOT_KNOWN);
	ldap_search_free(login->search);
	ldap_bind_free(login->bind);
	ldap_groups_free(login->groups);
	ldap_account_unref(login->account);
	event_free(login->soon);
	secret_clear(&login->password);
	free(login);
}

/* --- the end of a login ------------------------------------------------------------- */

static void
answer(struct login *login, const struct provider_answer *answer)
{
	struct ldap_provider *provider = login->provider;
	uint64_t id = login->id;

	(void)map_take(provider->logins, id_key(&id));
	provider->on_answer(id, answer, provider->arg);
	login_free(login);
}

static void
answer_verdict(struct login *login, enum provider_verdict verdict)
{
	struct provider_answer out = { .verdict = verdict };

	login->provider->wrong += verdict == PROVIDER_WRONG;
	answer(login, &out);
}

static void
answer_right(struct login *login)
{
	struct ldap_provider *provider = login->provider;
	struct provider_answer out = {
		.verdict = PROVIDER_OK,
		.account = slice_of(login->account->name),
		.groups = slice_of(login->account->groups),
		.names = slice_of(login->account->lines),
	};
	struct grace_login known = { out.account, out.groups };

	provider->right++;
	if (!login->no_password)
		grace_remember(provider->grace, typed_of(login),
		    secret_slice(&login->password), &known, clock_ms());
	answer(login, &out);
}

/* From memory, if this very password was right there. */
static bool
answer_by_grace(struct login *login)
{
	struct ldap_provider *provider = login->provider;
	struct provider_answer out = { .verdict = PROVIDER_OK };
	struct grace_login known;

	if (login->no_password ||
	    grace_find(provider->grace, typed_of(login),
		secret_slice(&login->password), provider->conf->times.grace,
		clock_ms(), &known) < 0)
		return false;
	provider->by_grace++;
	out.account = known.account;
	out.groups = known.groups;
	answer(login, &out);
	return true;
}

/* Who has been seen goes on under the name that was proven. */
static bool
answer_from_memory(struct login *login)
{
	if (!login->no_password || !login->account || !login->account->groups ||
	    clock_ms() - login->account->fetched_ms >
		login->provider->conf->times.grace)
		return false;
	answer_right(login);
	return true;
}

static void
unavailable(struct login *login, const char *why)
{
	struct ldap_provider *provider = login->provider;
	struct provider_answer out = { .verdict = PROVIDER_NOT_NOW };
	static struct log_limit limit;
	unsigned missed;

	leave_warden(login, WARDEN_NOT_KNOWN);
	provider->unavailable++;
	if (log_allowed(&limit, 6, &missed))
		log_warn("directory %s can't be asked: %s",
		    provider->conf->name, why ? why : "no server answers");
	if (answer_by_grace(login) || answer_from_memory(login))
		return;
	if (provider->conf->admit_unchecked && !login->no_password) {
		provider->unchecked++;
		log_warn("directory %s: a login was admitted unchecked",
		    provider->conf->name);
		out.verdict = PROVIDER_OK;
		out.account = typed_of(login);
	}
	answer(login, &out);
}

/* --- groups ----------------------------------------------------------------------------- */

static void
set_groups(struct ldap_account *account, char *text)
{
	free(account->groups);
	account->groups = text;
	account->fetched_ms = clock_ms();
}

static void
on_groups(struct ldap_groups *groups, char *text, const char *why, void *arg)
{
	struct login *login = arg;

	if (text)
		set_groups(login->account, text);
	if (login->account->groups)
		answer_right(login);
	else
		unavailable(login, why);
}

static void
find_groups(struct login *login)
{
	struct ldap_provider *provider = login->provider;

	if (login->account->groups) {
		answer_right(login);
		return;
	}
	login->groups = ldap_groups_start(provider->searches,
	    &provider->servers, login->account, on_groups, login);
}

/* --- the password -------------------------------------------------------------------------- */

static void find_account(struct login *login);

static void
on_nobody(struct ldap_bind *bind, enum provider_verdict verdict,
    const char *why, void *arg)
{
	struct login *login = arg;

	if (verdict == PROVIDER_NOT_NOW) {
		unavailable(login, why);
		return;
	}
	leave_warden(login, WARDEN_WAS_WRONG);
	answer_verdict(login, PROVIDER_WRONG);
}

/* Memory may know an account by a place that it has left since. */
static bool
look_again(struct login *login)
{
	struct ldap_provider *provider = login->provider;

	if (!login->from_memory)
		return false;
	for (size_t i = 0; i < login->account->nnames; i++)
		map_del(provider->known, slice_of(login->account->names[i]));
	ldap_bind_free(login->bind);
	login->bind = NULL;
	login->from_memory = false;
	login->again = true;
	find_account(login);
	return true;
}

static void
was_wrong(struct login *login)
{
	grace_forget(login->provider->grace, typed_of(login),
	    secret_slice(&login->password));
	leave_warden(login, WARDEN_WAS_WRONG);
	answer_verdict(login, PROVIDER_WRONG);
}

/* Whoever knows the password, as far as we can tell, may know that the
 * account is locked; to a stranger it would say that there is one. */
static void
was_locked(struct login *login)
{
	struct ldap_provider *provider = login->provider;
	struct grace_login known;
	bool knows = grace_find(provider->grace, typed_of(login),
			 secret_slice(&login->password), UINT64_MAX, clock_ms(),
			 &known) == 0;

	leave_warden(login, WARDEN_NOT_KNOWN);
	answer_verdict(login, knows ? PROVIDER_LOCKED : PROVIDER_WRONG);
}

static void
on_bound(struct ldap_bind *bind, enum provider_verdict verdict, const char *why,
    void *arg)
{
	struct login *login = arg;

	switch (verdict) {
	case PROVIDER_OK:
		leave_warden(login, WARDEN_WAS_RIGHT);
		ldap_bind_free(login->bind);
		login->bind = NULL;
		find_groups(login);
		break;
	case PROVIDER_WRONG:
		if (!look_again(login))
			was_wrong(login);
		break;
	case PROVIDER_LOCKED:
		was_locked(login);
		break;
	case PROVIDER_EXPIRED:
	case PROVIDER_MUST_CHANGE:
	case PROVIDER_DISABLED:
	case PROVIDER_HOURS:
		leave_warden(login, WARDEN_NOT_KNOWN);
		answer_verdict(login, verdict);
		break;
	case PROVIDER_NOT_NOW:
	case PROVIDER_SPENT:
		unavailable(login, why);
		break;
	}
}

static void
bind_as(struct login *login)
{
	struct ldap_provider *provider = login->provider;
	const char *dn = login->account ? login->account->dn : provider->nobody;

	login->at_warden = true;
	login->bind = ldap_bind_start(provider->binds, &provider->servers, dn,
	    secret_slice(&login->password),
	    login->account ? on_bound : on_nobody, login);
}

static void
spent(struct login *login, uint32_t retry_s)
{
	struct provider_answer out = {
		.verdict = PROVIDER_SPENT,
		.retry_s = retry_s,
	};

	if (login->provider->conf->past == PAST_KNOWN && answer_by_grace(login))
		return;
	answer(login, &out);
}

static void
ask_warden(struct login *login)
{
	struct ldap_provider *provider = login->provider;
	struct warden_limits limits = warden_limits_of(provider);
	uint32_t retry_s = 1;

	switch (warden_begin(provider->warden, &limits, warden_key(login),
	    secret_slice(&login->password),
	    login->has_client ? &login->client : NULL, clock_ms(), &retry_s)) {
	case WARDEN_ASK:
		bind_as(login);
		break;
	case WARDEN_WRONG:
		answer_verdict(login, PROVIDER_WRONG);
		break;
	case WARDEN_SPENT:
		spent(login, retry_s);
		break;
	}
}

/* --- the account ---------------------------------------------------------------------------- */

static void
forget_known(void *arg)
{
	ldap_account_unref(arg);
}

static void
remember(struct ldap_provider *provider, struct ldap_account *account)
{
	for (size_t i = 0; i < account->nnames; i++)
		map_set(provider->known, slice_of(account->names[i]),
		    ldap_account_ref(account));
}

static void
found_account(struct login *login)
{
	if (!login->no_password)
		ask_warden(login);
	else if (login->account)
		find_groups(login);
	else
		answer_verdict(login, PROVIDER_WRONG);
}

static bool
is_same(const struct ldap_account *old, const struct ldap_account *fresh)
{
	return old && fresh && strcasecmp(old->dn, fresh->dn) == 0;
}

static void
on_found(struct ldap_search *search, enum ldap_found found,
    struct ldap_entry *const *entries, size_t n, const char *why, void *arg)
{
	struct login *login = arg;
	struct ldap_provider *provider = login->provider;
	struct ldap_account *account;

	if (found == LDAP_FOUND_NOT) {
		unavailable(login, why);
		return;
	}
	account = ldap_account_pick(
	    provider->conf, typed_of(login), entries, n);
	if (account)
		remember(provider, account);
	ldap_search_free(search);
	login->search = NULL;
	if (login->again && is_same(login->account, account)) {
		ldap_account_unref(account);
		was_wrong(login);
		return;
	}
	leave_warden(login, WARDEN_NOT_KNOWN);
	ldap_account_unref(login->account);
	login->account = account;
	found_account(login);
}

static struct ldap_search *
search_account(struct ldap_provider *provider, struct slice name,
    ldap_search_fn *fn, void *arg)
{
	char filter[FILTER_SIZE];
	struct ldap_query query = {
		.base = provider->conf->base,
		.scope = LDAP_SCOPE_SUBTREE,
		.filter = filter,
		.attrs = provider->attrs,
		.max = 2,
	};

	if (ldap_account_filter(provider->conf, name, filter, sizeof(filter)) <
	    0)
		return NULL;
	return ldap_search_start(
	    provider->searches, &provider->servers, &query, fn, arg);
}

static void
find_account(struct login *login)
{
	struct slice name;

	if (ldap_account_typed(login->provider->conf, typed_of(login), &name))
		login->search = search_account(
		    login->provider, name, on_found, login);
	if (!login->search) /* a name that is nobody's here */
		answer_verdict(login, PROVIDER_WRONG);
}

/* --- refreshing behind people's backs --------------------------------------------------------- */

struct refresh {
	struct ldap_provider *provider; /* borrowed: it owns us */
	struct ldap_account *account;   /* reference: the fresh one */
	char *name;                     /* owned */
	struct ldap_search *search;     /* owned */
	struct ldap_groups *groups;     /* owned */
};

static void
refresh_free(void *arg)
{
	struct refresh *refresh = arg;

	ldap_search_free(refresh->search);
	ldap_groups_free(refresh->groups);
	ldap_account_unref(refresh->account);
	free(refresh->name);
	free(refresh);
}

static void
refresh_end(struct refresh *refresh)
{
	map_del(refresh->provider->refreshes, slice_of(refresh->name));
}

static void
on_fresh_groups(
    struct ldap_groups *groups, char *text, const char *why, void *arg)
{
	struct refresh *refresh = arg;

	if (text) {
		set_groups(refresh->account, text);
		remember(refresh->provider, refresh->account);
		refresh->provider->refreshed++;
	}
	refresh_end(refresh);
}

static void
on_fresh(struct ldap_search *search, enum ldap_found found,
    struct ldap_entry *const *entries, size_t n, const char *why, void *arg)
{
	struct refresh *refresh = arg;
	struct ldap_provider *provider = refresh->provider;

	if (found != LDAP_FOUND_NOT)
		refresh->account = ldap_account_pick(
		    provider->conf, slice_of(refresh->name), entries, n);
	if (!refresh->account) {
		refresh_end(refresh);
		return;
	}
	refresh->groups = ldap_groups_start(provider->searches,
	    &provider->servers, refresh->account, on_fresh_groups, refresh);
}

static void
start_refresh(struct ldap_provider *provider, const char *name)
{
	struct refresh *refresh;

	if (map_peek(provider->refreshes, slice_of(name)))
		return;
	refresh = mem_zalloc(sizeof(*refresh));
	refresh->provider = provider;
	refresh->name = mem_dup(name);
	refresh->search = search_account(
	    provider, slice_of(name), on_fresh, refresh);
	if (refresh->search)
		map_set(provider->refreshes, slice_of(name), refresh);
	else
		refresh_free(refresh);
}

/* An account that was read a while ago is good, but read again meanwhile; one
 * that was read long ago is looked for anew. */
static struct ldap_account *
find_known(struct ldap_provider *provider, struct slice typed)
{
	uint64_t refresh = provider->conf->times.refresh, age;
	struct ldap_account *account = map_get(provider->known, typed);

	if (!account || !account->groups)
		return NULL;
	age = clock_ms() - account->fetched_ms;
	if (age > refresh && ldap_servers_have(&provider->servers, 0))
		start_refresh(provider, account->name);
	return age > 2 * refresh ? NULL : account;
}

/* --- the face ------------------------------------------------------------------------------------ */

static void
on_soon(evutil_socket_t fd, short what, void *arg)
{
	struct login *login = arg;
	struct ldap_account *account = find_known(
	    login->provider, typed_of(login));

	if (!account) {
		/* for who can't be asked about later on */
		if (login->no_password)
			account = map_get(
			    login->provider->known, typed_of(login));
		if (account &&
		    !ldap_servers_have(&login->provider->servers, 0)) {
			login->account = ldap_account_ref(account);
			unavailable(login, NULL);
			return;
		}
		find_account(login);
		return;
	}
	login->account = ldap_account_ref(account);
	login->from_memory = true;
	found_account(login);
}

static int
begin(struct ldap_provider *provider, uint64_t id, struct slice account,
    struct slice password, const struct addr *client, bool no_password)
{
	struct login *login;

	if (map_count(provider->logins) >= provider->conf->limits.queue ||
	    account.n == 0 || account.n > ACCOUNT_NAME_MAX ||
	    (password.n == 0 && !no_password))
		return -1;
	login = mem_zalloc(sizeof(*login));
	login->provider = provider;
	login->id = id;
	login->no_password = no_password;
	login->ntyped = account_name_fold(account, login->typed).n;
	if (!no_password) {
		secret_init(&login->password, password.n);
		secret_set(&login->password, password.p, password.n);
	}
	login->has_client = client != NULL;
	if (client)
		login->client = *client;
	login->soon = event_new(
	    provider->servers.env.base, -1, 0, on_soon, login);
	if (!login->soon)
		fatal("cannot make an event");
	map_set(provider->logins, id_key(&id), login);
	event_active(login->soon, EV_TIMEOUT, 1);
	return 0;
}

static int
start(void *self, uint64_t id, struct slice account, struct slice password,
    const struct addr *client)
{
	return begin(self, id, account, password, client, false);
}

static int
find(void *self, uint64_t id, struct slice account)
{
	return begin(self, id, account, SLICE_EMPTY, NULL, true);
}

static void
cancel(void *self, uint64_t id)
{
	struct ldap_provider *provider = self;

	map_del(provider->logins, id_key(&id));
}

static void
status(const void *self, struct json *json)
{
	const struct ldap_provider *provider = self;

	json_open(json, provider->conf->name);
	json_u64(json, "right", provider->right);
	json_u64(json, "wrong", provider->wrong);
	json_u64(json, "unavailable", provider->unavailable);
	json_u64(json, "by_grace", provider->by_grace);
	json_u64(json, "unchecked", provider->unchecked);
	json_u64(json, "refreshed", provider->refreshed);
	json_u64(json, "under_way", map_count(provider->logins));
	json_u64(json, "names_known", map_count(provider->known));
	json_u64(json, "grace_known", grace_count(provider->grace));
	warden_status(provider->warden, json);
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

/* --- life ------------------------------------------------------------------------------------------ */

static void
make_pools(struct ldap_provider *provider)
{
	provider->searches = ldap_pool_new(
	    &provider->servers, true, SEARCH_LINKS, LDAP_SHARED);
	provider->binds = ldap_pool_new(
	    &provider->servers, false, provider->conf->limits.connections, 1);
}

struct ldap_provider *
ldap_provider_new(
    const struct ldap_provider_setup *setup, provider_fn *on_answer, void *arg)
{
	struct ldap_provider *provider = mem_zalloc(sizeof(*provider));
	size_t n = setup->conf->servers.n;

	provider->conf = setup->conf;
	provider->warden = setup->warden;
	provider->grace = setup->grace;
	provider->ctx = setup->ctx;
	if (provider->ctx)
		SSL_CTX_up_ref(provider->ctx);
	secret_init(&provider->password, setup->password.n + 1);
	secret_set(&provider->password, setup->password.p, setup->password.n);
	provider->servers.n = n < LDAP_SERVERS_MAX ? n : LDAP_SERVERS_MAX;
	provider->servers.name = setup->conf->name;
	provider->servers.env = (struct ldap_env){
		.base = setup->base,
		.resolver = setup->resolver,
		.conf = setup->conf,
		.ctx = provider->ctx,
		.password = secret_slice(&provider->password),
	};
	provider->known = map_new(KNOWN_MAX, forget_known);
	provider->logins = map_new(0, login_free);
	provider->refreshes = map_new(0, refresh_free);
	provider->attrs = ldap_account_attrs(setup->conf);
	provider->nobody = mem_printf(NOBODY_DN, setup->conf->base);
	provider->on_answer = on_answer;
	provider->arg = arg;
	make_pools(provider);
	return provider;
}

static int
pick_login(struct slice key, void *value, void *arg)
{
	*(struct login **)arg = value;
	return 1;
}

void
ldap_provider_free(struct ldap_provider *provider)
{
	struct login *login;

	if (!provider)
		return;
	for (;;) {
		login = NULL;
		(void)map_each(provider->logins, pick_login, &login);
		if (!login)
			break;
		answer_verdict(login, PROVIDER_NOT_NOW);
	}
	map_free(provider->refreshes);
	map_free(provider->logins);
	ldap_pool_free(provider->searches);
	ldap_pool_free(provider->binds);
	map_free(provider->known);
	SSL_CTX_free(provider->ctx);
	secret_clear(&provider->password);
	free(provider->attrs);
	free(provider->nobody);
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
