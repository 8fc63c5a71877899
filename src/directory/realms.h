/*
 * realms: whose account a Kerberos principal is.
 *
 * "alice@CORP.TEST" is "alice" here where the realm is stripped, itself where
 * it is kept, "EU\alice" where the realm stands for a domain.  What isn't said
 * of a realm: the one of our own keys is stripped, all others are refused,
 * whatever the KDC trusts.  Pure.
 */
#ifndef DIRECTORY_REALMS_H
#define DIRECTORY_REALMS_H

#include "base/slice.h"
#include "conf/model.h"
#include "directory/accounts.h"

struct realms;

/* Copies what the configuration says. */
struct realms *realms_new(const struct authenticate *authenticate);
void realms_free(struct realms *realms); /* NULL is fine */

enum realms_ret {
	REALMS_OK,     /* out is the account's name */
	REALMS_NOBODY, /* why: it is no person's, or no name */
	REALMS_UNKNOWN /* nobody is let in from that realm */
};

/* own: the realm of our keys. why: static. out ends in NUL. */
enum realms_ret realms_map(const struct realms *realms, struct slice own,
    struct slice principal, char out[ACCOUNT_NAME_MAX + 1], const char **why);

#endif
