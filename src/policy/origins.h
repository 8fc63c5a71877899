/*
 * origins: on what terms an origin is verified. Pure, as all of policy.
 */
#ifndef POLICY_ORIGINS_H
#define POLICY_ORIGINS_H

#include "policy/policy.h"

struct origin_terms {
	enum revocation_mode revocation;
	bool fetch;                        /* revocation lists */
	bool legacy;                       /* TLS 1.0, weak suites */
	const struct own_certificate *own; /* to show; NULL: none */
};

/* For the subject's host, port and address. */
struct origin_terms policy_origin(
    const struct policy *policy, const struct subject *subject);

/* The next exception that applies there, from *i on, which is moved behind
 * it; NULL: no more. Borrowed from the model. */
const struct cert_exception *policy_exception(
    const struct policy *policy, const struct subject *subject, size_t *i);

#endif
