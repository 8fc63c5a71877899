/*
 * sealed: logins that a page's script has encrypted or hashed.
 *
 * Nobody on the way can read those; that a request looks like one is worth a
 * count by site, so that it is known where the check is blind.
 */
#ifndef CREDENTIAL_SEALED_H
#define CREDENTIAL_SEALED_H

#include <stdbool.h>

#include "credential/scan.h"

/* After a scan has run: is there a field named like a password whose value is
 * long and of no pattern, or a text beside what a cipher takes (an "iv"), or
 * what a known library writes in front? A hint, never a proof. */
bool sealed_found(struct scan *scan);

#endif
