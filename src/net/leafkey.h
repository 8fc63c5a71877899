/*
 * leafkey: the one key that all leaf certificates share.
 *
 * The supervisor makes it at its start; workers get the private part, the
 * signer just the public one, so that it never signs for a key that a worker
 * made up.  EC P-256.
 */
#ifndef NET_LEAFKEY_H
#define NET_LEAFKEY_H

#include <openssl/evp.h>

#include "base/secret.h"
#include "base/slice.h"

/* PKCS#8 and SubjectPublicKeyInfo, both DER. Fatal where OpenSSL can't. */
void leafkey_make(struct secret *private_der, struct secret *public_der);

/* The private key of leafkey_make; the caller frees it. NULL: not one. */
EVP_PKEY *leafkey_read(struct slice private_der);

#endif
