/*
 * ldap_search: one question to a directory, from a free connection to the
 * last page of its answer.
 *
 * Where a server doesn't answer, another one is asked.  Referrals are not
 * chased.
 */
#ifndef DIRECTORY_LDAP_SEARCH_H
#define DIRECTORY_LDAP_SEARCH_H

#include "directory/ldap_entry.h"
#include "directory/ldap_pool.h"

#define LDAP_PAGE 500
#define LDAP_FILTER_MAX (64u << 10)

struct ldap_search;

struct ldap_query {
	const char *base;
	int scope; /* LDAP_SCOPE_… */
	const char *filter;
	const char *const *attrs; /* ends in NULL */
	size_t max;               /* entries */
	bool paged;
};

enum ldap_found {
	LDAP_FOUND,      /* entries, or none */
	LDAP_FOUND_MORE, /* there are more than max */
	LDAP_FOUND_NOT   /* it couldn't be asked; why says it */
};

/* entries: borrowed for the time of the call. */
typedef void ldap_search_fn(struct ldap_search *search, enum ldap_found found,
    struct ldap_entry *const *entries, size_t n, const char *why, void *arg);

/* The query is copied, but for the names in attrs. on_found comes from the loop, once; the
 * search is the caller's to free, also in there. */
struct ldap_search *ldap_search_start(struct ldap_pool *pool,
    struct ldap_servers *servers, const struct ldap_query *query,
    ldap_search_fn *on_found, void *arg);
void ldap_search_free(struct ldap_search *search); /* NULL is fine */

/* Appends to filter, which has room for max bytes with its NUL, "(attr=…)"
 * with the value escaped by libldap. -1: it doesn't fit. */
int ldap_filter_add(
    char *filter, size_t max, const char *attr, struct slice value);

#endif
