/*
 * ldap_verdict: what a server's answer to a bind means for the person.
 *
 * Active Directory hides it in the text of "invalid credentials" ("…, data
 * 532, …"), servers with a password policy say it in a control
 * (draft-behera-ldap-password-policy section 6.2).
 */
#ifndef DIRECTORY_LDAP_VERDICT_H
#define DIRECTORY_LDAP_VERDICT_H

#include "directory/provider.h"

#define LDAP_POLICY_SILENT 65535 /* PP_noError: the control says nothing */

/* code: of the answer; policy: error of the control. */
enum provider_verdict ldap_verdict(
    int code, struct slice diagnostic, int policy);

#endif
