/*
 * roster: by number, with the words they came with.
 */
#include "guard/roster.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"

#define GROUPS_MAX 4096

struct login {
	uint32_t number, profile;
	char *name, *groups; /* owned */
};

struct roster {
	struct tables *tables;     /* borrowed */
	const struct conf *conf;   /* borrowed */
	struct compiler *compiler; /* owned: of the generation in force */
	struct map *by_number;     /* owned */
};

static void
login_free(void *value)
{
	struct login *login = value;

	free(login->name);
	free(login->groups);
	free(login);
}

struct roster *
roster_new(struct tables *tables)
{
	struct roster *roster = mem_zalloc(sizeof(*roster));

	roster->tables = tables;
	roster->by_number = map_new(ROSTER_MAX, login_free);
	return roster;
}

void
roster_free(struct roster *roster)
{
	if (!roster)
		return;
	compiler_free(roster->compiler);
	map_free(roster->by_number);
	free(roster);
}

static struct slice
number_key(const uint32_t *number)
{
	return slice_from(number, sizeof(*number));
}

static struct login *
find(const struct roster *roster, uint32_t number)
{
	return map_peek(roster->by_number, number_key(&number));
}

/* --- profiles ------------------------------------------------------------------- */

static uint32_t
profile_of(struct compiler *compiler, const struct login *login, bool *fresh,
    const char **why)
{
	struct slice rest = slice_of(login->groups), part;
	struct slice *groups = NULL;
	size_t n = 0, cap = 0;
	uint32_t profile;

	while (n < GROUPS_MAX && slice_split(&rest, '\n', &part)) {
		if (part.n == 0)
			continue;
		groups = mem_grow(groups, n, &cap, sizeof(*groups));
		groups[n++] = part;
	}
	profile = compiler_profile(
	    compiler, slice_of(login->name), groups, n, fresh, why);
	free(groups);
	return profile;
}

struct filling {
	struct compiler *compiler;
	struct tables_account *accounts; /* owned */
	size_t n;
	const char *why;
};

static int
fill_one(struct slice key, void *value, void *arg)
{
	struct filling *filling = arg;
	struct login *login = value;
	bool fresh;

	login->profile = profile_of(
	    filling->compiler, login, &fresh, &filling->why);
	filling->accounts[filling->n++] = (struct tables_account){
		.number = login->number, .profile = login->profile
	};
	return login->profile == 0;
}

static const char *
bring(struct roster *roster, struct compiler *compiler, const struct conf *conf,
    const struct tables_places *self)
{
	size_t count = map_count(roster->by_number);
	struct filling filling = { .compiler = compiler };
	struct tables_rules rules = { .compiler = compiler, .self = *self };
	uint16_t *ports = mem_zalloc(
	    (conf->guarding.wire.n + 1) * sizeof(*ports));

	filling.accounts = mem_zalloc((count + 1) * sizeof(*filling.accounts));
	(void)map_each(roster->by_number, fill_one, &filling);
	rules.accounts = filling.accounts;
	rules.naccounts = filling.n;
	rules.wire = (struct tables_places){ conf->guarding.wire.v, ports,
		conf->guarding.wire.n };
	if (!filling.why)
		filling.why = tables_load(roster->tables, &rules);
	free(filling.accounts);
	free(ports);
	return filling.why;
}

const char *
roster_load(struct roster *roster, const struct conf *conf,
    const struct tables_places *self, time_t when)
{
	struct compiler *compiler = compiler_new(conf, COMPILE_PROXY, when);
	const char *why = bring(roster, compiler, conf, self);

	if (why) {
		compiler_free(compiler);
		return why;
	}
	compiler_free(roster->compiler);
	roster->compiler = compiler;
	roster->conf = conf;
	tables_set_mode(roster->tables,
	    conf->guarding.packets == PACKETS_OBSERVE ? GUARD_MODE_OBSERVE
						      : GUARD_MODE_ENFORCE);
	return NULL;
}

/* --- one more --------------------------------------------------------------------- */

static bool
is_same(const struct login *login, const struct login_words *words)
{
	return slice_eq_str(words->account, login->name) &&
	    slice_eq_str(words->groups, login->groups);
}

static struct login *
login_new(const struct login_words *words)
{
	struct login *login = mem_zalloc(sizeof(*login));

	login->number = words->number;
	login->name = slice_dup(words->account);
	login->groups = slice_dup(words->groups);
	return login;
}

const char *
roster_enter(struct roster *roster, const struct login_words *words)
{
	struct login *login = find(roster, words->number);
	struct tables_account account = { .number = words->number };
	const char *why = NULL;
	bool fresh;

	if (login && login->profile && is_same(login, words))
		return NULL;
	login = login_new(words);
	login->profile = profile_of(roster->compiler, login, &fresh, &why);
	account.profile = login->profile;
	if (!why)
		why = tables_add(
		    roster->tables, roster->compiler, &account, fresh);
	if (why) {
		login_free(login);
		return why;
	}
	map_set(roster->by_number, number_key(&words->number), login);
	return NULL;
}

bool
roster_allow(
    const struct roster *roster, uint32_t number, const struct addr *to)
{
	const struct login *login = find(roster, number);

	return login && login->profile &&
	    (compiler_find(roster->compiler, login->profile, to, to->port) &
		GUARD_RULE_ALLOW);
}

struct slice
roster_name(const struct roster *roster, uint32_t number)
{
	const struct login *login = find(roster, number);

	return login ? slice_of(login->name) : SLICE_EMPTY;
}

size_t
roster_count(const struct roster *roster)
{
	return map_count(roster->by_number);
}
