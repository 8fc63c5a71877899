/*
 * ldap_verdict: tables.  Pure.
 */
#include "directory/ldap_verdict.h"

#include <stdbool.h>

#include <ldap.h>

/* The Windows error that stands behind "data ", in hexadecimal. */
static const struct {
	const char *data;
	enum provider_verdict verdict;
} sub_codes[] = {
	{ "525", PROVIDER_WRONG },       /* no such account */
	{ "52e", PROVIDER_WRONG },       /* wrong password */
	{ "52f", PROVIDER_HOURS },       /* a restriction of the account */
	{ "530", PROVIDER_HOURS },       /* not at this time */
	{ "531", PROVIDER_HOURS },       /* not at this computer */
	{ "532", PROVIDER_EXPIRED },     /* the password has */
	{ "533", PROVIDER_DISABLED },    /* the account is */
	{ "701", PROVIDER_EXPIRED },     /* the account has */
	{ "773", PROVIDER_MUST_CHANGE }, /* the password, at next login */
	{ "775", PROVIDER_LOCKED },      /* the account is */
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* "80090308: LdapErr: DSID-0C09041C, comment: AcceptSecurityContext error,
 * data 52e, v4563" */
static enum provider_verdict
from_text(struct slice text)
{
	static const struct slice mark = { "AcceptSecurityContext error, data ",
		34 };
	size_t at = slice_search(text, mark);
	struct slice data = slice_from_idx(text, at + mark.n);

	if (at == text.n)
		return PROVIDER_WRONG;
	data = slice_sub(data, 0, slice_find(data, ','));
	for (size_t i = 0; i < COUNT(sub_codes); i++)
		if (slice_caseeq_str(data, sub_codes[i].data))
			return sub_codes[i].verdict;
	return PROVIDER_WRONG;
}

/* With a right password the policy may still say no: then the code is that of
 * success too, for changeAfterReset. */
static bool
from_policy(int policy, enum provider_verdict *out)
{
	switch (policy) {
	case PP_passwordExpired:
		*out = PROVIDER_EXPIRED;
		return true;
	case PP_accountLocked:
		*out = PROVIDER_LOCKED;
		return true;
	case PP_changeAfterReset:
		*out = PROVIDER_MUST_CHANGE;
		return true;
	default:
		return false;
	}
}

enum provider_verdict
ldap_verdict(int code, struct slice diagnostic, int policy)
{
	enum provider_verdict verdict;

	if ((code == LDAP_SUCCESS || code == LDAP_INVALID_CREDENTIALS) &&
	    from_policy(policy, &verdict))
		return verdict;
	switch (code) {
	case LDAP_SUCCESS:
		return PROVIDER_OK;
	case LDAP_INVALID_CREDENTIALS:
		return from_text(diagnostic);
	case LDAP_NO_SUCH_OBJECT:
	case LDAP_INVALID_DN_SYNTAX:
	case LDAP_INAPPROPRIATE_AUTH:
		return PROVIDER_WRONG;
	case LDAP_UNWILLING_TO_PERFORM: /* 389ds, of an inactive account */
		return slice_search(diagnostic, SLICE("nactivated")) <
			diagnostic.n
		    ? PROVIDER_DISABLED
		    : PROVIDER_NOT_NOW;
	case LDAP_CONSTRAINT_VIOLATION: /* 389ds, after too many failures */
		return PROVIDER_LOCKED;
	default:
		return PROVIDER_NOT_NOW;
	}
}
