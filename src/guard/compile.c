/*
 * compile: which rules are about an account, and the profiles that come of
 * it.
 */
#include "guard/compile.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/reach.h"
#include "guard/flat.h"
#include "policy/whoset.h"

struct active {
	const struct rule *rule;
	struct whoset *who; /* owned */
};

struct compiler {
	const struct conf *conf; /* borrowed */
	struct groups *groups;   /* owned, as all below */
	struct namepins *pinned; /* a copy; NULL: names stand for nothing */
	struct inside inside;
	struct active *active; /* rules that can decide at this time */
	struct flat *flats;    /* as active, and two more for the defaults */
	size_t n;
	struct sets sets;
	struct cells *profiles; /* from profile 1 */
	size_t nprofiles, cap;
	struct map *by_rules; /* which rules apply: profile, as a pointer */
	unsigned char *mask;  /* n bits: for looking one up */
};

static bool
is_active(const struct rule *rule, time_t when)
{
	return rule->action != ACTION_REPORT && policy_rule_at(rule, when);
}

static void
add_rule(struct compiler *compiler, size_t number, bool proxy)
{
	const struct rule *rule = &compiler->conf->rules.v[number];
	size_t at = compiler->n++;

	compiler->active[at].rule = rule;
	compiler->active[at].who = whoset_new(&rule->who, compiler->groups);
	flat_rule(&compiler->flats[at], rule, (uint32_t)number,
	    &compiler->inside, compiler->pinned, proxy);
}

static struct compiler *
make(const struct conf *conf, enum compile_form form,
    const struct namepins *pinned, time_t when)
{
	struct compiler *compiler = mem_zalloc(sizeof(*compiler));
	bool proxy = form == COMPILE_PROXY;

	compiler->conf = conf;
	compiler->pinned = pinned ? namepins_new(conf, pinned) : NULL;
	compiler->groups = groups_new(conf);
	inside_init(&compiler->inside, conf);
	compiler->active = mem_resize(
	    NULL, conf->rules.n + 1, sizeof(*compiler->active));
	compiler->flats = mem_resize(
	    NULL, conf->rules.n + 2, sizeof(*compiler->flats));
	for (size_t i = 0; i < conf->rules.n; i++)
		if (is_active(&conf->rules.v[i], when))
			add_rule(compiler, i, proxy);
	flat_internal(&compiler->flats[compiler->n], &compiler->inside);
	flat_rest(&compiler->flats[compiler->n + 1],
	    GUARD_RULE_DEFAULT | GUARD_RULE_ALLOW);
	sets_init(&compiler->sets);
	compiler->by_rules = map_new(0, NULL);
	compiler->mask = mem_zalloc(compiler->n / 8 + 1);
	return compiler;
}

struct compiler *
compiler_new(const struct conf *conf, enum compile_form form, time_t when)
{
	return make(conf, form, NULL, when);
}

struct compiler *
compiler_new_pinned(
    const struct conf *conf, const struct namepins *pinned, time_t when)
{
	return make(conf, COMPILE_HOST, pinned, when);
}

void
compiler_free(struct compiler *compiler)
{
	if (!compiler)
		return;
	for (size_t i = 0; i < compiler->nprofiles; i++)
		cells_clear(&compiler->profiles[i]);
	for (size_t i = 0; i < compiler->n; i++)
		whoset_free(compiler->active[i].who);
	for (size_t i = 0; i < compiler->n + 2; i++)
		flat_clear(&compiler->flats[i]);
	sets_clear(&compiler->sets);
	map_free(compiler->by_rules);
	inside_clear(&compiler->inside);
	groups_free(compiler->groups);
	namepins_free(compiler->pinned);
	free(compiler->profiles);
	free(compiler->mask);
	free(compiler->active);
	free(compiler->flats);
	free(compiler);
}

/* The rules that are about this account, as indexes and as bits. */
static size_t
apply(struct compiler *compiler, struct member *member, uint32_t *order)
{
	size_t norder = 0;

	memset(compiler->mask, 0, compiler->n / 8 + 1);
	for (size_t i = 0; i < compiler->n; i++) {
		if (!whoset_has(compiler->active[i].who, member))
			continue;
		compiler->mask[i / 8] |= (unsigned char)(1u << i % 8);
		order[norder++] = (uint32_t)i;
	}
	order[norder++] = (uint32_t)compiler->n;
	order[norder++] = (uint32_t)compiler->n + 1;
	return norder;
}

static uint32_t
make_profile(struct compiler *compiler, const uint32_t *order, size_t norder,
    struct slice key, const char **wrong)
{
	struct cells cells;
	uintptr_t number;

	*wrong = cells_build(
	    &cells, &compiler->sets, compiler->flats, order, norder);
	if (*wrong)
		return 0;
	compiler->profiles = mem_grow(compiler->profiles, compiler->nprofiles,
	    &compiler->cap, sizeof(*compiler->profiles));
	compiler->profiles[compiler->nprofiles++] = cells;
	number = compiler->nprofiles;
	map_set(compiler->by_rules, key, (void *)number);
	return (uint32_t)number;
}

