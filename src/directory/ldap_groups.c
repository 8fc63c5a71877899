/*
 * ldap_groups: a walk over searches.
 *
 * Runs in the directory process.  What was found is remembered by DN, so
 * that groups that contain each other end the walk instead of prolonging it.
 */
#include "directory/ldap_groups.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "directory/ldap_filter.h"

#define BATCH 50 /* groups that one search asks about */

/* What is asked, in this order; some of it several times, some not at all. */
enum stage {
	STAGE_LISTED,  /* the rest of what the account's entry lists */
	STAGE_PRIMARY, /* of Active Directory, which lists it nowhere */
	STAGE_OWN,     /* groups with the account as a member */
	STAGE_DEEPER,  /* groups with those as members */
	STAGE_DONE
};

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
	size_t level_end;   /* of todo */
	char *filter;       /* owned: LDAP_FILTER_MAX */
	enum stage stage;   /* where the next question is found */
	enum stage asked;   /* what the last one was about */
	uint32_t next;      /* of the list; 0: it is complete */
	size_t nlisted;     /* of it */
	char *part;         /* owned: "memberOf;range=1500-*" */
	char *primary;      /* owned: DN; NULL: none */
	const char *refuse; /* what can't be asked */
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
	free(groups->part);
	free(groups->primary);
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
add_listed(struct ldap_groups *groups, const char *dn)
{
	char *name;

	if (!note(groups, dn) || ldap_dn_name(dn, &name) < 0)
		return;
	ldap_group_names_add(&groups->names, slice_of(name));
	push(groups, dn);
	free(name);
}

/* Another part of the list. A server that doesn't get on is not asked for
 * ever. */
static void
add_part(struct ldap_groups *groups, const struct ldap_entry *entry)
{
	const struct ldap_attr *values = ldap_entry_get(
	    entry, conf_of(groups)->member_of);
	uint32_t before = groups->next;
	char *dn;

	groups->next = 0;
	for (size_t i = 0; values && i < values->n; i++) {
		if (groups->nlisted++ == LDAP_GROUPS_MAX)
			return;
		dn = slice_dup(values->v[i]);
		add_listed(groups, dn);
		free(dn);
	}
	if (values && values->next > before)
		groups->next = values->next;
}

static void
add_primary(struct ldap_groups *groups, const struct ldap_entry *entry)
{
	free(groups->primary);
	groups->primary = mem_dup(entry->dn);
	add_entry(groups, entry);
}

static void
add_found(struct ldap_groups *groups, const struct ldap_entry *entry)
{
	switch (groups->asked) {
	case STAGE_LISTED:
		add_part(groups, entry);
		break;
	case STAGE_PRIMARY:
		add_primary(groups, entry);
		break;
	case STAGE_OWN:
	case STAGE_DEEPER:
		add_entry(groups, entry);
		break;
	case STAGE_DONE:
		break;
	}
}

/* --- what is asked -------------------------------------------------------------------- */

static void on_found(struct ldap_search *search, enum ldap_found found,
    struct ldap_entry *const *entries, size_t n, const char *why, void *arg);

static void
ask_for(struct ldap_groups *groups, const char *base, int scope,
    const char *attr, size_t max)
{
	const char *attrs[] = { attr, NULL };
	const struct ldap_query query = {
		.base = base,
		.scope = scope,
		.filter = groups->filter,
		.attrs = attrs,
		.max = max,
		.paged = max == LDAP_GROUPS_MAX,
	};

	groups->search = ldap_search_start(
	    groups->pool, groups->servers, &query, on_found, groups);
}

static void
search_groups(struct ldap_groups *groups)
{
	const struct ldap_directory *conf = conf_of(groups);

	ask_for(groups, conf->group_base ? conf->group_base : conf->base,
	    LDAP_SCOPE_SUBTREE, conf->group_name, LDAP_GROUPS_MAX);
}

static bool
ask_listed(struct ldap_groups *groups)
{
	if (groups->nlisted >= LDAP_GROUPS_MAX && groups->next)
		groups->names.cut = true;
	if (!groups->next || groups->nlisted >= LDAP_GROUPS_MAX)
		return false;
	free(groups->part);
	groups->part = mem_printf(
	    "%s;range=%" PRIu32 "-*", conf_of(groups)->member_of, groups->next);
	snprintf(groups->filter, LDAP_FILTER_MAX, "(objectClass=*)");
	ask_for(groups, groups->account->dn, LDAP_SCOPE_BASE, groups->part, 1);
	return true;
}

