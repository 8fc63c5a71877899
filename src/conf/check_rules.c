/*
 * check_rules: warns of rules that say less, or more, than their writer can
 * have meant.  They are warnings: a rule is never wrong by itself.
 */
#include "conf/check.h"

#include "base/reach.h"
#include "conf/cover.h"

#define BUDGET 20000000

/* The first rule that leaves nothing for the one at `index`, or NULL. */
static const struct rule *
covered_by(const struct conf *conf, size_t index, size_t *budget)
{
	for (size_t i = 0; i < index && *budget; i++) {
		const struct rule *before = &conf->rules.v[i];

		if (before->action != ACTION_REPORT &&
		    cover_rule(before, &conf->rules.v[index], budget))
			return before;
	}
	return NULL;
}

/* Where all destinations are `port N` and none of them is in `port`. */
static bool
ports_contradict(const struct rule *rule)
{
	if (rule->ports.n == 0 || rule->to.n == 0 || rule->to_negated)
		return false;
	for (size_t i = 0; i < rule->to.n; i++) {
		const struct dest *dest = &rule->to.v[i];

		if (dest->kind != DEST_PORT)
			return false;
		for (size_t j = 0; j < rule->ports.n; j++)
			if (dest->port.from <= rule->ports.v[j].to &&
			    rule->ports.v[j].from <= dest->port.to)
				return false;
	}
	return true;
}

static bool
excludes_all(const struct rule *rule)
{
	for (size_t i = 0; rule->to_negated && i < rule->to.n; i++)
		if (rule->to.v[i].kind == DEST_ANY)
			return true;
	return false;
}

static bool
groups_are_empty(const struct conf *conf, const struct who *who)
{
	if (who->negated || who->items.n == 0 || conf->directories.n > 0)
		return false;
	for (size_t i = 0; i < who->items.n; i++) {
		if (!who->items.v[i].is_group)
			return false;
		for (size_t j = 0; j < conf->groups.n; j++)
			if (slice_eq(conf->groups.v[j].name,
				who->items.v[i].pattern) &&
			    conf->groups.v[j].members.n > 0)
				return false;
	}
	return true;
}

static bool
knows_local_accounts(const struct conf *conf)
{
	for (size_t i = 0; i < conf->listeners.n; i++)
		if (conf->listeners.v[i].local_accounts)
			return true;
	return false;
}

static void
check_reachable(struct reading *reading)
{
	const struct conf *conf = reading->conf;
	size_t budget = BUDGET;

	for (size_t i = 0; i < conf->rules.n; i++) {
		const struct rule *rule = &conf->rules.v[i];
		const struct rule *before = covered_by(conf, i, &budget);

		if (before)
			reading_warn(reading, rule->at,
			    "this rule never matches: the one in line %u of "
			    "%s matches before",
			    before->at.line, before->at.file);
		else if (rule->who.items.n && !rule->who.negated &&
		    !conf->accounts_file && conf->directories.n == 0 &&
		    !knows_local_accounts(conf) && !conf->authenticate.keytab &&
		    !reading->is_host)
			reading_warn(reading, rule->at,
			    "this rule never matches: nobody logs in without "
			    "\"accounts\"");
		else if (ports_contradict(rule) || excludes_all(rule))
			reading_warn(reading, rule->at,
			    "this rule never "
			    "matches: its conditions exclude each other");
		else if (!reading->is_host &&
		    groups_are_empty(conf, &rule->who))
			reading_warn(reading, rule->at,
			    "this rule never matches: its groups are empty");
	}
}

/* --- prefixes ------------------------------------------------------------------ */

/* A network of addresses that are only ways to write IPv4 addresses. */
static bool
is_folded(const struct prefix *prefix)
{
	struct addr first = { 0 }, inner;

	for (size_t i = 0; i < sizeof(first.ip); i++)
		first.ip[i] = prefix->ip[i];
	inner = addr_unfold(first);
	return prefix->len >= 16 && !addr_same_ip(&first, &inner);
}

static void
check_prefixes(struct reading *reading, const dests *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i].kind == DEST_PREFIX &&
		    is_folded(&list->v[i].prefix))
			reading_warn(reading, list->v[i].at,
			    "never matches: such addresses are compared as "
			    "the IPv4 addresses that they reach");
}

