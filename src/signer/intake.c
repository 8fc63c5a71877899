/*
 * intake: reading secrets, certificates and lists into what signs. Runs in the
 * signer.  It opens no file but what a provider opens for a key of its own,
 * and that before the sandbox closes.
 */
#include "signer/intake.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"

struct intake {
	struct secret parts[AUTHORITY_PARTS]; /* till intake_wipe */
	struct vault *vault; /* owned; NULL: keys are in files */
	bool closed;         /* in the sandbox: nothing can be opened */
	char why[400];       /* of the last refused configuration */
};

struct intake *
intake_new(void)
{
	return mem_zalloc(sizeof(struct intake));
}

void
intake_wipe(struct intake *intake)
{
	for (int i = 0; i < AUTHORITY_PARTS; i++)
		secret_clear(&intake->parts[i]);
}

void
intake_free(struct intake *intake)
{
	if (!intake)
		return;
	intake_wipe(intake);
	vault_free(intake->vault);
	free(intake);
}

void
intake_part(struct intake *intake, enum authority_part part, int fd)
{
	secret_clear(&intake->parts[part]);
	if (fd < 0)
		return;
	if (secret_read(&intake->parts[part], fd, AUTHORITY_FILE_MAX) < 0)
		log_error("the CA's key or passphrase can't be read: %m");
	close(fd);
}

void
intake_close(struct intake *intake)
{
	intake->closed = true;
}

bool
intake_has_vault(const struct intake *intake)
{
	return intake->vault != NULL;
}

/* --- a configuration ------------------------------------------------------ */

void
fresh_clear(struct fresh *fresh)
{
	holding_clear(&fresh->ca);
	holding_clear(&fresh->old_ca);
	revoked_clear(&fresh->revoked);
}

/* The CA before a rotation is a courtesy: without it nothing stops. */
static void
load_old(struct intake *intake, struct bundle *bundle, const struct conf *conf,
    const char *site, struct fresh *out)
{
	const struct secret *parts = intake->parts;
	struct slice cert;
	const char *why;

	if (bundle_get(bundle, conf->authority_old, &cert) < 0 ||
	    !parts[AUTHORITY_OLD_KEY].n)
		return;
	why = holding_load(&out->old_ca, cert,
	    secret_slice(&parts[AUTHORITY_OLD_KEY]),
	    secret_slice(&parts[AUTHORITY_PASSPHRASE]), site);
	if (why)
		log_warn("the CA before the rotation is left out: %s", why);
}

static const char *
load_revoked(struct intake *intake, struct bundle *bundle,
    const struct conf *conf, struct revoked *out)
{
	struct slice text;
	const char *why;
	unsigned line;

	if (bundle_get(bundle, conf->authority_revoked, &text) < 0)
		return NULL;
	why = revoked_parse(text, out, &line);
	if (!why)
		return NULL;
	snprintf(intake->why, sizeof(intake->why), "%.300s:%u: %s",
	    conf->authority_revoked, line, why);
	return intake->why;
}

/* A provider opens its device, socket or module before the sandbox closes,
 * or never. The vault stays while the configuration doesn't: what would be
 * opened in its place can't be. */
static const char *
load_kept(struct intake *intake, struct slice cert, const struct conf *conf,
    const char *site, struct holding *out)
{
	const char *uri = conf->authority_uri;
	const char *provider = conf->authority_provider;
	struct slice pin = secret_slice(&intake->parts[AUTHORITY_PASSPHRASE]);
	const char *why = NULL;

	if (intake->vault && !vault_is(intake->vault, uri, provider, pin))
		return "another key, provider or PIN of the authority takes a "
		       "restart";
	if (!intake->vault && intake->closed)
		return "an authority's key at a provider takes a restart";
	if (!intake->vault)
		intake->vault = vault_open(uri, provider, pin, &why);
	if (!intake->vault)
		return why;
	return holding_load_kept(out, cert, intake->vault, site);
}

static const char *
load_current(struct intake *intake, struct bundle *bundle,
    const struct conf *conf, const char *site, struct holding *out)
{
	const struct secret *parts = intake->parts;
	struct slice cert;

	if (bundle_get(bundle, conf->authority_cert, &cert) < 0)
		return "the CA's certificate is not in the bundle";
	if (conf->authority_uri)
		return load_kept(intake, cert, conf, site, out);
	if (!parts[AUTHORITY_KEY].n)
		return "the CA's key did not come, or is empty";
	return holding_load(out, cert, secret_slice(&parts[AUTHORITY_KEY]),
	    secret_slice(&parts[AUTHORITY_PASSPHRASE]), site);
}

const char *
intake_load(struct intake *intake, struct bundle *bundle,
    const struct conf *conf, struct fresh *out)
{
	char *site = conf_site(conf);
	const char *why = NULL;

	out->bypass_ms = conf->bypass_ms;
	if (!conf->authority_cert)
		goto out;
	why = load_current(intake, bundle, conf, site, &out->ca);
	if (!why)
		why = load_revoked(intake, bundle, conf, &out->revoked);
	if (!why)
		load_old(intake, bundle, conf, site, out);
out:
	free(site);
	return why;
}
