/*
 * ldap_login: one login through a directory.
 *
 * Find the account by what was typed, in memory or by a search; check the
 * password; find the groups.  While no server answers, a login that was right
 * within `grace` goes on.
 */
#ifndef DIRECTORY_LDAP_LOGIN_H
#define DIRECTORY_LDAP_LOGIN_H

#include "directory/ldap_means.h"
#include "directory/provider.h"

struct ldap_login;

/* How logins ended, for the status. */
struct ldap_tally {
	uint64_t right, wrong, unavailable, by_grace, unchecked;
};

struct ldap_login_ask {
	uint64_t id;
	struct slice account;      /* as it was typed */
	struct slice password;     /* copied; empty where there is none */
	const struct addr *client; /* NULL: none */
	bool no_password; /* who is it, that has proven it elsewhere? */
};

/* means and tally are borrowed. on_answer comes from the loop, once, and
 * frees the login. NULL: nobody can be asked for with that. */
struct ldap_login *ldap_login_start(const struct ldap_means *means,
    struct ldap_tally *tally, const struct ldap_login_ask *ask,
    provider_fn *on_answer, void *arg);
/* Calls nobody. NULL is fine. */
void ldap_login_free(struct ldap_login *login);

#endif