static void
check_all_prefixes(struct reading *reading)
{
	const struct conf *conf = reading->conf;

	check_prefixes(reading, &conf->internal);
	for (size_t i = 0; i < conf->decrypts.n; i++) {
		check_prefixes(reading, &conf->decrypts.v[i].to);
		check_prefixes(reading, &conf->decrypts.v[i].except);
	}
	for (size_t i = 0; i < conf->rules.n; i++)
		check_prefixes(reading, &conf->rules.v[i].to);
	for (size_t i = 0; i < conf->credentials.n; i++)
		check_prefixes(reading, &conf->credentials.v[i].when.to);
}

/* --- requests that nobody sees ------------------------------------------------- */

static bool
may_decrypt(
    const struct decrypt *decrypt, const struct dest *dest, size_t *budget)
{
	return !decrypt->none && !cover_dests(&decrypt->except, dest, budget);
}

static bool
ever_decrypted(const struct conf *conf, const struct dest *dest)
{
	size_t budget = BUDGET;

	for (size_t i = 0; i < conf->decrypts.n; i++)
		if (may_decrypt(&conf->decrypts.v[i], dest, &budget))
			return true;
	return false;
}

/* What only a request says; a tunnel that isn't decrypted shows none. */
static const char *
needs_request(const struct rule *rule)
{
	if (rule->paths.n > 0)
		return "paths";
	for (size_t i = 0; i < rule->methods.n; i++)
		if (!slice_eq(rule->methods.v[i], SLICE("CONNECT")))
			return "methods";
	return NULL;
}

static bool
is_plain_only(const struct rule *rule)
{
	for (size_t i = 0; i < rule->ports.n; i++)
		if (rule->ports.v[i].from != 80 || rule->ports.v[i].to != 80)
			return false;
	return rule->ports.n > 0;
}

static void
check_requests(struct reading *reading)
{
	const struct conf *conf = reading->conf;
	const struct dest any = { .kind = DEST_ANY };

	for (size_t i = 0; i < conf->rules.n; i++) {
		const struct rule *rule = &conf->rules.v[i];
		const char *what = needs_request(rule);

		if (!what || is_plain_only(rule))
			continue;
		if (!ever_decrypted(conf, &any)) {
			reading_warn(reading, rule->at,
			    "nothing is decrypted: %s are known in plain "
			    "HTTP only",
			    what);
			continue;
		}
		for (size_t j = 0; !rule->to_negated && j < rule->to.n; j++)
			if (!ever_decrypted(conf, &rule->to.v[j]))
				reading_warn(reading, rule->to.v[j].at,
				    "never decrypted: its %s are known in "
				    "plain HTTP only",
				    what);
	}
}

/* --- more than was meant --------------------------------------------------------- */

static bool
is_everything(const struct rule *rule)
{
	if (rule->to_negated)
		return false;
	for (size_t i = 0; i < rule->to.n; i++)
		if (rule->to.v[i].kind == DEST_ANY)
			return true;
	return rule->to.n == 0;
}

static bool
denies_internal(const struct rule *rule)
{
	if (rule->action != ACTION_DENY || rule->to_negated)
		return false;
	for (size_t i = 0; i < rule->to.n; i++)
		if (rule->to.v[i].kind == DEST_INTERNAL)
			return true;
	return is_everything(rule);
}

/* Every allowance of everything opens the inside too. Said once, and not
 * where the file shows that its writer thought of it. */
static void
check_internal(struct reading *reading)
{
	const struct conf *conf = reading->conf;

	for (size_t i = 0; i < conf->rules.n; i++)
		if (denies_internal(&conf->rules.v[i]))
			return;
	for (size_t i = 0; i < conf->rules.n; i++) {
		const struct rule *rule = &conf->rules.v[i];

		if (rule->action != ACTION_ALLOW || !is_everything(rule))
			continue;
		reading_warn(reading, rule->at,
		    "this allows internal destinations too: put \"deny to "
		    "internal\" before it, if that isn't meant");
		return;
	}
}

void
check_rules(struct reading *reading)
{
	check_reachable(reading);
	check_all_prefixes(reading);
	check_requests(reading);
	check_internal(reading);
}