uint32_t
compiler_profile(struct compiler *compiler, struct slice account,
    const struct slice *groups, size_t ngroups, bool *fresh, const char **wrong)
{
	struct member member = {
		.account = account, .more = groups, .nmore = ngroups
	};
	struct slice key = slice_from(compiler->mask, compiler->n / 8 + 1);
	uint32_t *order = mem_resize(NULL, compiler->n + 2, sizeof(*order));
	size_t norder = apply(compiler, &member, order);
	uint32_t profile = (uint32_t)(uintptr_t)map_get(
	    compiler->by_rules, key);

	*fresh = profile == 0;
	*wrong = NULL;
	if (profile == 0)
		profile = make_profile(compiler, order, norder, key, wrong);
	free(order);
	return profile;
}

uint32_t
compiler_profiles(const struct compiler *compiler)
{
	return (uint32_t)compiler->nprofiles;
}

const struct cells *
compiler_cells(const struct compiler *compiler, uint32_t profile)
{
	must(profile > 0 && profile <= compiler->nprofiles);
	return &compiler->profiles[profile - 1];
}

const struct sets *
compiler_sets(const struct compiler *compiler)
{
	return &compiler->sets;
}

uint32_t
compiler_find(const struct compiler *compiler, uint32_t profile,
    const struct addr *addr, uint16_t port)
{
	struct addr real = addr_unfold(*addr);

	return cells_find(
	    compiler_cells(compiler, profile), &compiler->sets, &real, port);
}

/* --- places without rules ------------------------------------------------------------ */

const char *
compile_places(struct cells *cells, struct sets *sets,
    const struct prefix *prefixes, const uint16_t *ports, size_t n)
{
	struct flat *flats = mem_zalloc((n + 1) * sizeof(*flats));
	uint32_t *order = mem_resize(NULL, n + 1, sizeof(*order));
	const char *wrong;

	for (size_t i = 0; i < n; i++) {
		const struct prefix **one = mem_alloc(sizeof(*one));

		*one = &prefixes[i];
		flats[i].rule = GUARD_RULE_DEFAULT | GUARD_RULE_ALLOW;
		flats[i].prefixes = one;
		flats[i].nprefixes = 1;
		spans_add(
		    &flats[i].in, ports[i], ports[i] ? ports[i] : UINT16_MAX);
		order[i] = (uint32_t)i;
	}
	flat_rest(&flats[n], GUARD_RULE_DEFAULT);
	order[n] = (uint32_t)n;
	wrong = cells_build(cells, sets, flats, order, n + 1);
	for (size_t i = 0; i <= n; i++)
		flat_clear(&flats[i]);
	free(flats);
	free(order);
	return wrong;
}

/* --- words ------------------------------------------------------------------------------ */

struct slice
compile_label(const struct conf *conf, uint32_t rule)
{
	rule &= GUARD_RULE_NUMBER;
	if (rule == GUARD_RULE_DEFAULT)
		return SLICE("default");
	if (rule == GUARD_RULE_INTERNAL)
		return SLICE("default-internal");
	if (rule < conf->rules.n)
		return conf->rules.v[rule].label;
	return SLICE_EMPTY;
}

bool
compile_has_times(const struct conf *conf)
{
	for (size_t i = 0; i < conf->rules.n; i++)
		if (conf->rules.v[i].times.n > 0)
			return true;
	return false;
}

static bool
has_names(const dests *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i].kind == DEST_NAME ||
		    (list->v[i].kind == DEST_LIST && list->v[i].list &&
			list->v[i].list->names.n > 0))
			return true;
	return false;
}

static bool
has_patterns(const dests *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct dest *dest = &list->v[i];

		if (dest->kind == DEST_NAME && dest->name.wildcard)
			return true;
		if (dest->kind != DEST_LIST)
			continue;
		for (size_t j = 0; j < dest->list->names.n; j++)
			if (dest->list->names.v[j].wildcard)
				return true;
	}
	return false;
}

static const char *
names_refusal(const struct rule *rule, bool pinned)
{
	if (!has_names(&rule->to))
		return NULL;
	if (!pinned)
		return "it has a name, and packets have addresses only";
	if (has_patterns(&rule->to))
		return "it has a pattern of names, which nobody can be asked"
		       " for";
	if (rule->to_negated)
		return "it has a name behind \"not\", which would match while"
		       " the name can't be resolved";
	return NULL;
}

const char *
compile_refusal(const struct rule *rule, bool pinned)
{
	const char *why;

	/* one that only reports decides nothing here either */
	if (rule->action == ACTION_REPORT)
		return NULL;
	why = names_refusal(rule, pinned);
	if (why)
		return why;
	if (rule->methods.n > 0)
		return "it has a method, which packets don't show";
	if (rule->paths.n > 0)
		return "it has a path, which packets don't show";
	if (rule->from.n > 0)
		return "it has a client address, and who is logged in here has"
		       " none";
	return NULL;
}

const char *
compile_refusal_internal(const struct conf *conf)
{
	if (!has_names(&conf->internal))
		return NULL;
	return "\"internal\" has a name, and packets have addresses only";
}
