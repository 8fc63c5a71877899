/*
 * issuers: intermediate certificates that origins failed to send and that
 * were fetched for them.  They help to build a chain and are never trusted by
 * themselves.  A bounded collection a worker, the oldest goes first.
 */
#ifndef NET_ISSUERS_H
#define NET_ISSUERS_H

#include <stdbool.h>

#include <openssl/x509.h>

#include "base/slice.h"

#define ISSUERS_MAX 200               /* certificates kept */
#define ISSUERS_BODY_MAX (256u << 10) /* of one answer, bytes */
#define ISSUERS_OF_BODY_MAX 10        /* taken from one answer */
#define ISSUERS_URL_MAX 500

struct issuers;

struct issuers *issuers_new(void);
void issuers_free(struct issuers *issuers); /* NULL is fine */

/* What a server gave (RFC 5280 section 4.2.2.1: DER or a certs-only PKCS #7;
 * PEM is seen, too). True where at least one certificate was in it. */
bool issuers_add(struct issuers *issuers, struct slice body);

/* One that may have issued cert, by names and key ids; borrowed; or NULL. */
X509 *issuers_find(const struct issuers *issuers, X509 *cert);

/* Where cert says that its issuer's certificate can be had, over plain http.
 * The caller frees it; NULL where nowhere. */
char *issuers_url(X509 *cert);
/* An address out of a certificate, if it may be asked: plain http, not too
 * long. The caller frees it; NULL: it may not. */
char *issuers_usable_url(const ASN1_IA5STRING *text);

#endif
