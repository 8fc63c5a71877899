/*
 * whoset: plain names are looked up in a table, patterns tried one by one.
 */
#include "policy/whoset.h"

#include <stdlib.h>

#include "base/glob.h"
#include "base/mem.h"
#include "policy/table.h"

#define ACCOUNT_MAX 256

/* Growable array of borrowed slices. */
struct words {
	struct slice *v; /* owned */
	size_t n, cap;
};

struct patterns {
	struct table plain;
	struct words globs;
};

static void
push(struct words *words, struct slice word)
{
	words->v = mem_grow(words->v, words->n, &words->cap, sizeof(*words->v));
	words->v[words->n++] = word;
}

static void
add_name(struct patterns *names, struct slice pattern)
{
	if (glob_is_literal(pattern))
		table_add(&names->plain, pattern, 1);
	else
		push(&names->globs, pattern);
}

struct patterns *
patterns_new(const struct slice *v, size_t n)
{
	struct patterns *names = mem_zalloc(sizeof(*names));

	for (size_t i = 0; i < n; i++)
		add_name(names, v[i]);
	return names;
}

void
patterns_free(struct patterns *names)
{
	if (!names)
		return;
	table_clear(&names->plain);
	free(names->globs.v);
	free(names);
}

/* A name that is longer than any the configuration may have is in no table;
 * patterns take it as it is. */
static bool
has_plain(const struct patterns *names, struct slice account)
{
	char folded[ACCOUNT_MAX];

	if (account.n > sizeof(folded))
		return false;
	for (size_t i = 0; i < account.n; i++) {
		char c = account.p[i];

		folded[i] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
	}
	return table_get(&names->plain, slice_from(folded, account.n)) != 0;
}

bool
patterns_have(const struct patterns *names, struct slice account)
{
	if (account.n == 0)
		return false;
	if (has_plain(names, account))
		return true;
	for (size_t i = 0; i < names->globs.n; i++)
		if (glob_matches(names->globs.v[i], account))
			return true;
	return false;
}

/* --- groups ------------------------------------------------------------------ */

struct groups {
	struct one_group {
		struct slice name;
		struct patterns *members; /* owned */
	} * v;                            /* owned */
	size_t n;
};

struct groups *
groups_new(const struct conf *conf)
{
	struct groups *groups = mem_zalloc(sizeof(*groups));

	groups->v = mem_resize(NULL, conf->groups.n + 1, sizeof(*groups->v));
	groups->n = conf->groups.n;
	for (size_t i = 0; i < groups->n; i++) {
		const struct group *group = &conf->groups.v[i];

		groups->v[i].name = group->name;
		groups->v[i].members = patterns_new(
		    group->members.v, group->members.n);
	}
	return groups;
}

void
groups_free(struct groups *groups)
{
	if (!groups)
		return;
	for (size_t i = 0; i < groups->n; i++)
		patterns_free(groups->v[i].members);
	free(groups->v);
	free(groups);
}

/* n where there is none. */
static size_t
find_group(const struct groups *groups, struct slice name)
{
	size_t i = 0;

	while (i < groups->n && !slice_caseeq(groups->v[i].name, name))
		i++;
	return i;
}

/* --- who ----------------------------------------------------------------------- */

struct one_of {
	struct slice name;
	const struct patterns *members; /* borrowed; NULL: only a directory's */
	size_t index;                   /* of the group; SIZE_MAX: not the
	                         * configuration's */
};

struct whoset {
	bool everybody, negated, has_users;
	struct patterns *users; /* owned */
	struct one_of *groups;  /* owned */
	size_t ngroups, cap;
};

static void
add_group(struct whoset *set, const struct groups *groups, struct slice name)
{
	size_t index = find_group(groups, name);

	set->groups = mem_grow(
	    set->groups, set->ngroups, &set->cap, sizeof(*set->groups));
	set->groups[set->ngroups++] = (struct one_of){ .name = name,
		.members = index < groups->n ? groups->v[index].members : NULL,
		/* what a member remembers is by index: groups that only a
		 * directory knows have none, lest one be taken for another */
		.index = index < groups->n ? index : SIZE_MAX };
}

struct whoset *
whoset_new(const struct who *who, const struct groups *groups)
{
	struct whoset *set = mem_zalloc(sizeof(*set));

	set->everybody = who->items.n == 0;
	set->negated = who->negated;
	set->users = patterns_new(NULL, 0);
	for (size_t i = 0; i < who->items.n; i++) {
		const struct who_item *item = &who->items.v[i];

		if (item->is_group)
			add_group(set, groups, item->pattern);
		else
			add_name(set->users, item->pattern);
		set->has_users |= !item->is_group;
	}
	return set;
}

void
whoset_free(struct whoset *set)
{
	if (!set)
		return;
	patterns_free(set->users);
	free(set->groups);
	free(set);
}

static bool
look_in_group(const struct one_of *group, const struct member *member)
{
	if (member->account.n == 0)
		return false;
	if (group->members && patterns_have(group->members, member->account))
		return true;
	for (size_t i = 0; i < member->nmore; i++)
		if (slice_caseeq(member->more[i], group->name))
			return true;
	return false;
}

/* Rules tend to name the same groups again and again. */
static bool
in_group(const struct one_of *group, struct member *member)
{
	uint64_t bit = UINT64_C(1) << (group->index & 63);

	if (group->index > 63)
		return look_in_group(group, member);
	if (!(member->asked & bit) && look_in_group(group, member))
		member->in |= bit;
	member->asked |= bit;
	return member->in & bit;
}

static bool
is_listed(const struct whoset *set, struct member *member)
{
	if (set->has_users && patterns_have(set->users, member->account))
		return true;
	for (size_t i = 0; i < set->ngroups; i++)
		if (in_group(&set->groups[i], member))
			return true;
	return false;
}

bool
whoset_has(const struct whoset *set, struct member *member)
{
	return set->everybody || is_listed(set, member) != set->negated;
}
