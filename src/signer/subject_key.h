/*
 * subject_key: the public key that leaves are for, in the form that a
 * certificate holds it in.
 *
 * Read once: from a key of OpenSSL's that form costs ten signatures, each
 * time.
 */
#ifndef SIGNER_SUBJECT_KEY_H
#define SIGNER_SUBJECT_KEY_H

#include <stdbool.h>

#include <openssl/x509.h>

#include "base/slice.h"

struct subject_key;

/* der: a SubjectPublicKeyInfo (RFC 5280 section 4.1); copied. NULL where that
 * is no key. The caller owns what is returned. */
struct subject_key *subject_key_read(struct slice der);
void subject_key_free(struct subject_key *key); /* NULL is fine */

/* The bytes it was read from; borrowed. */
struct slice subject_key_der(const struct subject_key *key);
/* Makes it the key of a certificate. */
bool subject_key_put(const struct subject_key *key, X509 *cert);

#endif
