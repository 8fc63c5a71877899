/*
 * compile: from the rules of proxy.conf to what the kernel looks up.
 *
 * Pure.  Accounts to whom the same rules apply share a profile, which is
 * made when the first of them is asked for.  The kernel knows addresses,
 * ports and accounts; what it can't know of a rule is treated in one of two
 * ways:
 *
 * COMPILE_HOST: nothing is found out later.  A rule with a name, a path or
 * the like would never match: compile_refusal() has the words for it.  The
 * verdict is that of policy_decide() for a final subject without a host.
 *
 * COMPILE_PROXY: the proxy has decided already, with all that it knows; the
 * kernel denies what no name could make right, and passes the rest: where
 * policy_decide() for a subject without a host says anything but DENY.
 */
#ifndef GUARD_COMPILE_H
#define GUARD_COMPILE_H

#include <time.h>

#include "base/prefix.h"
#include "guard/cells.h"
#include "guard/namepins.h"
#include "policy/policy.h"

enum compile_form {
	COMPILE_HOST,
	COMPILE_PROXY
};

struct compiler;

/* when: of `at` conditions. The model must outlive the compiler, which the
 * caller owns. */
struct compiler *compiler_new(
    const struct conf *conf, enum compile_form form, time_t when);
/* As COMPILE_HOST; names stand for what is known of them now. */
struct compiler *compiler_new_pinned(
    const struct conf *conf, const struct namepins *pinned, time_t when);
void compiler_free(struct compiler *compiler); /* NULL is fine */

/* The profile of an account, from 1; *fresh where it was made by this call
 * (so its cells are new). 0: can't be made, *wrong says why in words.
 * groups: from a directory, or the system; conf's own are added. */
uint32_t compiler_profile(struct compiler *compiler, struct slice account,
    const struct slice *groups, size_t ngroups, bool *fresh,
    const char **wrong);
uint32_t compiler_profiles(const struct compiler *compiler); /* so far */

/* Borrowed, until the next profile is made. */
const struct cells *compiler_cells(
    const struct compiler *compiler, uint32_t profile);
const struct sets *compiler_sets(const struct compiler *compiler);

/* Cells that allow what is in the list and deny all else; a port of 0 is any
 * port. The caller clears them. */
const char *compile_places(struct cells *cells, struct sets *sets,
    const struct prefix *prefixes, const uint16_t *ports, size_t n);

/* The rule of a packet with its GUARD_RULE_ALLOW, as the kernel will find
 * it; addr may be folded. */
uint32_t compiler_find(const struct compiler *compiler, uint32_t profile,
    const struct addr *addr, uint16_t port);
/* The label of a clause's rule: a rule's own, "default", … */
struct slice compile_label(const struct conf *conf, uint32_t rule);

/* Whether time can change what the rules say. */
bool compile_has_times(const struct conf *conf);

/* Why a rule means nothing to the kernel, in words; NULL where it does.
 * namepins: names may stand for addresses. */
const char *compile_refusal(const struct rule *rule, bool pinned);
/* The same of the `internal` statement. */
const char *compile_refusal_internal(const struct conf *conf);

#endif
