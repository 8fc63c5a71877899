/*
 * ldap_known: memory of accounts, and the searches that keep it fresh.
 *
 * Runs in the directory process.  It decides nothing about a password.
 */
#include "directory/ldap_known.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "directory/ldap_filter.h"
#include "directory/ldap_groups.h"

#define KNOWN_MAX 200000 /* names that are kept */
#define FILTER_SIZE 8192

struct ldap_known {
	struct ldap_servers *servers; /* borrowed */
	struct ldap_pool *searches;   /* borrowed */
	struct map *accounts;         /* owned: by name; references */
	struct map *refreshes;        /* owned: by canonical name */
	const char **attrs;           /* owned */
	uint64_t refreshed;
};

struct ldap_search *
ldap_known_search(struct ldap_known *known, struct slice name,
    ldap_search_fn *on_found, void *arg)
{
	const struct ldap_directory *conf = known->servers->env.conf;
	char filter[FILTER_SIZE];
	struct ldap_query query = {
		.base = conf->base,
		.scope = LDAP_SCOPE_SUBTREE,
		.filter = filter,
		.attrs = known->attrs,
		.max = 2,
	};

	if (ldap_account_filter(conf, name, filter, sizeof(filter)) < 0)
		return NULL;
	return ldap_search_start(
	    known->searches, known->servers, &query, on_found, arg);
}

static void
remember(struct ldap_known *known, struct ldap_account *account)
{
	for (size_t i = 0; i < account->nnames; i++)
		map_set(known->accounts, slice_of(account->names[i]),
		    ldap_account_ref(account));
}

struct ldap_account *
ldap_known_pick(struct ldap_known *known, struct slice name,
    struct ldap_entry *const *entries, size_t n)
{
	struct ldap_account *account = ldap_account_pick(
	    known->servers->env.conf, name, entries, n);

	if (account)
		remember(known, account);
	return account;
}

struct ldap_account *
ldap_known_old(struct ldap_known *known, struct slice name)
{
	return map_get(known->accounts, name);
}

void
ldap_known_forget(struct ldap_known *known, const struct ldap_account *account)
{
	for (size_t i = 0; i < account->nnames; i++)
		map_del(known->accounts, slice_of(account->names[i]));
}

/* --- refreshing behind people's backs --------------------------------------- */

struct refresh {
	struct ldap_known *known;     /* borrowed: it owns us */
	struct ldap_account *account; /* reference: the fresh one */
	char *name;                   /* owned */
	struct ldap_search *search;   /* owned */
	struct ldap_groups *groups;   /* owned */
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
	map_del(refresh->known->refreshes, slice_of(refresh->name));
}

static void
on_fresh_groups(
    struct ldap_groups *groups, char *text, const char *why, void *arg)
{
	struct refresh *refresh = arg;

	if (text) {
		ldap_account_set_groups(refresh->account, text, clock_ms());
		remember(refresh->known, refresh->account);
		refresh->known->refreshed++;
	}
	refresh_end(refresh);
}

static void
on_fresh(struct ldap_search *search, enum ldap_found found,
    struct ldap_entry *const *entries, size_t n, const char *why, void *arg)
{
	struct refresh *refresh = arg;
	struct ldap_known *known = refresh->known;

	if (found != LDAP_FOUND_NOT)
		refresh->account = ldap_account_pick(known->servers->env.conf,
		    slice_of(refresh->name), entries, n);
	if (!refresh->account) {
		refresh_end(refresh);
		return;
	}
	refresh->groups = ldap_groups_start(known->searches, known->servers,
	    refresh->account, on_fresh_groups, refresh);
}

static void
start_refresh(struct ldap_known *known, const char *name)
{
	struct refresh *refresh;

	if (map_peek(known->refreshes, slice_of(name)))
		return;
	refresh = mem_zalloc(sizeof(*refresh));
	refresh->known = known;
	refresh->name = mem_dup(name);
	refresh->search = ldap_known_search(
	    known, slice_of(name), on_fresh, refresh);
	if (refresh->search)
		map_set(known->refreshes, slice_of(name), refresh);
	else
		refresh_free(refresh);
}

/* An account that was read a while ago is good, but read again meanwhile; one
 * that was read long ago is looked for anew. */
struct ldap_account *
ldap_known_get(struct ldap_known *known, struct slice name)
{
	uint64_t refresh = known->servers->env.conf->times.refresh, age;
	struct ldap_account *account = map_get(known->accounts, name);

	if (!account || !account->groups)
		return NULL;
	age = clock_ms() - account->fetched_ms;
	if (age > refresh && ldap_servers_have(known->servers, 0))
		start_refresh(known, account->name);
	return age > 2 * refresh ? NULL : account;
}

/* --- life -------------------------------------------------------------------- */

static void
forget(void *arg)
{
	ldap_account_unref(arg);
}

struct ldap_known *
ldap_known_new(struct ldap_servers *servers, struct ldap_pool *searches)
{
	struct ldap_known *known = mem_zalloc(sizeof(*known));

	known->servers = servers;
	known->searches = searches;
	known->accounts = map_new(KNOWN_MAX, forget);
	known->refreshes = map_new(0, refresh_free);
	known->attrs = ldap_account_attrs(servers->env.conf);
	return known;
}

void
ldap_known_free(struct ldap_known *known)
{
	if (!known)
		return;
	map_free(known->refreshes);
	map_free(known->accounts);
	free(known->attrs);
	free(known);
}

void
ldap_known_status(const struct ldap_known *known, struct json *json)
{
	json_u64(json, "refreshed", known->refreshed);
	json_u64(json, "names_known", map_count(known->accounts));
}
