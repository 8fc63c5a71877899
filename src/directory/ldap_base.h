/*
 * ldap_base: is what a directory is searched below there, for whom we search
 * as?
 *
 * Looked at once servers can be asked, and again every minute until it is;
 * what is wrong with it is said once, before anybody has to log in.
 */
#ifndef DIRECTORY_LDAP_BASE_H
#define DIRECTORY_LDAP_BASE_H

#include "directory/ldap_pool.h"

struct ldap_base;

/* Both are borrowed. */
struct ldap_base *ldap_base_new(
    struct ldap_servers *servers, struct ldap_pool *searches);
void ldap_base_free(struct ldap_base *base); /* NULL is fine */

/* Members for an object that is open. */
void ldap_base_status(const struct ldap_base *base, struct json *json);

#endif
