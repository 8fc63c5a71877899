/*
 * facts: what an origin's certificate says that a leaf of ours repeats.
 *
 * Plain values, each judged and brought into one form, so that nothing of
 * the origin's encoding goes any further: names as cert_name_parse() leaves
 * them, subject texts in UTF-8 without control characters, times in seconds.
 * RFC 5280 sections 4.1.2.5, 4.1.2.6, 4.2.1.6.
 */
#ifndef NET_FACTS_H
#define NET_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/x509.h>

#include "base/name.h"
#include "base/slice.h"

#define FACTS_NAMES_MAX 99 /* more are left out; the signer takes one more */
#define FACTS_CHARS_MAX 64 /* ub-common-name and ub-organization-name */
#define FACTS_TEXT_SIZE (FACTS_CHARS_MAX * 4 + 1)
#define FACTS_DIGEST_SIZE 32

struct facts {
	char *names; /* owned: one a line, in the certificate's order */
	size_t names_len, nnames;
	char cn[FACTS_TEXT_SIZE];  /* "": none that we could repeat */
	char org[FACTS_TEXT_SIZE]; /* the same */
	int64_t not_before;        /* seconds since 1970; never below 1 */
	int64_t not_after;
	unsigned char digest[FACTS_DIGEST_SIZE]; /* SHA-256 of all that */
};

/* A name that is none, a kind of name that browsers don't look at, and a
 * text that is too long or can't be read are left out. NULL where not even
 * the times can be read; the caller owns the facts. */
struct facts *facts_read(X509 *cert);
/* The same of DER, all of which must be the certificate. */
struct facts *facts_read_der(struct slice der);
void facts_free(struct facts *facts); /* NULL is fine */

/* Does one of the names speak for that host? */
bool facts_cover(const struct facts *facts, const struct host *host);

#endif
