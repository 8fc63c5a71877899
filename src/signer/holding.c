/*
 * holding: a CA with its addresses and its CRL. Runs in the signer.
 */
#include "signer/holding.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "signer/crl.h"

/* Owns the authority. */
static void
hold(struct holding *out, struct authority *authority, const char *site)
{
	struct holding holding = { .authority = authority };
	const char *tag = authority_tag(authority);

	if (site) {
		holding.ca_url = mem_printf("%s/ca-%s.crt", site, tag);
		if (authority_may_revoke(holding.authority))
			holding.crl_url = mem_printf("%s/ca-%s.crl", site, tag);
	}
	*out = holding;
}

const char *
holding_load(struct holding *out, struct slice cert_pem, struct slice key_pem,
    struct slice passphrase, const char *site)
{
	const char *why = NULL;
	struct authority *authority = authority_load(
	    cert_pem, key_pem, passphrase, &why);

	if (!authority)
		return why;
	hold(out, authority, site);
	return NULL;
}

const char *
holding_load_kept(struct holding *out, struct slice cert_pem,
    const struct vault *vault, const char *site)
{
	const char *why = NULL;
	struct authority *authority = authority_load_kept(
	    cert_pem, vault, &why);

	if (!authority)
		return why;
	hold(out, authority, site);
	return NULL;
}

void
holding_clear(struct holding *holding)
{
	authority_free(holding->authority);
	free(holding->crl_url);
	free(holding->ca_url);
	free(holding->crl);
	*holding = (struct holding){ .authority = NULL };
}

bool
holding_renew(
    struct holding *holding, const struct revoked *revoked, int64_t now)
{
	unsigned char *der;
	const char *why;
	size_t n;

	if (!holding->authority || !authority_may_revoke(holding->authority))
		return false;
	if (holding->crl && now - holding->crl_made < CRL_RENEW_S)
		return false;
	why = crl_make(
	    holding->authority, revoked, now, now + CRL_VALID_S, &der, &n);
	if (why) {
		log_error("no list of revoked certificates: %s", why);
		return false;
	}
	free(holding->crl);
	holding->crl = der;
	holding->crl_len = n;
	holding->crl_made = now;
	return true;
}
