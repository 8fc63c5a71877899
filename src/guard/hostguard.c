/*
 * hostguard: from people and rules to tables.
 */
#include "guard/hostguard.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "policy/whoset.h"

#define LEARN_BURST 100 /* a minute */

struct hostguard {
	struct tables *tables;     /* borrowed */
	const struct conf *conf;   /* borrowed */
	struct people *people;     /* owned, as the next two */
	struct compiler *compiler; /* of the generation in force */
	struct patterns *exempt;
	struct log_limit learned, failed;
};

struct hostguard *
hostguard_new(struct tables *tables)
{
	struct hostguard *host = mem_zalloc(sizeof(*host));

	host->tables = tables;
	return host;
}

void
hostguard_free(struct hostguard *host)
{
	if (!host)
		return;
	compiler_free(host->compiler);
	patterns_free(host->exempt);
	people_free(host->people);
	free(host);
}

/* --- what can't be ------------------------------------------------------------ */

/* More names than can be pinned are refused as a whole. */
static const char *
refusal_of_names(const struct conf *conf)
{
	static char why[80];
	struct namepins *pinned = namepins_new(conf, NULL);
	bool full = pinned->n == NAMEPINS_MAX;

	namepins_free(pinned);
	if (!conf->guarding.names_pinned || !full)
		return NULL;
	snprintf(why, sizeof(why), "rules have %d names or more: too many",
	    NAMEPINS_MAX);
	return why;
}

size_t
hostguard_refusals(const struct conf *conf, FILE *out)
{
	const char *why = compile_refusal_internal(conf);
	size_t n = 0;

	if (!why)
		why = refusal_of_names(conf);
	if (why) {
		fprintf(out, "%s: error: %s\n", conf->path, why);
		n++;
	}
	for (size_t i = 0; i < conf->rules.n; i++) {
		const struct rule *rule = &conf->rules.v[i];

		why = compile_refusal(rule, conf->guarding.names_pinned);
		if (!why)
			continue;
		fprintf(out,
		    "%s:%u:%u: error: the kernel can't follow this rule: %s\n",
		    rule->at.file, rule->at.line, rule->at.column, why);
		n++;
	}
	return n;
}

/* --- loading --------------------------------------------------------------------- */

static bool
is_exempt(const struct conf *conf, const struct patterns *exempt,
    const struct person *person)
{
	return (conf->guarding.exempt_system && person->is_system) ||
	    patterns_have(exempt, slice_of(person->name));
}

static uint32_t
profile_of(struct compiler *compiler, const struct person *person, bool *fresh,
    const char **why)
{
	return compiler_profile(compiler, slice_of(person->name),
	    person->groups, person->ngroups, fresh, why);
}

static const char *
list_accounts(struct compiler *compiler, const struct conf *conf,
    const struct people *people, const struct patterns *exempt,
    struct tables_account *out)
{
	const char *why;
	bool fresh;

	for (size_t i = 0; i < people_count(people); i++) {
		const struct person *person = people_at(people, i);

		out[i].number = person->uid;
		out[i].exempt = is_exempt(conf, exempt, person);
		out[i].profile = profile_of(compiler, person, &fresh, &why);
		if (out[i].profile == 0)
			return why;
	}
	return NULL;
}

/* What is said of all accounts at once; people learns of one more. */
static const char *
take_options(
    const struct conf *conf, struct people *people, struct tables_rules *rules)
{
	static const enum guard_containers containers[] = {
		[CONTAINERS_JUDGED] = GUARD_CONTAINERS_JUDGED,
		[CONTAINERS_DENIED] = GUARD_CONTAINERS_DENIED,
		[CONTAINERS_EXEMPT] = GUARD_CONTAINERS_EXEMPT,
		[CONTAINERS_AS] = GUARD_CONTAINERS_AS
	};
	const struct guarding *guarding = &conf->guarding;
	const struct person *person;
	char *name;

	rules->replies = guarding->replies_allowed;
	rules->containers = containers[guarding->containers];
	if (guarding->containers != CONTAINERS_AS)
		return NULL;
	name = slice_dup(guarding->containers_as);
	person = people_named(people, name);
	free(name);
	if (!person)
		return "the account of \"guard containers as\" is not known";
	rules->container_account = person->uid;
	return NULL;
}

