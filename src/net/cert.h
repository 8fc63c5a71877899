/*
 * cert: what a person wants to know of a certificate.
 */
#ifndef NET_CERT_H
#define NET_CERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

struct cert_info {
	unsigned char *der; /* owned */
	size_t der_len;
	char sha256[96];      /* "AB:CD:…" over the DER */
	char subject[256];    /* "O=…, CN=…": RFC 2253 order, escaped */
	uint64_t from, until; /* seconds since 1970 */
};

/* The first certificate of a PEM text. 0, or -1 where there is none. */
int cert_read_pem(struct slice pem, struct cert_info *info);
void cert_info_clear(struct cert_info *info);

#define CERT_NAMES_SIZE 512

/* One of a chain, as a page shows it. */
struct cert_shown {
	char subject[256], issuer[256]; /* as above */
	char sha256[96];                /* "sha256:" and hex, as conf has it */
	char from[24], until[24];       /* "2026-11-26"; "?" */
	/* the DNS names and addresses of its subjectAltName: "a.test, *.b.test
	 * and 7 more"; what is no letter of a name as "\x00". "" for none */
	char names[CERT_NAMES_SIZE];
};

/* Whom a client's certificate names; "" where it doesn't. */
struct cert_peer {
	char mail[256]; /* the first rfc822Name of subjectAltName */
	char name[256]; /* the last common name of its subject */
};

struct x509_st;
/* False where it names nobody. A name with a NUL or a control character in it
 * is none. */
bool cert_peer(struct x509_st *cert, struct cert_peer *peer);
void cert_show(struct x509_st *cert, struct cert_shown *shown);

#endif
