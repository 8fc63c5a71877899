/*
 * hostguard: the rules of a proxy.conf for the accounts of this machine.
 *
 * An account's number is its user id.  Needs map descriptors only; names
 * and groups come from the name service.
 */
#ifndef GUARD_HOSTGUARD_H
#define GUARD_HOSTGUARD_H

#include <stdio.h>
#include <time.h>

#include "guard/denial.h"
#include "guard/people.h"
#include "guard/tables.h"

struct hostguard;

/* Borrows the tables; the caller owns the host. */
struct hostguard *hostguard_new(struct tables *tables);
void hostguard_free(struct hostguard *host); /* NULL is fine */

/* Rules that mean nothing to packets, each with its reason, to out; how many
 * there are. A configuration with any must not be loaded. */
size_t hostguard_refusals(const struct conf *conf, FILE *out);

/* Brings rules and accounts into the kernel. The model must outlive the host
 * or the next load; pinned: what names stand for, or NULL. NULL, or why not:
 * the old ones stay in force. */
const char *hostguard_load(struct hostguard *host, const struct conf *conf,
    const struct namepins *pinned, time_t when);

/* Someone the kernel met and had no rules for. */
void hostguard_learn(struct hostguard *host, uint32_t uid);

/* Names for an event; borrowed until the next call. */
struct denial hostguard_denial(
    struct hostguard *host, const struct guard_event *event);
size_t hostguard_accounts(const struct hostguard *host);

/* What the rules say of an account, without a kernel. A person who is exempt
 * may do everything while nobody is logged in as them. */
struct hostguard_answer {
	bool allowed, exempt;
	struct slice label; /* borrowed from the model */
};
const char *hostguard_explain(const struct conf *conf,
    const struct namepins *pinned, const struct person *person,
    const struct addr *addr, uint16_t port, struct hostguard_answer *out);

#endif
