/*
 * authority: the CA in whose name leaf certificates are signed.
 *
 * Made from PEM bytes: a certificate file (the CA first, then whoever issued
 * it, up to the root) and a private key, in PEM or in a vault.  Accepted are EC keys on P-256 and
 * P-384 and RSA from 2048 to 8192 bits, which is what browsers take.
 * An authority doesn't change once loaded; several may live side by side.
 */
#ifndef SIGNER_AUTHORITY_H
#define SIGNER_AUTHORITY_H

#include <stdbool.h>
#include <stdint.h>

#include <openssl/x509.h>

#include "base/name.h"
#include "base/slice.h"
#include "signer/vault.h"

#define AUTHORITY_CHAIN_MAX 8    /* certificates in the file */
#define AUTHORITY_FILE_MAX 65536 /* bytes of either file */
#define AUTHORITY_WARN_DAYS 30   /* before its end */
#define AUTHORITY_ID_SIZE 32

struct authority;

/* What people are told of a CA; text is owned by the struct. */
struct authority_facts {
	char *subject; /* owned: "CN = …, O = …" (RFC 2253 escapes) */
	char fingerprint[96];          /* SHA-256 as "AB:CD:…" */
	const char *key;               /* "EC P-256", "RSA", … */
	int64_t not_before, not_after; /* seconds since 1970 */
	bool self_signed;              /* stands under no other */
};

/* passphrase: of the key, a line end behind it left out; empty: the key is not
 * encrypted. All texts may be wiped afterwards. NULL and *why (static words) where the
 * two don't make a CA. The caller owns the authority. */
struct authority *authority_load(struct slice cert_pem, struct slice key_pem,
    struct slice passphrase, const char **why);
/* The same with a key that stays where it is; the vault must outlive it. */
struct authority *authority_load_kept(
    struct slice cert_pem, const struct vault *vault, const char **why);
/* The first line of a passphrase's file. */
struct slice authority_passphrase(struct slice text);
void authority_free(struct authority *authority); /* NULL is fine */

/* Borrowed from the authority. */
X509 *authority_cert(const struct authority *authority);
EVP_PKEY *authority_key(const struct authority *authority);
/* SHA-256 of the certificate, AUTHORITY_ID_SIZE bytes: tells two CAs apart. */
struct slice authority_id(const struct authority *authority);
/* What is sent behind a leaf: the CA and its issuers in DER, one behind the
 * other, without a self-signed one (clients hold that or distrust it). */
struct slice authority_chain(const struct authority *authority);
/* The first half of that in lower-case hexadecimal, as addresses have it. */
#define AUTHORITY_TAG_SIZE (AUTHORITY_ID_SIZE + 1)
const char *authority_tag(const struct authority *authority);
/* May it sign CRLs? One without keyUsage may do all. */
bool authority_may_revoke(const struct authority *authority);
/* Do its name constraints, and those of all above it that are in its file,
 * allow a leaf with that name? */
bool authority_permits(
    const struct authority *authority, const struct host *name);
int64_t authority_not_before(const struct authority *authority);
int64_t authority_not_after(const struct authority *authority);

/* NULL where it is valid now and for AUTHORITY_WARN_DAYS; else words. */
const char *authority_warning(const struct authority *authority, int64_t now);
/* The same of a certificate that is valid from … to …. */
const char *authority_time_warning(int64_t from, int64_t to, int64_t now);

/* The first certificate of a PEM text, without its key. NULL, or what is
 * wrong in words; on success the caller clears the facts. */
const char *authority_describe(
    struct slice cert_pem, struct authority_facts *out);
void authority_facts_clear(struct authority_facts *facts);

#endif