static const char *
bring(struct hostguard *host, struct compiler *compiler,
    const struct conf *conf, struct people *people,
    const struct patterns *exempt)
{
	struct tables_rules rules = { .compiler = compiler };
	const char *why = take_options(conf, people, &rules);
	size_t n = people_count(people), nwire = conf->guarding.wire.n;
	struct tables_account *accounts = mem_zalloc(
	    (n + 1) * sizeof(*accounts));
	uint16_t *ports = mem_zalloc((nwire + 1) * sizeof(*ports));

	rules.accounts = accounts;
	rules.naccounts = n;
	rules.wire = (struct tables_places){ conf->guarding.wire.v, ports,
		nwire };
	if (!why)
		why = list_accounts(compiler, conf, people, exempt, accounts);
	if (!why)
		why = tables_load(host->tables, &rules);
	free(accounts);
	free(ports);
	return why;
}

static void
remember(uint32_t account, void *arg)
{
	(void)people_find(arg, account);
}

const char *
hostguard_load(struct hostguard *host, const struct conf *conf,
    const struct namepins *pinned, time_t when)
{
	struct people *people = people_new();
	struct compiler *compiler = compiler_new_pinned(conf, pinned, when);
	struct patterns *exempt = patterns_new(
	    conf->guarding.exempt.v, conf->guarding.exempt.n);
	const char *why;

	/* who was met once isn't a stranger to the next generation */
	tables_each_account(host->tables, remember, people);
	why = bring(host, compiler, conf, people, exempt);
	if (why) {
		compiler_free(compiler);
		patterns_free(exempt);
		people_free(people);
		return why;
	}
	compiler_free(host->compiler);
	patterns_free(host->exempt);
	people_free(host->people);
	host->conf = conf;
	host->compiler = compiler;
	host->exempt = exempt;
	host->people = people;
	tables_set_mode(host->tables,
	    conf->guarding.packets == PACKETS_OBSERVE ? GUARD_MODE_OBSERVE
						      : GUARD_MODE_ENFORCE);
	return NULL;
}

/* --- someone new ------------------------------------------------------------------- */

void
hostguard_learn(struct hostguard *host, uint32_t uid)
{
	struct tables_account account = { .number = uid };
	const struct person *person;
	const char *why = "there are too many accounts";
	unsigned missed;
	bool fresh;

	if (!log_allowed(&host->learned, LEARN_BURST, &missed))
		return;
	person = people_find(host->people, uid);
	if (person) {
		account.exempt = is_exempt(host->conf, host->exempt, person);
		account.profile = profile_of(
		    host->compiler, person, &fresh, &why);
	}
	if (account.profile)
		why = tables_add(host->tables, host->compiler, &account, fresh);
	if (why && log_allowed(&host->failed, 5, &missed))
		log_error("no rules for user %u: %s", uid, why);
}

/* --- words ----------------------------------------------------------------------------- */

struct denial
hostguard_denial(struct hostguard *host, const struct guard_event *event)
{
	struct denial denial = { .event = event };
	const struct person *person = NULL;

	if (host->people && event->account != GUARD_NOBODY)
		person = people_find(host->people, event->account);
	if (person)
		denial.account = slice_of(person->name);
	/* rules of an older generation had other numbers */
	if (event->why == GUARD_WHY_RULE &&
	    event->generation == tables_generation(host->tables))
		denial.label = compile_label(host->conf, event->rule);
	return denial;
}

size_t
hostguard_accounts(const struct hostguard *host)
{
	return host->people ? people_count(host->people) : 0;
}

const char *
hostguard_explain(const struct conf *conf, const struct namepins *pinned,
    const struct person *person, const struct addr *addr, uint16_t port,
    struct hostguard_answer *out)
{
	struct compiler *compiler = compiler_new_pinned(
	    conf, pinned, time(NULL));
	struct patterns *exempt = patterns_new(
	    conf->guarding.exempt.v, conf->guarding.exempt.n);
	const char *why;
	uint32_t profile, rule;
	bool fresh;

	profile = profile_of(compiler, person, &fresh, &why);
	if (profile) {
		rule = compiler_find(compiler, profile, addr, port);
		out->allowed = rule & GUARD_RULE_ALLOW;
		out->exempt = is_exempt(conf, exempt, person);
		out->label = compile_label(conf, rule);
	}
	patterns_free(exempt);
	compiler_free(compiler);
	return profile ? NULL : why;
}
