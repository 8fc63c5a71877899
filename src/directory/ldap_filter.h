/*
 * ldap_filter: what an account is looked for by, and what is asked of it.
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

/* The account that a search for a name found. NULL: there is none, or none
 * that can be used, which is logged. */
struct ldap_account *ldap_account_pick(const struct ldap_directory *conf,
    struct slice name, struct ldap_entry *const *entries, size_t n);

#endif
