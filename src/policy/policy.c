/*
 * policy: compiles a configuration's rules and walks them for a subject.
 *
 * It owns no descriptor and asks no clock; the time zone is the only thing
 * of the system that it uses, read once when a policy is made.
 */
#include "policy/policy.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/must.h"
#include "policy/compiled.h"

/* --- compiling --------------------------------------------------------------- */

static const struct destset *
find_list(const struct dest_list *list, const void *arg)
{
	const struct policy *policy = arg;
	const struct conf *conf = policy->conf;
	size_t i = 0;

	while (i < conf->dest_lists.n && conf->dest_lists.v[i] != list)
		i++;
	must(i < conf->dest_lists.n);
	return policy->lists[i];
}

static struct destset *
compile_dests(const struct policy *policy, const dests *list)
{
	return destset_new(list, find_list, policy);
}

/* Never of zero items, so that NULL isn't a success. */
static void *
array(size_t n, size_t size)
{
	return mem_resize(NULL, n + 1, size);
}

static void
compile_lists(struct policy *policy)
{
	const struct conf *conf = policy->conf;

	policy->lists = array(conf->dest_lists.n, sizeof(*policy->lists));
	for (size_t i = 0; i < conf->dest_lists.n; i++)
		policy->lists[i] = destset_of_list(conf->dest_lists.v[i]);
}

static struct compiled_rule
compile_rule(const struct policy *policy, const struct rule *rule)
{
	return (struct compiled_rule){ .rule = rule,
		.who = whoset_new(&rule->who, policy->groups),
		.to = compile_dests(policy, &rule->to) };
}

static void
compile_rules(struct policy *policy)
{
	const struct conf *conf = policy->conf;

	policy->rules = array(conf->rules.n, sizeof(*policy->rules));
	for (size_t i = 0; i < conf->rules.n; i++)
		policy->rules[i] = compile_rule(policy, &conf->rules.v[i]);
	policy->credentials = array(
	    conf->credentials.n, sizeof(*policy->credentials));
	for (size_t i = 0; i < conf->credentials.n; i++)
		policy->credentials[i] = compile_rule(
		    policy, &conf->credentials.v[i].when);
}

static void
compile_decrypts(struct policy *policy)
{
	const struct conf *conf = policy->conf;

	policy->decrypts = array(conf->decrypts.n, sizeof(*policy->decrypts));
	for (size_t i = 0; i < conf->decrypts.n; i++) {
		const struct decrypt *one = &conf->decrypts.v[i];

		policy->decrypts[i] = (struct compiled_decrypt){ .decrypt = one,
			.who = whoset_new(&one->who, policy->groups),
			.to = compile_dests(policy, &one->to),
			.except = compile_dests(policy, &one->except) };
	}
}

static void
compile_marks(struct policy *policy)
{
	const struct conf *conf = policy->conf;

	policy->marks = array(conf->marks.n, sizeof(*policy->marks));
	for (size_t i = 0; i < conf->marks.n; i++)
		policy->marks[i] = (struct compiled_marks){
			.marks = &conf->marks.v[i],
			.who = whoset_new(&conf->marks.v[i].who, policy->groups)
		};
}

/* As conf's lists have them. */
static void
compile_origins(struct policy *policy)
{
	const struct conf *conf = policy->conf;

	policy->legacy = compile_dests(policy, &conf->legacy);
	policy->revocations = array(
	    conf->revocations.n, sizeof(*policy->revocations));
	for (size_t i = 0; i < conf->revocations.n; i++)
		policy->revocations[i] = compile_dests(
		    policy, &conf->revocations.v[i].to);
	policy->exceptions = array(
	    conf->exceptions.n, sizeof(*policy->exceptions));
	for (size_t i = 0; i < conf->exceptions.n; i++)
		policy->exceptions[i] = compile_dests(
		    policy, &conf->exceptions.v[i].to);
	policy->own_certificates = array(
	    conf->own_certificates.n, sizeof(*policy->own_certificates));
	for (size_t i = 0; i < conf->own_certificates.n; i++)
		policy->own_certificates[i] = compile_dests(
		    policy, &conf->own_certificates.v[i].to);
}

struct policy *
policy_new(const struct conf *conf)
{
	struct policy *policy = mem_zalloc(sizeof(*policy));

	/* now, as a sandboxed process couldn't open its file later */
	tzset();
	policy->conf = conf;
	policy->groups = groups_new(conf);
	compile_lists(policy);
	policy->internal = compile_dests(policy, &conf->internal);
	compile_rules(policy);
	compile_decrypts(policy);
	compile_marks(policy);
	compile_origins(policy);
	return policy;
}

static void
free_rules(struct compiled_rule *rules, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		whoset_free(rules[i].who);
		destset_free(rules[i].to);
	}
	free(rules);
}

static void
free_sets(struct destset **sets, size_t n)
{
	for (size_t i = 0; i < n; i++)
		destset_free(sets[i]);
	free(sets);
}

