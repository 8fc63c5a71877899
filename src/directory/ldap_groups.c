/*
 * ldap_groups: a walk over searches.
 *
 * Runs in the directory process.  What was found is remembered by DN, so
 * that groups that contain each other end the walk instead of prolonging it.
 */
#include "directory/ldap_groups.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"

#define BATCH 50 /* groups that one search asks about */
#define IN_CHAIN "1.2.840.113556.1.4.1941"

struct ldap_groups {
	struct ldap_pool *pool;       /* borrowed */
	struct ldap_servers *servers; /* borrowed */
	struct ldap_account *account; /* reference */
	ldap_groups_fn *on_groups;
	void *arg;                  /* borrowed */
	struct ldap_search *search; /* owned */
	struct event *soon;         /* owned: an answer without a search */
	struct ldap_group_names names;
	struct map *seen; /* owned: DNs, lower case; of their depth */
	char **todo;      /* owned: DNs whose groups are to be asked for */
	size_t ntodo, at, cap;
	unsigned depth;
	size_t level_end; /* of todo */
	char *filter;     /* owned: LDAP_FILTER_MAX */
};

static const struct ldap_directory *
conf_of(const struct ldap_groups *groups)
{
	return groups->servers->env.conf;
}

void
ldap_groups_free(struct ldap_groups *groups)
{
	if (!groups)
		return;
	ldap_search_free(groups->search);
	event_free(groups->soon);
	map_free(groups->seen);
	for (size_t i = 0; i < groups->ntodo; i++)
		free(groups->todo[i]);
	free(groups->todo);
	free(groups->filter);
	free(groups->names.text);
	ldap_account_unref(groups->account);
	free(groups);
}

static void
finish(struct ldap_groups *groups, const char *why)
{
	char *text = groups->names.text;

	if (groups->names.cut)
		log_warn("directory %s: account \"%s\" is in more groups than "
			 "are looked at",
		    groups->servers->name, groups->account->name);
	groups->names.text = NULL;
	if (!why && !text)
		text = mem_dup("");
	if (why) {
		free(text);
		text = NULL;
	}
	groups->on_groups(groups, text, why, groups->arg);
}

/* --- what is found ------------------------------------------------------------------ */

