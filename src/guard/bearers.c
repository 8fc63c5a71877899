/*
 * bearers: by number, with the words they came with.
 */
#include "guard/bearers.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"

#define GROUPS_MAX 4096
#define CHANGES_MAX 60 /* of groups, a minute */

struct login {
	uint32_t number, profile;
	char *name, *groups; /* owned */
};

struct bearers {
	struct tables *tables;     /* borrowed */
	const struct conf *conf;   /* borrowed */
	struct compiler *compiler; /* owned: of the generation in force */
	struct map *by_number;     /* owned */
	struct tables_places self; /* borrowed arrays, of the last load */
	struct log_limit changes;
};

static void
login_free(void *value)
{
	struct login *login = value;

	free(login->name);
	free(login->groups);
	free(login);
}

struct bearers *
bearers_new(struct tables *tables)
{
	struct bearers *bearers = mem_zalloc(sizeof(*bearers));

	bearers->tables = tables;
	bearers->by_number = map_new(BEARERS_MAX, login_free);
	return bearers;
}

void
bearers_free(struct bearers *bearers)
{
	if (!bearers)
		return;
	compiler_free(bearers->compiler);
	map_free(bearers->by_number);
	free(bearers);
}

static struct slice
number_key(const uint32_t *number)
{
	return slice_from(number, sizeof(*number));
}

static struct login *
find(const struct bearers *bearers, uint32_t number)
{
	return map_peek(bearers->by_number, number_key(&number));
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
bring(struct bearers *bearers, struct compiler *compiler,
    const struct conf *conf, const struct tables_places *self)
{
	size_t count = map_count(bearers->by_number);
	struct filling filling = { .compiler = compiler };
	struct tables_rules rules = { .compiler = compiler, .self = *self };
	uint16_t *ports = mem_zalloc(
	    (conf->guarding.wire.n + 1) * sizeof(*ports));

	filling.accounts = mem_zalloc((count + 1) * sizeof(*filling.accounts));
	(void)map_each(bearers->by_number, fill_one, &filling);
	rules.accounts = filling.accounts;
	rules.naccounts = filling.n;
	rules.wire = (struct tables_places){ conf->guarding.wire.v, ports,
		conf->guarding.wire.n };
	if (!filling.why)
		filling.why = tables_load(bearers->tables, &rules);
	free(filling.accounts);
	free(ports);
	return filling.why;
}

const char *
bearers_load(struct bearers *bearers, const struct conf *conf,
    const struct tables_places *self, time_t when)
{
	struct compiler *compiler = compiler_new(conf, COMPILE_PROXY, when);
	const char *why = bring(bearers, compiler, conf, self);

	if (why) {
		compiler_free(compiler);
		return why;
	}
	compiler_free(bearers->compiler);
	bearers->compiler = compiler;
	bearers->conf = conf;
	bearers->self = *self;
	tables_set_mode(bearers->tables,
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

/* Sockets keep their profile for a generation: other groups need a new one. */
static const char *
change(struct bearers *bearers, struct login *login,
    const struct login_words *words)
{
	unsigned missed;

	if (!log_allowed(&bearers->changes, CHANGES_MAX, &missed))
		return "accounts change their groups too often";
	free(login->name);
	free(login->groups);
	login->name = slice_dup(words->account);
	login->groups = slice_dup(words->groups);
	return bearers_load(bearers, bearers->conf, &bearers->self, time(NULL));
}

const char *
bearers_enter(struct bearers *bearers, const struct login_words *words)
{
	struct login *login = find(bearers, words->number);
	struct tables_account account = { .number = words->number };
	const char *why = NULL;
	bool fresh;

	if (login && login->profile && is_same(login, words))
		return NULL;
	if (login)
		return change(bearers, login, words);
	login = login_new(words);
	login->profile = profile_of(bearers->compiler, login, &fresh, &why);
	account.profile = login->profile;
	if (!why)
		why = tables_add(
		    bearers->tables, bearers->compiler, &account, fresh);
	if (why) {
		login_free(login);
		return why;
	}
	map_set(bearers->by_number, number_key(&words->number), login);
	return NULL;
}

bool
bearers_allow(
    const struct bearers *bearers, uint32_t number, const struct addr *to)
{
	const struct login *login = find(bearers, number);

	return login && login->profile &&
	    (compiler_find(bearers->compiler, login->profile, to, to->port) &
		GUARD_RULE_ALLOW);
}

struct slice
bearers_name(const struct bearers *bearers, uint32_t number)
{
	const struct login *login = find(bearers, number);

	return login ? slice_of(login->name) : SLICE_EMPTY;
}

size_t
bearers_count(const struct bearers *bearers)
{
	return map_count(bearers->by_number);
}