/* Wherever it is: it is the account's, as what the account lists. */
static bool
ask_primary(struct ldap_groups *groups)
{
	const struct ldap_directory *conf = conf_of(groups);

	if (conf->flavour != FLAVOUR_ACTIVE_DIRECTORY ||
	    !groups->account->primary.n)
		return false;
	(void)ldap_filter_add(groups->filter, LDAP_FILTER_MAX, "objectSid",
	    groups->account->primary);
	ask_for(groups, conf->base, LDAP_SCOPE_SUBTREE, conf->group_name, 1);
	return true;
}

static bool
ask_own(struct ldap_groups *groups)
{
	const struct ldap_directory *conf = conf_of(groups);
	bool active = conf->flavour == FLAVOUR_ACTIVE_DIRECTORY;

	if (conf->member_of && conf->groups == GROUPS_DIRECT && !active)
		return false; /* they are listed, all of them */
	if (ldap_members_filter(conf, groups->account, groups->primary,
		groups->filter, LDAP_FILTER_MAX) < 0)
		groups->refuse = "the name of the account is too long";
	else
		search_groups(groups);
	return true;
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

static bool
ask_deeper(struct ldap_groups *groups)
{
	const struct ldap_directory *conf = conf_of(groups);
	size_t n;

	if (conf->groups != GROUPS_NESTED ||
	    conf->flavour == FLAVOUR_ACTIVE_DIRECTORY || !go_deeper(groups))
		return false;
	n = groups->level_end - groups->at;
	n = n < BATCH ? n : BATCH;
	if (ldap_groups_filter((const char *const *)&groups->todo[groups->at],
		n, groups->filter, LDAP_FILTER_MAX) < 0)
		groups->refuse = "the names of groups are too long";
	else
		search_groups(groups);
	groups->at += n;
	return true;
}

static const struct {
	bool (*ask)(struct ldap_groups *groups); /* false: nothing there */
	bool again;
} stages[STAGE_DONE] = {
	[STAGE_LISTED] = { ask_listed, true },
	[STAGE_PRIMARY] = { ask_primary, false },
	[STAGE_OWN] = { ask_own, false },
	[STAGE_DEEPER] = { ask_deeper, true },
};

/* False: there is nothing more to ask, or it can't be asked. */
static bool
ask_next(struct ldap_groups *groups)
{
	bool asked = false;

	while (!asked && groups->stage < STAGE_DONE) {
		groups->asked = groups->stage;
		groups->filter[0] = '\0';
		asked = stages[groups->stage].ask(groups);
		if (!asked || !stages[groups->stage].again)
			groups->stage++;
	}
	return asked && !groups->refuse;
}

static void
on_found(struct ldap_search *search, enum ldap_found found,
    struct ldap_entry *const *entries, size_t n, const char *why, void *arg)
{
	struct ldap_groups *groups = arg;

	if (found == LDAP_FOUND_NOT) {
		finish(groups, why);
		return;
	}
	groups->names.cut |= found == LDAP_FOUND_MORE;
	if (groups->asked == STAGE_LISTED && n == 0)
		groups->next = 0; /* it is gone meanwhile */
	for (size_t i = 0; i < n; i++)
		add_found(groups, entries[i]);
	groups->search = NULL;
	ldap_search_free(search);
	if (!ask_next(groups))
		finish(groups, groups->refuse);
}

static void
on_soon(evutil_socket_t fd, short what, void *arg)
{
	struct ldap_groups *groups = arg;

	finish(groups, groups->refuse);
}

struct ldap_groups *
ldap_groups_start(struct ldap_pool *pool, struct ldap_servers *servers,
    struct ldap_account *account, ldap_groups_fn *on_groups, void *arg)
{
	struct ldap_groups *groups = mem_zalloc(sizeof(*groups));
	bool any = servers->env.conf->groups != GROUPS_NONE;

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
	for (size_t i = 0; any && i < account->nlisted; i++)
		add_listed(groups, account->listed[i]);
	groups->nlisted = account->nlisted;
	groups->next = account->listed_next;
	if (!any || !ask_next(groups))
		event_active(groups->soon, EV_TIMEOUT, 1);
	return groups;
}
