/*
 * ldap_groups: the groups of an account, direct or through other groups.
 *
 * Active Directory follows nested groups by itself (the matching rule "in
 * chain"): it is asked for the account's primary group, which has no members
 * by name, then once for all that have the account or that group in them.
 * Elsewhere groups that have the account as a member are looked for
 * (groupOfNames, groupOfUniqueNames, posixGroup, and what else uses their
 * attributes), then those that have these, to a depth and a number.  A list
 * in the account's entry that the server gives in parts is read to its end,
 * or to the same number.
 */
#ifndef DIRECTORY_LDAP_GROUPS_H
#define DIRECTORY_LDAP_GROUPS_H

#include "directory/ldap_account.h"
#include "directory/ldap_search.h"

#define LDAP_GROUPS_DEPTH 16

struct ldap_groups;

/* text: names, one a line; taken by the callee, who frees it. NULL: they
 * could not be asked for, see why. */
typedef void ldap_groups_fn(
    struct ldap_groups *groups, char *text, const char *why, void *arg);

/* on_groups comes from the loop, once; the caller frees, also in there. */
struct ldap_groups *ldap_groups_start(struct ldap_pool *pool,
    struct ldap_servers *servers, struct ldap_account *account,
    ldap_groups_fn *on_groups, void *arg);
void ldap_groups_free(struct ldap_groups *groups); /* NULL is fine */

#endif