void
policy_free(struct policy *policy)
{
	if (!policy)
		return;
	for (size_t i = 0; i < policy->conf->marks.n; i++)
		whoset_free(policy->marks[i].who);
	for (size_t i = 0; i < policy->conf->decrypts.n; i++) {
		whoset_free(policy->decrypts[i].who);
		destset_free(policy->decrypts[i].to);
		destset_free(policy->decrypts[i].except);
	}
	free_rules(policy->rules, policy->conf->rules.n);
	free_rules(policy->credentials, policy->conf->credentials.n);
	destset_free(policy->legacy);
	free_sets(policy->revocations, policy->conf->revocations.n);
	free_sets(policy->exceptions, policy->conf->exceptions.n);
	free_sets(policy->own_certificates, policy->conf->own_certificates.n);
	free_sets(policy->lists, policy->conf->dest_lists.n);
	destset_free(policy->internal);
	groups_free(policy->groups);
	free(policy->marks);
	free(policy->decrypts);
	free(policy);
}

/* --- deciding ---------------------------------------------------------------- */

static enum verdict
verdict_of(enum action action)
{
	return action == ACTION_ALLOW ? VERDICT_ALLOW : VERDICT_DENY;
}

/* What the rules may still come to when all that is unknown is known. */
struct maybes {
	bool allow, deny;
};

static void
note(struct maybes *maybes, enum verdict verdict)
{
	maybes->allow |= verdict == VERDICT_ALLOW;
	maybes->deny |= verdict == VERDICT_DENY;
}

static struct decision
settle(const struct walk *walk, const struct maybes *maybes,
    struct decision decision)
{
	if (decision.verdict == VERDICT_ALLOW ? maybes->deny : maybes->allow) {
		decision.verdict = VERDICT_UNDECIDED;
		decision.rule = NULL;
	}
	/* of what is refused anyway there is nothing to report */
	if (decision.verdict == VERDICT_DENY)
		decision.report = NULL;
	decision.internal = walk->place.internal == TRI_YES;
	return decision;
}

/* Where no rule matches for certain. */
static struct decision
settle_default(
    const struct walk *walk, struct maybes maybes, const struct rule *report)
{
	struct decision decision = { .verdict = VERDICT_ALLOW,
		.report = report };

	if (walk->place.internal == TRI_YES)
		decision.verdict = VERDICT_DENY;
	else if (walk->place.internal == TRI_MAYBE && !walk->subject->final)
		note(&maybes, VERDICT_DENY);
	return settle(walk, &maybes, decision);
}

struct decision
policy_decide(const struct policy *policy, const struct subject *subject)
{
	struct decision decision = { .verdict = VERDICT_UNDECIDED };
	struct maybes maybes = { false, false };
	struct walk walk;

	walk_start(&walk, policy, subject);
	for (size_t i = 0; i < policy->conf->rules.n; i++) {
		const struct rule *rule = policy->rules[i].rule;
		enum tri matches = rule_matches(&walk, &policy->rules[i]);

		if (matches == TRI_MAYBE && subject->final)
			matches = TRI_NO;
		if (matches == TRI_NO)
			continue;
		if (rule->action == ACTION_REPORT) {
			if (matches == TRI_YES && !decision.report)
				decision.report = rule;
			continue;
		}
		if (matches == TRI_MAYBE) {
			note(&maybes, verdict_of(rule->action));
			continue;
		}
		decision.verdict = verdict_of(rule->action);
		decision.rule = rule;
		return settle(&walk, &maybes, decision);
	}
	return settle_default(&walk, maybes, decision.report);
}

struct slice
decision_label(const struct decision *decision)
{
	if (decision->rule)
		return decision->rule->label;
	return decision->internal ? SLICE("default-internal")
				  : SLICE("default");
}

/* --- the rest ------------------------------------------------------------------ */

bool
policy_decrypts(const struct policy *policy, const struct subject *subject)
{
	struct walk walk;

	walk_start(&walk, policy, subject);
	for (size_t i = 0; i < policy->conf->decrypts.n; i++) {
		const struct compiled_decrypt *one = &policy->decrypts[i];

		if (!whoset_has(one->who, &walk.member))
			continue;
		if (one->decrypt->none)
			return false;
		if (one->decrypt->to.n &&
		    destset_has(one->to, &walk.place) != TRI_YES)
			return false;
		return destset_has(one->except, &walk.place) != TRI_YES;
	}
	return false;
}

const struct packet_marks *
policy_marks(const struct policy *policy, const struct subject *subject)
{
	struct member member = { .account = subject->account,
		.more = subject->groups,
		.nmore = subject->ngroups };

	for (size_t i = 0; i < policy->conf->marks.n; i++)
		if (whoset_has(policy->marks[i].who, &member))
			return policy->marks[i].marks;
	return NULL;
}

bool
policy_internal(const struct policy *policy, const struct host *host,
    const struct addr *addr)
{
	struct subject subject = { .host = host, .addr = addr };
	struct walk walk;

	walk_start(&walk, policy, &subject);
	return walk.place.internal == TRI_YES;
}
