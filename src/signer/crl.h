/*
 * crl: the list of revoked leaves as clients fetch it, signed by the CA.
 *
 * A version 2 CRL (RFC 5280 section 5) that is valid for a week and made anew
 * every day, so that one that was fetched lasts over a long weekend with the
 * proxy away.  Most often it is empty: some clients refuse a certificate of
 * which they can't ask.
 */
#ifndef SIGNER_CRL_H
#define SIGNER_CRL_H

#include "signer/authority.h"
#include "signer/revoked.h"

#define CRL_VALID_S (7 * 86400)
#define CRL_RENEW_S 86400
#define CRL_BACKDATE_S 3600 /* for clients whose clock is behind */

/* In DER, valid until `until`. NULL, or why not in words; the caller frees
 * *der. A later `now` gives a higher number. */
const char *crl_make(const struct authority *authority,
    const struct revoked *revoked, int64_t now, int64_t until,
    unsigned char **der, size_t *n);

#endif
