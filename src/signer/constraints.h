/*
 * constraints: which names the name constraints of a CA let it sign for.
 *
 * A leaf with one name outside of them is refused whole by every client, so
 * such names are left out.  RFC 5280 section 4.2.1.10.
 */
#ifndef SIGNER_CONSTRAINTS_H
#define SIGNER_CONSTRAINTS_H

#include <stdbool.h>

#include <openssl/x509.h>

#include "base/name.h"

/* name: by cert_name_parse(). True where the CA has no constraints; false for
 * every name where they can't be read. */
bool constraints_permit(X509 *ca, const struct host *name);

#endif
