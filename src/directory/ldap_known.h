/*
 * ldap_known: accounts of a directory that were read, by all of their names.
 *
 * One that was read a while ago is still good, and is read again behind
 * people's backs; one that was read long ago has to be looked for anew.
 */
#ifndef DIRECTORY_LDAP_KNOWN_H
#define DIRECTORY_LDAP_KNOWN_H

#include "base/json.h"
#include "directory/ldap_account.h"
#include "directory/ldap_pool.h"
#include "directory/ldap_search.h"

struct ldap_known;

/* Both are borrowed and outlive it. */
struct ldap_known *ldap_known_new(
    struct ldap_servers *servers, struct ldap_pool *searches);
void ldap_known_free(struct ldap_known *known); /* NULL is fine */

/* As ldap_search_start: who is that? name: as an attribute has it. NULL: a
 * name that nobody can have. */
struct ldap_search *ldap_known_search(struct ldap_known *known,
    struct slice name, ldap_search_fn *on_found, void *arg);
/* The one that was meant, of those a search found; it is known from now on.
 * A reference for the caller, or NULL. */
struct ldap_account *ldap_known_pick(struct ldap_known *known,
    struct slice name, struct ldap_entry *const *entries, size_t n);

/* name: folded. Borrowed until the next call; NULL: not known, or read too
 * long ago. */
struct ldap_account *ldap_known_get(
    struct ldap_known *known, struct slice name);
/* However long ago. */
struct ldap_account *ldap_known_old(
    struct ldap_known *known, struct slice name);
/* It isn't where it was. */
void ldap_known_forget(
    struct ldap_known *known, const struct ldap_account *account);

/* Members for an object that is open. */
void ldap_known_status(const struct ldap_known *known, struct json *json);

#endif
