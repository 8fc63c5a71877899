/*
 * mint: leaf certificates.
 *
 * A leaf is a function of the authority, the leaf key, the request and the
 * day: two machines that hold the same of these mint the same bytes, serial
 * and signature included, so that no client ever sees one serial on two
 * certificates (browsers refuse that).  A key whose signatures differ from
 * time to time (sign_is_fixed) gets a new serial with each.  Names go in as GENERAL_NAMEs made
 * from their canonical form; no string is ever parsed into a certificate.
 * RFC 5280; the profile is what browsers ask of a server certificate.
 */
#ifndef SIGNER_MINT_H
#define SIGNER_MINT_H

#include <stddef.h>
#include <stdint.h>

#include "base/name.h"
#include "base/slice.h"
#include "signer/authority.h"
#include "signer/revoked.h"
#include "signer/subject_key.h"

#define MINT_NAMES_MAX 100
#define MINT_DAYS 90    /* at most, backdating included */
#define MINT_BACKDATE 1 /* days, for clients whose clock is behind */

#define MINT_CHARS_MAX 64 /* of a subject's text: RFC 5280 appendix A.1 */
#define MINT_DIGEST_SIZE 32

struct mint_request {
	const struct host *names; /* borrowed; by cert_name_parse() */
	size_t nnames;            /* 1 to MINT_NAMES_MAX */
	/* Subject, borrowed; UTF-8 of at most MINT_CHARS_MAX characters.
	 * Empty: the first name where it fits, and no organisation. */
	struct slice cn, org;
	/* Where clients find the CRL and the CA's certificate; borrowed, may
	 * be NULL. RFC 5280 sections 4.2.1.13, 4.2.2.1. */
	const char *crl_url, *ca_url;
	const struct revoked *revoked; /* serials not to use; borrowed; NULL */
	const struct subject_key *leaf_public; /* borrowed */
	int64_t now;                           /* seconds since 1970 */
	/* The leaf stays inside these, as an origin's own certificate has
	 * them; 0: no bound beside the authority's and MINT_DAYS. */
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
/* SHA-256 over the CA and the request, but for its `now`: what tells two
 * requests apart. */
void mint_digest(const struct authority *authority,
    const struct mint_request *request, unsigned char out[MINT_DIGEST_SIZE]);
void minted_clear(struct minted *minted);

#endif
