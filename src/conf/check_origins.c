/*
 * check_origins: the files of certificates, and statements about origins
 * that can't come to anything.
 */
#include "conf/check.h"

static void
check_revocations(struct reading *reading)
{
	const struct conf *conf = reading->conf;
	const struct revocation *all = NULL;

	for (size_t i = 0; i < conf->revocations.n; i++) {
		const struct revocation *one = &conf->revocations.v[i];

		if (all)
			reading_warn(reading, one->at,
			    "never used: the statement in line %u of %s "
			    "decides before",
			    all->at.line, all->at.file);
		else if (one->to.n == 0)
			all = one;
	}
	for (size_t i = 0; i < conf->crls.n; i++)
		check_pem(reading, conf->crls.v[i].at, conf->crls.v[i].path,
		    EXPECT_CRL);
}

static void
check_pair(struct reading *reading, struct place at, const struct pair *pair)
{
	check_pem(reading, at, pair->cert, EXPECT_CERTIFICATE);
	check_exists(reading, at, pair->key, EXPECT_FILE);
	check_exists(reading, at, pair->passphrase, EXPECT_FILE);
}

static void
check_own(struct reading *reading)
{
	const struct conf *conf = reading->conf;

	for (size_t i = 0; i < conf->own_certificates.n; i++) {
		const struct own_certificate *own =
		    &conf->own_certificates.v[i];

		check_pair(reading, own->at, &own->pair);
	}
}

static void
check_tls_listeners(struct reading *reading)
{
	const struct conf *conf = reading->conf;

	for (size_t i = 0; i < conf->listeners.n; i++) {
		const struct listener *one = &conf->listeners.v[i];

		/* two addresses of one statement have the same files */
		if (i > 0 && conf->listeners.v[i - 1].pairs.v == one->pairs.v)
			continue;
		for (size_t j = 0; j < one->pairs.n; j++)
			check_pair(reading, one->at, &one->pairs.v[j]);
		check_pem(reading, one->at, one->client_ca, EXPECT_CERTIFICATE);
	}
}

void
check_origins(struct reading *reading)
{
	const struct conf *conf = reading->conf;

	check_revocations(reading);
	check_own(reading);
	check_tls_listeners(reading);
	if (conf->decrypts.n == 0 && conf->exceptions.n > 0)
		reading_warn(reading, conf->exceptions.v[0].at,
		    "nothing is decrypted, so no certificate is looked at");
}
