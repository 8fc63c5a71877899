/*
 * mint: leaf certificates.
 *
 * A leaf is a function of the authority, the leaf key, the request and the
 * day: two machines that hold the same of these mint the same bytes, serial
 * and signature included, so that no client ever sees one serial on two
 * certificates (browsers refuse that).  Names go in as GENERAL_NAMEs made
 * from their canonical form; no string is ever parsed into a certificate.
 * RFC 5280; the profile is what browsers ask of a server certificate.
 */
#ifndef SIGNER_MINT_H
#define SIGNER_MINT_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>

#include "base/name.h"
#include "signer/authority.h"

#define MINT_NAMES_MAX 100
#define MINT_DAYS 90    /* at most, backdating included */
#define MINT_BACKDATE 1 /* days, for clients whose clock is behind */

struct mint_request {
	const struct host *names; /* borrowed; names[0] is the one asked for */
	size_t nnames;            /* 1 to MINT_NAMES_MAX */
	EVP_PKEY *leaf_public;    /* borrowed */
	int64_t now;              /* seconds since 1970 */
	/* The leaf stays inside these, as an origin's own certificate has
	 * them; 0: no bound beside the authority's. */
	int64_t not_before, not_after;
};

struct minted {
	unsigned char *der; /* owned: the leaf, then the authority's chain */
	size_t n;
	int64_t not_before, not_after;
};

/* NULL, or why not in words ("the CA's certificate has expired"). */
const char *mint_leaf(const struct authority *authority,
    const struct mint_request *request, struct minted *out);
void minted_clear(struct minted *minted);

#endif
