/*
 * ldap_bind: is this the password of this DN? Asked by a bind on a
 * connection of its own.
 */
#ifndef DIRECTORY_LDAP_BIND_H
#define DIRECTORY_LDAP_BIND_H

#include "directory/ldap_pool.h"
#include "directory/provider.h"

struct ldap_bind;

/* verdict: never PROVIDER_SPENT. why: where NOT_NOW. */
typedef void ldap_bind_fn(struct ldap_bind *bind, enum provider_verdict verdict,
    const char *why, void *arg);

/* The password is borrowed for as long as the bind is there; it must not be
 * empty, which would be an anonymous bind. on_bound comes from the
 * loop, once; the bind is the caller's to free, also in there. */
struct ldap_bind *ldap_bind_start(struct ldap_pool *pool,
    struct ldap_servers *servers, const char *dn, struct slice password,
    ldap_bind_fn *on_bound, void *arg);
void ldap_bind_free(struct ldap_bind *bind); /* NULL is fine */

#endif
