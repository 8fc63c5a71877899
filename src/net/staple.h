/*
 * staple: what a stapled OCSP response says of a certificate (RFC 6960,
 * RFC 6066 section 8, RFC 7633).
 */
#ifndef NET_STAPLE_H
#define NET_STAPLE_H

#include <stdbool.h>

#include <openssl/x509.h>

#include "base/slice.h"

enum staple {
	STAPLE_NONE, /* none came, or none about this certificate */
	STAPLE_GOOD,
	STAPLE_REVOKED,
	STAPLE_BAD /* malformed, stale, or not signed by who may */
};

/* chain: verified, leaf first, of two at least to say anything. */
enum staple staple_judge(
    struct slice der, STACK_OF(X509) * chain, X509_STORE *store);

/* Does the certificate demand that its status comes along? */
bool staple_demanded(X509 *cert);

#endif
