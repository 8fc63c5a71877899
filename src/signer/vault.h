/*
 * vault: a private key that stays where it is, in a TPM, a smart card or an
 * HSM, and is used through an OpenSSL provider.
 *
 * The key is named by a URI of OSSL_STORE (ossl_store(7)): "pkcs11:…" of
 * pkcs11-provider, "handle:…" of tpm2-openssl, whatever the provider knows.
 * What a provider needs it must open here: the signer opens it before its
 * sandbox closes, and from then on neither files nor sockets.
 */
#ifndef SIGNER_VAULT_H
#define SIGNER_VAULT_H

#include <stdbool.h>

#include <openssl/evp.h>

#include "base/slice.h"

#define VAULT_URI_MAX 1024
#define VAULT_OBJECTS_MAX 16 /* looked at behind one URI */

struct vault;

/* provider: its name, or the path of its module. pin: a line end behind it
 * left out; empty: none is told. NULL and *why (static words) where there is
 * no such key or it doesn't sign; what OpenSSL says of it is logged. The caller owns it. */
struct vault *vault_open(
    const char *uri, const char *provider, struct slice pin, const char **why);
void vault_free(struct vault *vault);           /* NULL is fine */
EVP_PKEY *vault_key(const struct vault *vault); /* borrowed */

/* Is it the one that vault_open() would open? */
bool vault_is(const struct vault *vault, const char *uri, const char *provider,
    struct slice pin);

#endif
