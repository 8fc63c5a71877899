/*
 * ldap_check: one password of one account, past the warden and to a server.
 *
 * What the warden counts stays open until the caller settles it: whether a
 * password was wrong may depend on whether the account is still where memory
 * has it.
 */
#ifndef DIRECTORY_LDAP_CHECK_H
#define DIRECTORY_LDAP_CHECK_H

#include "base/addr.h"
#include "directory/ldap_means.h"
#include "directory/provider.h"

struct ldap_check;

/* verdict: never SPENT. why: where NOT_NOW. */
typedef void ldap_check_fn(struct ldap_check *check,
    enum provider_verdict verdict, const char *why, void *arg);

struct ldap_check_what {
	const char *dn;   /* NULL: nobody's; takes as long as a real one's */
	struct slice key; /* what the warden counts by: one for all names */
	struct slice password;
	const struct addr *client; /* NULL: none */
};

/* What is asked is copied, but for the password, which outlives the check;
 * on_checked comes from the loop, once, and the check
 * is the caller's to free, also in there. NULL: the warden answers, with what
 * stands in *out then: WRONG, or SPENT with retry_s. */
struct ldap_check *ldap_check_start(const struct ldap_means *means,
    const struct ldap_check_what *what, struct provider_answer *out,
    ldap_check_fn *on_checked, void *arg);
/* What came of it, for the warden; once. NULL is fine. */
void ldap_check_settle(struct ldap_check *check, enum warden_end end);
/* As settled NOT_KNOWN, where it wasn't. NULL is fine. */
void ldap_check_free(struct ldap_check *check);

#endif
