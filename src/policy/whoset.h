/*
 * whoset: accounts and groups of a condition, compiled for look-up.
 */
#ifndef POLICY_WHOSET_H
#define POLICY_WHOSET_H

#include <stdbool.h>

#include "conf/model.h"

/* Patterns of account names. */
struct patterns;
struct patterns *patterns_new(const struct slice *v, size_t n);
void patterns_free(struct patterns *names);
/* Without regard to the case of ASCII letters. */
bool patterns_have(const struct patterns *names, struct slice account);

/* The groups of a configuration. */
struct groups;
struct groups *groups_new(const struct conf *conf);
void groups_free(struct groups *groups);

/* Who a condition speaks of; groups are borrowed and must outlive it. */
struct whoset;
struct whoset *whoset_new(const struct who *who, const struct groups *groups);
void whoset_free(struct whoset *set);

/* account: empty where nobody logged in. `more` are groups that a directory
 * says the account is in. */
struct member {
	struct slice account;
	const struct slice *more;
	size_t nmore;
	uint64_t asked, in; /* bit i: the configuration's group i; 0 at first */
};
/* Remembers in member what it found out of the first 64 groups. */
bool whoset_has(const struct whoset *set, struct member *member);

#endif
