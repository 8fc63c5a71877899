/*
 * match: whether one rule speaks of a subject, condition by condition.
 */
#include <string.h>

#include "base/prefix.h"
#include "base/reach.h"
#include "policy/compiled.h"

static enum tri
is_internal(const struct policy *policy, const struct place_of *place)
{
	const struct addr *addr = place->addr;
	enum tri listed = destset_has(policy->internal, place);

	if (addr && addr_is_special(addr))
		return TRI_YES;
	if (addr && !policy->conf->internal_given && addr_is_internal(addr))
		return TRI_YES;
	/* an address decides; without it a name may turn out to be inside */
	if (listed == TRI_YES || addr)
		return listed;
	return TRI_MAYBE;
}

void
walk_start(struct walk *walk, const struct policy *policy,
    const struct subject *subject)
{
	const struct host *host = subject->host;
	const struct addr *addr = subject->addr;

	/* field by field: most of its bytes are room for long names */
	walk->policy = policy;
	walk->subject = subject;
	walk->member = (struct member){ .account = subject->account,
		.more = subject->groups,
		.nmore = subject->ngroups };
	walk->client = addr_unfold(subject->client);
	walk->minute = -1;
	if (!addr && host && host->is_addr)
		addr = &host->addr;
	if (addr)
		walk->addr = addr_unfold(*addr);
	place_init(
	    &walk->place, host, addr ? &walk->addr : NULL, subject->port);
	walk->place.internal = is_internal(policy, &walk->place);
}

static enum tri
tri_of(bool yes)
{
	return yes ? TRI_YES : TRI_NO;
}

static enum tri
match_who(struct walk *walk, const struct compiled_rule *rule)
{
	return tri_of(whoset_has(rule->who, &walk->member));
}

static enum tri
match_from(struct walk *walk, const struct compiled_rule *rule)
{
	const struct rule *source = rule->rule;

	for (size_t i = 0; i < source->from.n; i++)
		if (prefix_has(&source->from.v[i], &walk->client))
			return TRI_YES;
	return tri_of(source->from.n == 0);
}

static enum tri
match_to(struct walk *walk, const struct compiled_rule *rule)
{
	enum tri found;

	if (rule->rule->to.n == 0)
		return TRI_YES;
	found = destset_has(rule->to, &walk->place);
	return rule->rule->to_negated ? tri_not(found) : found;
}

static enum tri
match_port(struct walk *walk, const struct compiled_rule *rule)
{
	const struct rule *source = rule->rule;
	uint16_t port = walk->subject->port;

	for (size_t i = 0; i < source->ports.n; i++)
		if (source->ports.v[i].from <= port &&
		    port <= source->ports.v[i].to)
			return TRI_YES;
	return tri_of(source->ports.n == 0);
}

/* A method in small letters is another one to the letter of RFC 9110, and
 * the same one to many a server. */
static enum tri
match_method(struct walk *walk, const struct compiled_rule *rule)
{
	const struct rule *source = rule->rule;

	if (source->methods.n == 0)
		return TRI_YES;
	if (walk->subject->method.n == 0)
		return TRI_MAYBE;
	for (size_t i = 0; i < source->methods.n; i++)
		if (slice_caseeq(source->methods.v[i], walk->subject->method))
			return TRI_YES;
	return TRI_NO;
}

static bool
path_below(struct slice prefix, struct slice path)
{
	if (slice_eq_str(prefix, "/"))
		return true;
	return slice_starts(path, prefix) &&
	    (path.n == prefix.n || path.p[prefix.n] == '/');
}

static bool
path_listed(const struct rule *source, struct slice path)
{
	for (size_t i = 0; i < source->paths.n; i++)
		if (path_below(source->paths.v[i], path))
			return true;
	return false;
}

/* A path that servers read in two ways ("/a%2fb", "/a//b") must match a rule
 * that allows in both of them, and one that denies in either. */
static enum tri
match_path(struct walk *walk, const struct compiled_rule *rule)
{
	const struct rule *source = rule->rule;
	const struct subject *subject = walk->subject;
	bool strict, loose;

	if (source->paths.n == 0)
		return TRI_YES;
	if (subject->path.n == 0)
		return TRI_MAYBE;
	strict = path_listed(source, subject->path);
	loose = subject->path_loose.n == 0
	    ? strict
	    : path_listed(source, subject->path_loose);
	return tri_of(
	    source->action == ACTION_ALLOW ? strict && loose : strict || loose);
}

static void
find_minute(struct walk *walk)
{
	struct tm tm;

	if (walk->minute >= 0)
		return;
	memset(&tm, 0, sizeof(tm));
	localtime_r(&walk->subject->when, &tm);
	walk->minute = tm.tm_hour * 60 + tm.tm_min;
	walk->day = (unsigned)(tm.tm_wday + 6) % 7;
}

static bool
time_has(const struct time_range *range, unsigned day, int minute)
{
	unsigned before = (day + 6) % 7;
	bool starts_today = range->days & 1u << day;
	bool started_before = range->days & 1u << before;

	if (range->from < range->to)
		return starts_today && range->from <= minute &&
		    minute < range->to;
	return (starts_today && range->from <= minute) ||
	    (started_before && minute < range->to);
}

static enum tri
match_at(struct walk *walk, const struct compiled_rule *rule)
{
	const struct rule *source = rule->rule;

	if (source->times.n == 0)
		return TRI_YES;
	find_minute(walk);
	for (size_t i = 0; i < source->times.n; i++)
		if (time_has(&source->times.v[i], walk->day, walk->minute))
			return TRI_YES;
	return TRI_NO;
}

bool
policy_rule_at(const struct rule *rule, time_t when)
{
	const struct subject subject = { .when = when };
	struct walk walk = { .subject = &subject, .minute = -1 };

	return match_at(&walk, &(struct compiled_rule){ .rule = rule }) ==
	    TRI_YES;
}

const struct rule_condition rule_conditions[] = {
	{ "port", match_port },
	{ "who", match_who },
	{ "from", match_from },
	{ "to", match_to },
	{ "method", match_method },
	{ "path", match_path },
	{ "at", match_at },
};
const size_t rule_conditions_count = sizeof(rule_conditions) /
    sizeof(rule_conditions[0]);

enum tri
rule_matches(struct walk *walk, const struct compiled_rule *rule)
{
	enum tri all = TRI_YES;

	for (size_t i = 0; i < rule_conditions_count && all != TRI_NO; i++)
		all = tri_and(all, rule_conditions[i].match(walk, rule));
	return all;
}
