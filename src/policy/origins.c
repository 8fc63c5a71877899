/*
 * origins: looks up what configuration says of a destination's TLS. It
 * verifies nothing.
 */
#include "policy/origins.h"

#include "policy/compiled.h"

static const struct revocation *
revocation_of(const struct walk *walk)
{
	static const struct revocation soft = { .mode = REVOCATION_SOFT };
	const struct policy *policy = walk->policy;

	for (size_t i = 0; i < policy->conf->revocations.n; i++) {
		const struct revocation *one = &policy->conf->revocations.v[i];

		if (one->to.n == 0 ||
		    destset_has(policy->revocations[i], &walk->place) ==
			TRI_YES)
			return one;
	}
	return &soft;
}

static const struct own_certificate *
own_of(const struct walk *walk)
{
	const struct policy *policy = walk->policy;

	for (size_t i = 0; i < policy->conf->own_certificates.n; i++)
		if (destset_has(policy->own_certificates[i], &walk->place) ==
		    TRI_YES)
			return &policy->conf->own_certificates.v[i];
	return NULL;
}

struct origin_terms
policy_origin(const struct policy *policy, const struct subject *subject)
{
	const struct revocation *revocation;
	struct walk walk;

	walk_start(&walk, policy, subject);
	revocation = revocation_of(&walk);
	return (struct origin_terms){
		.revocation = revocation->mode,
		.fetch = revocation->fetch,
		.legacy = destset_has(policy->legacy, &walk.place) == TRI_YES,
		.own = own_of(&walk),
	};
}

const struct cert_exception *
policy_exception(
    const struct policy *policy, const struct subject *subject, size_t *i)
{
	struct walk walk;

	if (*i >= policy->conf->exceptions.n)
		return NULL;
	walk_start(&walk, policy, subject);
	while (*i < policy->conf->exceptions.n) {
		size_t at = (*i)++;

		if (destset_has(policy->exceptions[at], &walk.place) == TRI_YES)
			return &policy->conf->exceptions.v[at];
	}
	return NULL;
}
