/*
 * cas: the certificates of the authorities that clients of this proxy know,
 * are to know, or knew until lately; and their lists of revoked leaves.
 */
#ifndef PROXY_CAS_H
#define PROXY_CAS_H

#include "base/slice.h"
#include "conf/conf.h"
#include "net/cert.h"

enum ca_which {
	CA_CURRENT,
	CA_NEXT, /* to be installed before a rotation */
	CA_OLD,  /* from before one */
	CA_COUNT
};

#define CA_TAG_SIZE 33

struct ca {
	bool there;
	struct cert_info info;  /* of what people install: the root */
	struct cert_info signs; /* of what signs leaves; the same, or below */
	struct slice pem;       /* of the root; from the bundle */
	struct slice root_crl;  /* DER; from the bundle; or empty */
	/* As the signer has them (authority_tag). */
	char tag[CA_TAG_SIZE], root_tag[CA_TAG_SIZE];
};

struct cas {
	struct ca v[CA_COUNT];
};

/* A configuration without an authority has none. NULL, or why not in words;
 * cas_clear in any case. The bundle must outlive them. */
const char *cas_load(
    struct cas *out, struct bundle *bundle, const struct conf *conf);
void cas_clear(struct cas *cas);
/* NULL: there is no such. */
const struct ca *cas_get(const struct cas *cas, enum ca_which which);
/* By the tag of what signs leaves, or of its root. */
const struct ca *cas_find(const struct cas *cas, struct slice tag);

/* The signer's lists by tag, the latest of each. */
struct crls;
struct crls *crls_new(void);
void crls_free(struct crls *crls); /* NULL is fine */
void crls_set(struct crls *crls, struct slice tag, struct slice der);
/* Borrowed until the next call; empty: there is none. */
struct slice crls_get(struct crls *crls, struct slice tag);

#endif
