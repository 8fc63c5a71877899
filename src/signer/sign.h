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

#include <stdbool.h>

#include <openssl/ec.h>
#include <openssl/x509.h>

/* Is that so of this key's signatures? Not of an EC key that another's
 * provider keeps: it chooses its nonces itself. */
bool sign_is_fixed(EVP_PKEY *key);

/* The algorithms that go with keys of that provider, as OpenSSL is asked for
 * them; the caller frees it. provider: its name, or its module's path. */
char *sign_preference(const char *provider);
/* Can the key be used, here and now? */
bool sign_works(EVP_PKEY *key);
/* A context for X509_sign_ctx() and its like, with the digest that goes with
 * the key; the caller frees it. NULL: it can't be used. */
EVP_MD_CTX *sign_begin(EVP_PKEY *key);

/* Sets algorithm and signature of a certificate that is otherwise complete,
 * and verifies it. key: RSA, or EC on P-256 or P-384. 0, or -1. */
int sign_cert(X509 *cert, EVP_PKEY *key);

/* The ECDSA signature of a digest (as long as the curve's order) in *out,
 * which the caller owns. 0, or -1. */
int sign_digest(EVP_PKEY *key, const EVP_MD *md, const unsigned char *digest,
    ECDSA_SIG **out);

#endif
