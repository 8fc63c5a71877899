/*
 * verify: is this the origin that was asked for?  What OpenSSL does not do by
 * itself: exceptions by fingerprint and fault, lists of revoked certificates
 * that need not be there, stapled status, and issuers that were not sent.
 *
 * One a client-side connection, until its handshake is done.
 */
#ifndef NET_VERIFY_H
#define NET_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/ssl.h>

#include "net/issuers.h"
#include "net/lists.h"

#define TLS_FINGERPRINT_SIZE 32

enum tls_revocation {
	TLS_REVOCATION_SOFT, /* known to be revoked, or silent against its own
	                      * word (must-staple): refused */
	TLS_REVOCATION_HARD, /* not known to be good: refused */
	TLS_REVOCATION_OFF
};

/* What can be wrong with a certificate; bits. */
enum tls_fault {
	TLS_FAULT_EXPIRED = 0x1,
	TLS_FAULT_NOT_YET_VALID = 0x2,
	TLS_FAULT_WRONG_NAME = 0x4,
	TLS_FAULT_SELF_SIGNED = 0x8,
	TLS_FAULT_UNKNOWN_AUTHORITY = 0x10,
	TLS_FAULT_WEAK_KEY = 0x20,
	TLS_FAULT_WEAK_SIGNATURE = 0x40,
	TLS_FAULT_WRONG_PURPOSE = 0x80,
	TLS_FAULT_NAME_CONSTRAINT = 0x100,
	TLS_FAULT_REVOKED = 0x200,
	TLS_FAULT_NO_STATUS = 0x400
};

/* The fault that an X509_V_ERR_… is; 0: none that can be excepted. */
unsigned tls_fault_of(long error);

/* The certificate shown first is accepted with these faults. */
struct tls_except {
	uint8_t sha256[TLS_FINGERPRINT_SIZE];
	unsigned faults;
};

struct verify_opts {
	enum tls_revocation revocation;
	bool crls;                        /* the context has lists */
	const struct tls_except *excepts; /* borrowed, copied */
	size_t nexcepts;
	const struct issuers *issuers; /* borrowed, outlives it; may be NULL */
	/* Fetched ones; the same. NULL: none are looked for. */
	struct lists *lists;
	uint32_t account; /* who would fetch one */
	bool demand;      /* fail where one is worth a try (verify_missing) */
};

struct verify;

struct verify *verify_new(const struct verify_opts *opts, SSL *ssl);
void verify_free(struct verify *verify); /* NULL is fine */

/* From within the two callbacks of a context; as these return. */
int verify_chain(struct verify *verify, X509_STORE_CTX *ctx);
int verify_status(struct verify *verify, SSL *ssl);

/* Faults that exceptions have let pass. */
unsigned verify_accepted(const struct verify *verify);
/* What the peer showed, leaf first; borrowed; NULL before it did. */
STACK_OF(X509) * verify_sent(const struct verify *verify);
/* Where the issuer that is missing can be had; or the list, for which alone a
 * handshake failed. Borrowed; NULL: nowhere, or none is missing. */
const char *verify_missing(const struct verify *verify, bool *is_list);

#endif
