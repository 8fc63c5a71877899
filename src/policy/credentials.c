/*
 * credentials: which rule says what becomes of a password on its way out.
 *
 * Where it can't be known whether a rule matches, the stricter answer holds.
 */
#include "policy/compiled.h"

static const struct credential_rule default_external = {
	.action = CREDENTIAL_BLOCK,
	.label = { "default", sizeof("default") - 1 },
};

static const struct credential_rule default_internal = {
	.action = CREDENTIAL_PERMIT,
	.label = { "default-internal", sizeof("default-internal") - 1 },
};

static unsigned
strictness(const struct credential_rule *rule)
{
	switch (rule->action) {
	case CREDENTIAL_PERMIT:
		return 0;
	case CREDENTIAL_REPORT:
		return 1;
	case CREDENTIAL_CONTINUE:
		return 2;
	case CREDENTIAL_BLOCK:
		break;
	}
	return 3;
}

static const struct credential_rule *
stricter(
    const struct credential_rule *maybe, const struct credential_rule *rule)
{
	return maybe && strictness(maybe) > strictness(rule) ? maybe : rule;
}

static const struct credential_rule *
find_rule(const struct policy *policy, const struct subject *subject)
{
	const struct credential_rule *maybe = NULL;
	struct walk walk;

	walk_start(&walk, policy, subject);
	for (size_t i = 0; i < policy->conf->credentials.n; i++) {
		const struct credential_rule *rule =
		    &policy->conf->credentials.v[i];

		switch (rule_matches(&walk, &policy->credentials[i])) {
		case TRI_YES:
			return stricter(maybe, rule);
		case TRI_MAYBE:
			maybe = stricter(maybe, rule);
			break;
		case TRI_NO:
			break;
		}
	}
	return stricter(maybe,
	    walk.place.internal == TRI_YES ? &default_internal
					   : &default_external);
}

const struct credential_rule *
policy_credentials(
    const struct policy *policy, const struct subject *subject, bool *checked)
{
	const struct credential_rule *rule = NULL;

	if (policy->conf->filter_path)
		rule = find_rule(policy, subject);
	*checked = rule && rule->action != CREDENTIAL_PERMIT;
	return rule;
}
