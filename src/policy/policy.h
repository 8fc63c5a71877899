/*
 * policy: may this account reach that destination?  Pure: no descriptor, no
 * event, no clock of its own.
 *
 * A subject is filled as far as it is known.  Before the dial the address is
 * unknown, at CONNECT the inner method and path are; a condition on
 * something unknown makes its rule a "maybe", and the decision is then
 * UNDECIDED unless every maybe before the first certain match would say the
 * same.  Decide again with more known; a final subject is never undecided.
 */
#ifndef POLICY_POLICY_H
#define POLICY_POLICY_H

#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include "conf/model.h"

struct policy;

/* Compiles the rules (name look-ups, prefix order, group membership). The
 * model must outlive the policy; the caller owns it. */
struct policy *policy_new(const struct conf *conf);
void policy_free(struct policy *policy);

struct subject {
	struct slice account;       /* canonical; empty: not logged in */
	const struct slice *groups; /* from a directory; conf's are added */
	size_t ngroups;
	struct addr client;
	const struct host *host; /* canonical */
	uint16_t port;
	const struct addr *addr; /* about to be dialled; NULL: unknown yet */
	struct slice method;     /* n == 0: unknown */
	struct slice path;       /* canonical path, no query; n == 0: unknown */
	struct slice path_loose; /* as the most lenient server reads it, see
				  * http/target.h; may be empty */
	bool final;              /* unknown conditions count as not matching */
	time_t when;
};

enum verdict {
	VERDICT_ALLOW,
	VERDICT_DENY,
	VERDICT_UNDECIDED
};

struct decision {
	enum verdict verdict;
	const struct rule *rule;   /* that decided; NULL: the default */
	bool internal;             /* the destination is an internal one */
	const struct rule *report; /* a report rule that would have denied */
};

struct decision policy_decide(
    const struct policy *policy, const struct subject *subject);
/* rule's label, or "default-internal" / "default". */
struct slice decision_label(const struct decision *decision);

/* Is the destination decrypted for this subject (account, host, port)? */
bool policy_decrypts(
    const struct policy *policy, const struct subject *subject);

/* What becomes of a password that this subject sends: the first `credentials`
 * rule that matches, or a default one (never in the model); of those that
 * can't be told yet, as the address is unknown, the strictest. NULL where
 * there is no filter. *checked: whether requests are searched at all. */
const struct credential_rule *policy_credentials(
    const struct policy *policy, const struct subject *subject, bool *checked);

/* Marks for this account's upstream sockets; NULL: none. */
const struct packet_marks *policy_marks(
    const struct policy *policy, const struct subject *subject);

bool policy_internal(const struct policy *policy, const struct host *host,
    const struct addr *addr);

/* Whether a rule's `at` includes this moment; true where it has none. */
bool policy_rule_at(const struct rule *rule, time_t when);

/* For `sallyport explain`: walks the rules in order and says of each why it
 * does or does not match, and which decides. */
void policy_explain(
    const struct policy *policy, const struct subject *subject, FILE *out);

#endif
