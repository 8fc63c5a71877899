/*
 * holding: one CA as the signer holds it: the authority, where clients find
 * what is of it, and its CRL of today.
 */
#ifndef SIGNER_HOLDING_H
#define SIGNER_HOLDING_H

#include <stdbool.h>

#include "signer/authority.h"
#include "signer/revoked.h"

struct holding {
	struct authority *authority; /* owned; NULL: there is none */
	char *crl_url, *ca_url;      /* owned; NULL: clients can't reach us */
	unsigned char *crl;          /* owned; NULL: not made */
	size_t crl_len;
	int64_t crl_made; /* seconds since 1970 */
};

/* All empty: a holding of nothing. site: as conf_site() has it; or NULL.
 * NULL, or why not in words; on success the caller clears *out. */
const char *holding_load(struct holding *out, struct slice cert_pem,
    struct slice key_pem, struct slice passphrase, const char *site);
/* The same with a key in a vault, which must outlive it. */
const char *holding_load_kept(struct holding *out, struct slice cert_pem,
    const struct vault *vault, const char *site);
void holding_clear(struct holding *holding);

/* Makes the CRL where there is none or it is a day old. True: it is new. A
 * failure is logged, and tried again the next time. */
bool holding_renew(
    struct holding *holding, const struct revoked *revoked, int64_t now);

#endif
