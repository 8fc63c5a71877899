/*
 * ldap_filter: what an account and its groups are looked for by, and what is
 * asked of them.
 */
#ifndef DIRECTORY_LDAP_FILTER_H
#define DIRECTORY_LDAP_FILTER_H

#include "conf/model.h"
#include "directory/ldap_account.h"

/* The filter that finds an account by a name, into buf. -1: too long. */
int ldap_account_filter(const struct ldap_directory *conf, struct slice name,
    char *buf, size_t size);
/* What is asked of an account, ends in NULL; the caller frees the array. */
const char **ldap_account_attrs(const struct ldap_directory *conf);

/* Groups that have the account as a member; of Active Directory nested ones,
 * too, and those that primary (a DN, or NULL) is a member of. -1: too long. */
int ldap_members_filter(const struct ldap_directory *conf,
    const struct ldap_account *account, const char *primary, char *buf,
    size_t size);
/* Groups that have one of these as a member. -1: too long. */
int ldap_groups_filter(
    const char *const *dns, size_t n, char *buf, size_t size);

/* The account that a search for a name found. NULL: there is none, or none
 * that can be used, which is logged. */
struct ldap_account *ldap_account_pick(const struct ldap_directory *conf,
    struct slice name, struct ldap_entry *const *entries, size_t n);

#endif