/* True the first time. */
static bool
note(struct ldap_groups *groups, const char *dn)
{
	static char seen;
	char *key = mem_dup(dn);
	bool fresh;

	for (char *p = key; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	fresh = !map_peek(groups->seen, slice_of(key));
	if (fresh)
		map_set(groups->seen, slice_of(key), &seen);
	free(key);
	return fresh;
}

static void
push(struct ldap_groups *groups, const char *dn)
{
	groups->todo = mem_grow(
	    groups->todo, groups->ntodo, &groups->cap, sizeof(*groups->todo));
	groups->todo[groups->ntodo++] = mem_dup(dn);
}

static void
add_entry(struct ldap_groups *groups, const struct ldap_entry *entry)
{
	const struct ldap_attr *names = ldap_entry_get(
	    entry, conf_of(groups)->group_name);

	if (!note(groups, entry->dn))
		return;
	if (names && names->n > 0)
		ldap_group_names_add(&groups->names, names->v[0]);
	if (groups->ntodo < LDAP_GROUPS_MAX)
		push(groups, entry->dn);
}

/* The account's own entry lists them by DN, which carries the name. */
static void
add_listed(struct ldap_groups *groups)
{
	const struct ldap_account *account = groups->account;
	char *name;

	if (conf_of(groups)->groups == GROUPS_NONE)
		return;
	for (size_t i = 0; i < account->nlisted; i++) {
		if (!note(groups, account->listed[i]) ||
		    ldap_dn_name(account->listed[i], &name) < 0)
			continue;
		ldap_group_names_add(&groups->names, slice_of(name));
		push(groups, account->listed[i]);
		free(name);
	}
}

/* --- what is asked -------------------------------------------------------------------- */

static int
start(struct ldap_groups *groups, const char *text)
{
	size_t used = strlen(groups->filter);
	int n = snprintf(
	    groups->filter + used, LDAP_FILTER_MAX - used, "%s", text);

	return n >= 0 && (size_t)n < LDAP_FILTER_MAX - used ? 0 : -1;
}

static int
add(struct ldap_groups *groups, const char *attr, struct slice value)
{
	/* one byte for the bracket that closes all */
	return ldap_filter_add(
	    groups->filter, LDAP_FILTER_MAX - 8, attr, value);
}

/* The account's own groups. */
static int
filter_first(struct ldap_groups *groups)
{
	const struct ldap_account *account = groups->account;
	struct slice dn = slice_of(account->dn);
	bool chain = conf_of(groups)->groups == GROUPS_NESTED &&
	    conf_of(groups)->flavour == FLAVOUR_ACTIVE_DIRECTORY;
	int bad = start(groups, "(|");

	if (conf_of(groups)->flavour == FLAVOUR_ACTIVE_DIRECTORY) {
		bad |= add(
		    groups, chain ? "member:" IN_CHAIN ":" : "member", dn);
		if (account->primary.n)
			bad |= add(groups, "objectSid", account->primary);
	} else {
		bad |= add(groups, "member", dn);
		bad |= add(groups, "uniqueMember", dn);
		if (account->uid)
			bad |= add(groups, "memberUid", slice_of(account->uid));
		if (account->gid) {
			bad |= start(groups, "(&(objectClass=posixGroup)");
			bad |= add(groups, "gidNumber", slice_of(account->gid));
			bad |= start(groups, ")");
		}
	}
	return bad | start(groups, ")");
}

/* The groups of the next few groups. */
static int
filter_next(struct ldap_groups *groups)
{
	int bad = start(groups, "(|");

	for (size_t i = 0; i < BATCH && groups->at < groups->level_end; i++) {
		struct slice dn = slice_of(groups->todo[groups->at++]);

		bad |= add(groups, "member", dn);
		bad |= add(groups, "uniqueMember", dn);
	}
	return bad | start(groups, ")");
}

static void on_found(struct ldap_search *search, enum ldap_found found,
    struct ldap_entry *const *entries, size_t n, const char *why, void *arg);

static void
ask(struct ldap_groups *groups)
{
	const struct ldap_directory *conf = conf_of(groups);
	const char *attrs[] = { conf->group_name, NULL };
	const struct ldap_query query = {
		.base = conf->group_base ? conf->group_base : conf->base,
		.scope = LDAP_SCOPE_SUBTREE,
		.filter = groups->filter,
		.attrs = attrs,
		.max = LDAP_GROUPS_MAX,
		.paged = true,
	};

	groups->search = ldap_search_start(
	    groups->pool, groups->servers, &query, on_found, groups);
}

/* The next level: groups that were found by the one before. */
static bool
go_deeper(struct ldap_groups *groups)
{
	if (groups->at < groups->level_end)
		return true;
	groups->level_end = groups->ntodo;
	return groups->at < groups->level_end &&
	    ++groups->depth < LDAP_GROUPS_DEPTH;
}

static void
go_on(struct ldap_groups *groups)
{
	bool walk = conf_of(groups)->groups == GROUPS_NESTED &&
	    conf_of(groups)->flavour != FLAVOUR_ACTIVE_DIRECTORY;

	groups->filter[0] = '\0';
	if (!walk || !go_deeper(groups))
		finish(groups, NULL);
	else if (filter_next(groups) < 0)
		finish(groups, "the names of groups are too long");
	else
		ask(groups);
}

static void
on_found(struct ldap_search *search, enum ldap_found found,
    struct ldap_entry *const *entries, size_t n, const char *why, void *arg)
{
	struct ldap_groups *groups = arg;

	if (found == LDAP_FOUND_MORE)
		groups->names.cut = true;
	if (found != LDAP_FOUND_NOT)
		for (size_t i = 0; i < n; i++)
			add_entry(groups, entries[i]);
	if (found == LDAP_FOUND_NOT) {
		finish(groups, why);
		return;
	}
	groups->search = NULL;
	ldap_search_free(search);
	go_on(groups);
}

static void
on_soon(evutil_socket_t fd, short what, void *arg)
{
	struct ldap_groups *groups = arg;

	go_on(groups);
}

struct ldap_groups *
ldap_groups_start(struct ldap_pool *pool, struct ldap_servers *servers,
    struct ldap_account *account, ldap_groups_fn *on_groups, void *arg)
{
	struct ldap_groups *groups = mem_zalloc(sizeof(*groups));
	const struct ldap_directory *conf = servers->env.conf;

	groups->pool = pool;
	groups->servers = servers;
	groups->account = ldap_account_ref(account);
	groups->on_groups = on_groups;
	groups->arg = arg;
	groups->seen = map_new(0, NULL);
	groups->filter = mem_zalloc(LDAP_FILTER_MAX);
	groups->soon = event_new(servers->env.base, -1, 0, on_soon, groups);
	if (!groups->soon)
		fatal("cannot make an event");
	add_listed(groups);
	if (conf->groups == GROUPS_NONE ||
	    (conf->member_of && conf->groups == GROUPS_DIRECT &&
		conf->flavour != FLAVOUR_ACTIVE_DIRECTORY))
		event_active(groups->soon, EV_TIMEOUT, 1);
	else if (filter_first(groups) < 0)
		event_active(groups->soon, EV_TIMEOUT, 1);
	else
		ask(groups);
	return groups;
}
