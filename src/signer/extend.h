/*
 * extend: the X.509 extensions that certificates of ours carry, each built
 * from values and never from text.  RFC 5280 section 4.2.
 */
#ifndef SIGNER_EXTEND_H
#define SIGNER_EXTEND_H

#include <stdbool.h>

#include <openssl/x509v3.h>

#include "base/name.h"

/* All return true, or false where OpenSSL refuses (out of memory). Critical
 * where RFC 5280 and browsers want it. */

/* pathlen: -1 for none; only looked at for a CA. */
bool extend_basic(X509 *cert, bool ca, long pathlen);
/* bits: KU_DIGITAL_SIGNATURE | …, of the first eight (openssl/x509v3.h). */
bool extend_usage(X509 *cert, unsigned bits);
bool extend_server_auth(X509 *cert);
/* The subject's key id by RFC 5280 4.2.1.2 (1), from the key it holds. */
bool extend_subject_key(X509 *cert);
/* The issuer's key id as it stands in the issuer; nothing where it has
 * none. */
bool extend_authority_key(X509 *cert, X509 *issuer);
/* critical: where the certificate has no subject (4.2.1.6). */
bool extend_names(
    X509 *cert, const struct host *names, size_t nnames, bool critical);

/* Names and all below them (4.2.1.10); where some are permitted, addresses
 * aren't. */
bool extend_constraints(X509 *cert, const struct host *permit, size_t npermit,
    const struct host *exclude, size_t nexclude);
/* Where the issuer's CRL, and where its certificate is to be had: an http
 * URL in ASCII (4.2.1.13, 4.2.2.1). */
bool extend_crl_address(X509 *cert, struct slice url);
bool extend_issuer_address(X509 *cert, struct slice url);

#endif
