/*
 * sign: a signature that depends on nothing but the key and the contents.
 *
 * RSA (PKCS#1 v1.5) is so by nature; ECDSA is made so by RFC 6979, where the
 * nonce comes from key and digest instead of a random generator.  Without
 * this a certificate minted a second time would carry the same serial and
 * other bytes, which browsers take for a forgery.
 */
#ifndef SIGNER_SIGN_H
#define SIGNER_SIGN_H

#include <openssl/ec.h>
#include <openssl/x509.h>

/* Sets algorithm and signature of a certificate that is otherwise complete,
 * and verifies it. key: RSA, or EC on P-256 or P-384. 0, or -1. */
int sign_cert(X509 *cert, EVP_PKEY *key);

/* The ECDSA signature of a digest (as long as the curve's order) in *out,
 * which the caller owns. 0, or -1. */
int sign_digest(EVP_PKEY *key, const EVP_MD *md, const unsigned char *digest,
    ECDSA_SIG **out);

#endif
