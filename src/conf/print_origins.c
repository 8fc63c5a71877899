/*
 * print_origins: how origins are verified, as proxy.conf would say it. The
 * lists of revoked certificates belong to no destination and stand with the
 * first statement.
 */
#include "conf/defaults.h"
#include "conf/parse.h"
#include "conf/print.h"

static void
print_to(const struct conf *conf, const dests *to, FILE *out)
{
	if (to->n) {
		fputs(" to ", out);
		print_dests(conf, to, out);
	}
	fputc('\n', out);
}

static void
print_revocation(const struct conf *conf, size_t index, FILE *out)
{
	const struct revocation *one = &conf->revocations.v[index];

	fprintf(out, "revocation %s%s", origins_modes[one->mode],
	    one->fetch ? " fetch" : "");
	if (index == 0 && conf->crls.n > 0) {
		fputs(" crl ", out);
		for (size_t i = 0; i < conf->crls.n; i++) {
			print_before(i, conf->crls.n, out);
			print_path(conf, conf->crls.v[i].path, out);
		}
		print_after(conf->crls.n, out);
	}
	print_to(conf, &one->to, out);
}

static void
print_fingerprints(const struct cert_exception *exception, FILE *out)
{
	for (size_t i = 0; i < exception->certificates.n; i++) {
		print_before(i, exception->certificates.n, out);
		fputs("\"sha256:", out);
		for (size_t j = 0; j < FINGERPRINT_SIZE; j++)
			fprintf(out, "%02x",
			    exception->certificates.v[i].sha256[j]);
		fputc('"', out);
	}
	print_after(exception->certificates.n, out);
}

static void
print_faults(unsigned faults, FILE *out)
{
	size_t n = (size_t)__builtin_popcount(faults), done = 0;

	for (size_t i = 0; i < origins_faults_count; i++) {
		if (!(faults & 1u << i))
			continue;
		print_before(done++, n, out);
		fputs(origins_faults[i], out);
	}
	print_after(n, out);
}

static void
print_exception(
    const struct conf *conf, const struct cert_exception *one, FILE *out)
{
	fputs("accept certificate ", out);
	print_fingerprints(one, out);
	fputs(" error ", out);
	print_faults(one->faults, out);
	print_to(conf, &one->to, out);
}

void
print_pair(const struct conf *conf, const struct pair *pair, FILE *out)
{
	fputs("certificate ", out);
	print_path(conf, pair->cert, out);
	fputs(" key ", out);
	print_path(conf, pair->key, out);
	if (!pair->passphrase)
		return;
	fputs(" passphrase ", out);
	print_path(conf, pair->passphrase, out);
}

static void
print_own(const struct conf *conf, const struct own_certificate *own, FILE *out)
{
	print_pair(conf, &own->pair, out);
	print_to(conf, &own->to, out);
}

void
print_origins(const struct conf *conf, FILE *out)
{
	char text[UNIT_TEXT_SIZE];

	for (size_t i = 0; i < conf->revocations.n; i++)
		print_revocation(conf, i, out);
	if (conf->legacy.n) {
		fputs("legacy", out);
		print_to(conf, &conf->legacy, out);
	}
	for (size_t i = 0; i < conf->exceptions.n; i++)
		print_exception(conf, &conf->exceptions.v[i], out);
	for (size_t i = 0; i < conf->own_certificates.n; i++)
		print_own(conf, &conf->own_certificates.v[i], out);
	if (conf->bypass_ms)
		fprintf(out, "bypass learn %s\n",
		    unit_text(text, UNIT_MILLISECONDS, conf->bypass_ms));
}
