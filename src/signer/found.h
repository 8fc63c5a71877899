/*
 * found: makes a new CA: key and certificate, as PEM bytes.
 */
#ifndef SIGNER_FOUND_H
#define SIGNER_FOUND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/name.h"
#include "base/secret.h"
#include "base/slice.h"
#include "signer/authority.h"

#define FOUND_NAME_MAX 64 /* bytes of UTF-8; ub-common-name */
#define FOUND_DAYS_MAX 36500
#define FOUND_DAYS_DEFAULT 3650
#define FOUND_RSA_BITS 3072

struct found_request {
	struct slice name; /* the CN; UTF-8 */
	bool rsa;          /* else EC on P-256 */
	unsigned days;     /* 1 to FOUND_DAYS_MAX */
	int64_t now;       /* seconds since 1970 */
	/* Encrypts the key (PKCS#8, AES-256): authority_passphrase() of it;
	 * empty: the key is not encrypted. Borrowed. */
	struct slice passphrase;
	/* Name constraints (RFC 5280 4.2.1.10): these names and those below
	 * them, none but these or none of these; borrowed. */
	const struct host *permit, *exclude;
	size_t npermit, nexclude;
	/* A key that is there already: none is made. Borrowed, may be NULL. */
	const struct vault *vault;
	bool is_root; /* signs one CA below it, and no leaf */
	/* Of one below: where the root's CRL and certificate are to be had;
	 * borrowed, may be NULL. */
	const char *crl_url, *ca_url;
};

/* NULL, or why not in words. The caller owns cert_pem (a string) and clears
 * key_pem, which stays empty where the key is in a vault. */
const char *found_ca(const struct found_request *request, char **cert_pem,
    struct secret *key_pem);
/* The same below a root that found_ca has made; root_pem, its certificate,
 * stands behind the new one, which doesn't outlive it. */
const char *found_below(const struct found_request *request,
    const struct authority *root, struct slice root_pem, char **cert_pem,
    struct secret *key_pem);

#endif
