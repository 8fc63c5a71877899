/*
 * What servers answer to a bind, as Active Directory, OpenLDAP and 389
 * Directory Server write it.
 */
#include "directory/ldap_verdict.h"

#include <ldap.h>

#include "suites.h"

#define AD(data)                                                               \
	"80090308: LdapErr: DSID-0C09041C, comment: AcceptSecurityContext "    \
	"error, data " data ", v4563"

static const struct {
	int code;
	const char *text;
	int policy;
	enum provider_verdict want;
} cases[] = {
	{ LDAP_SUCCESS, "", LDAP_POLICY_SILENT, PROVIDER_OK },
	{ LDAP_INVALID_CREDENTIALS, "", LDAP_POLICY_SILENT, PROVIDER_WRONG },
	{ LDAP_INVALID_CREDENTIALS, AD("525"), 65535, PROVIDER_WRONG },
	{ LDAP_INVALID_CREDENTIALS, AD("52e"), 65535, PROVIDER_WRONG },
	{ LDAP_INVALID_CREDENTIALS, AD("52E"), 65535, PROVIDER_WRONG },
	{ LDAP_INVALID_CREDENTIALS, AD("530"), 65535, PROVIDER_HOURS },
	{ LDAP_INVALID_CREDENTIALS, AD("531"), 65535, PROVIDER_HOURS },
	{ LDAP_INVALID_CREDENTIALS, AD("532"), 65535, PROVIDER_EXPIRED },
	{ LDAP_INVALID_CREDENTIALS, AD("533"), 65535, PROVIDER_DISABLED },
	{ LDAP_INVALID_CREDENTIALS, AD("701"), 65535, PROVIDER_EXPIRED },
	{ LDAP_INVALID_CREDENTIALS, AD("773"), 65535, PROVIDER_MUST_CHANGE },
	{ LDAP_INVALID_CREDENTIALS, AD("775"), 65535, PROVIDER_LOCKED },
	{ LDAP_INVALID_CREDENTIALS, AD(""), 65535, PROVIDER_WRONG },
	{ LDAP_INVALID_CREDENTIALS, AD("7755"), 65535, PROVIDER_WRONG },
	{ LDAP_INVALID_CREDENTIALS, "data 775", 65535, PROVIDER_WRONG },
	{ LDAP_SUCCESS, AD("775"), 65535, PROVIDER_OK },
	{ LDAP_INVALID_CREDENTIALS, "", PP_passwordExpired, PROVIDER_EXPIRED },
	{ LDAP_INVALID_CREDENTIALS, "", PP_accountLocked, PROVIDER_LOCKED },
	{ LDAP_SUCCESS, "", PP_changeAfterReset, PROVIDER_MUST_CHANGE },
	{ LDAP_SUCCESS, "", PP_passwordTooShort, PROVIDER_OK },
	{ LDAP_NO_SUCH_OBJECT, "", 65535, PROVIDER_WRONG },
	{ LDAP_INVALID_DN_SYNTAX, "", 65535, PROVIDER_WRONG },
	{ LDAP_UNWILLING_TO_PERFORM,
	    "Account inactivated. Contact system "
	    "administrator.",
	    65535, PROVIDER_DISABLED },
	{ LDAP_UNWILLING_TO_PERFORM, "", 65535, PROVIDER_NOT_NOW },
	{ LDAP_CONSTRAINT_VIOLATION, "", 65535, PROVIDER_LOCKED },
	{ LDAP_BUSY, "", 65535, PROVIDER_NOT_NOW },
	{ LDAP_BUSY, "", PP_accountLocked, PROVIDER_NOT_NOW },
	{ LDAP_CONFIDENTIALITY_REQUIRED, "", 65535, PROVIDER_NOT_NOW },
	{ LDAP_REFERRAL, "", 65535, PROVIDER_NOT_NOW },
	{ -99, "", 65535, PROVIDER_NOT_NOW },
};

START_TEST(verdict)
{
	ck_assert_int_eq(ldap_verdict(cases[_i].code, slice_of(cases[_i].text),
			     cases[_i].policy),
	    cases[_i].want);
}
END_TEST

Suite *
suite_ldap_verdict(void)
{
	Suite *suite = suite_create("ldap_verdict");
	TCase *tcase = tcase_create("verdict");

	tcase_add_loop_test(tcase, verdict, 0, COUNT(cases));
	suite_add_tcase(suite, tcase);
	return suite;
}
