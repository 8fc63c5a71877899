/*
 * ldap_pool: connections to the servers of one directory.
 *
 * Two of them share what is known of the servers' health: one for searches
 * (few connections, bound as the service, many questions on each) and one
 * for binds as people (a connection to itself each).  The first server of
 * the list that works is used; one that doesn't is left alone for a time
 * that doubles, and gone back to when it works again.  A new connection that
 * takes long gets a rival on the next server, so that one dead server never
 * holds anybody up.
 */
#ifndef DIRECTORY_LDAP_POOL_H
#define DIRECTORY_LDAP_POOL_H

#include "base/json.h"
#include "directory/ldap_servers.h"
#include "directory/ldap_slots.h"

#define LDAP_SHARED 128 /* questions at once on a connection for searches */

struct ldap_pool;
struct ldap_wait;

/* slot: the caller's until ldap_slot_give; NULL: no server answers, and why
 * says what the last one did. */
typedef void ldap_pool_fn(struct ldap_slot *slot, const char *why, void *arg);

/* servers: borrowed. max: connections; shared: questions on each. A pool of
 * the service keeps a connection at all times. */
struct ldap_pool *ldap_pool_new(
    struct ldap_servers *servers, bool service, size_t max, unsigned shared);
/* Nobody is called. NULL is fine. */
void ldap_pool_free(struct ldap_pool *pool);

/* on_slot comes from the loop, never from within. avoid: bit i, the server i
 * is no good for this. */
struct ldap_wait *ldap_pool_take(
    struct ldap_pool *pool, uint32_t avoid, ldap_pool_fn *on_slot, void *arg);
void ldap_pool_cancel(struct ldap_wait *wait); /* NULL is fine */

/* Members for an object that is open. */
void ldap_pool_status(const struct ldap_pool *pool, struct json *json);

#endif
