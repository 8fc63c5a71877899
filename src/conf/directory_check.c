/*
 * directory_check: what a `directory` must have and what fits together.
 *
 * A secret that isn't there is a warning: the proxy starts, says so, and
 * logins work once it is; `sallyport directory check` fails for it.
 */
#include <sys/stat.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/reach.h"
#include "conf/conf.h"
#include "conf/directory.h"
#include "conf/directory_values.h"
#include "conf/nearest.h"

static bool
is_protected(const struct ldap_directory *directory, const struct ldap_url *url)
{
	return url->tls || directory->starttls ||
	    (url->host.is_addr && addr_is_loopback(&url->host.addr));
}

static void
check_servers(struct reading *reading, const struct ldap_directory *directory)
{
	for (size_t i = 0; i < directory->servers.n; i++) {
		const struct ldap_url *url = &directory->servers.v[i];

		if (!is_protected(directory, url) && !directory->cleartext)
			reading_error(reading, url->at, SLICE_EMPTY,
			    "passwords would cross the network in the clear: "
			    "use ldaps:// or \"starttls\"");
		if (url->tls && directory->starttls)
			reading_error(reading, url->at, SLICE_EMPTY,
			    "\"starttls\" is for ldap://: ldaps:// begins "
			    "with TLS");
	}
}

static void
check_shape(struct reading *reading, const struct ldap_directory *directory)
{
	char quoted[LOG_QUOTE_SIZE];

	if (directory->servers.n == 0)
		reading_error(reading, directory->at, SLICE_EMPTY,
		    "the directory has no \"server\"");
	if (!directory->base)
		reading_error(reading, directory->at, SLICE_EMPTY,
		    "the directory has no \"base\"");
	if (directory->names.n == 0)
		reading_error(reading, directory->at, SLICE_EMPTY,
		    "the directory has no \"names\"");
	/* domain controllers take other names, too */
	if (directory->bind_dn && directory->flavour == FLAVOUR_OPENLDAP &&
	    directory_dn_check(slice_of(directory->bind_dn)))
		reading_error(reading, directory->bind_at, SLICE_EMPTY,
		    "\"%s\" is not a DN, and only a domain controller binds "
		    "by other names",
		    log_quote(quoted, slice_of(directory->bind_dn)));
	if (directory->admit_unchecked)
		reading_warn(reading, directory->at,
		    "in an outage everybody is who they say they are");
	if (directory->outage_credentials != OUTAGE_UNSAID &&
	    !reading->conf->filter_path)
		reading_warn(reading, directory->at,
		    "\"outage credentials\" is never used: there is no "
		    "\"filter\"");
}

static void
check_anchors(struct reading *reading, const struct ldap_directory *directory)
{
	char quoted[LOG_QUOTE_SIZE];
	struct slice text;

	if (directory->trust_system)
		(void)bundle_get(reading->bundle, CONF_SYSTEM_TRUST, &text);
	for (size_t i = 0; i < directory->trust.n; i++) {
		const struct trust_file *file = &directory->trust.v[i];

		log_quote(quoted, slice_of(file->path));
		if (bundle_get(reading->bundle, file->path, &text) < 0)
			reading_error(reading, file->at, SLICE_EMPTY,
			    "\"%s\" can't be read: %s", quoted,
			    strerror(errno));
		else if (slice_search(text,
			     SLICE("-----BEGIN CERTIFICATE-----")) == text.n)
			reading_error(reading, file->at, SLICE_EMPTY,
			    "\"%s\" holds no certificate in PEM", quoted);
	}
}

static void
check_secret(struct reading *reading, struct place at, const char *path)
{
	char quoted[LOG_QUOTE_SIZE];
	struct stat st;

	if (!path || !bundle_reads_files(reading->bundle))
		return;
	log_quote(quoted, slice_of(path));
	if (access(path, R_OK) < 0 || stat(path, &st) < 0)
		reading_warn(reading, at, "\"%s\" can't be read: %s", quoted,
		    strerror(errno));
	else if (S_ISDIR(st.st_mode))
		reading_warn(reading, at, "\"%s\" can't be read: %s", quoted,
		    strerror(EISDIR));
	else if (S_ISREG(st.st_mode) && st.st_size == 0)
		reading_warn(reading, at, "\"%s\" is empty", quoted);
}

static void
check_twice(struct reading *reading, size_t at)
{
	const struct conf *conf = reading->conf;

	for (size_t i = 0; i < at; i++)
		if (strcmp(conf->directories.v[i].name,
			conf->directories.v[at].name) == 0)
			reading_error(reading, conf->directories.v[at].at,
			    SLICE_EMPTY, "there are two directories \"%s\"",
			    conf->directories.v[at].name);
}

static void
check_with(struct reading *reading, const struct with *with)
{
	const struct conf *conf = reading->conf;
	struct nearest nearest = nearest_to(slice_of(with->name));

	for (size_t i = 0; i < conf->directories.n; i++) {
		const char *name = conf->directories.v[i].name;

		if (strcmp(name, with->name) == 0)
			return;
		nearest_offer(&nearest, slice_of(name));
	}
	reading_error(reading, with->at, nearest.best,
	    "unknown directory \"%s\"", with->name);
}

/* A realm counts once; two that are stripped share their names. */
static void
check_realm(struct reading *reading, size_t at)
{
	const struct authenticate *it = &reading->conf->authenticate;
	const struct realm_rule *rule = &it->realms.v[at];

	for (size_t i = 0; i < at; i++) {
		const struct realm_rule *other = &it->realms.v[i];

		if (strcmp(other->realm, rule->realm) == 0)
			reading_error(reading, rule->at, SLICE_EMPTY,
			    "the realm \"%s\" is given twice", rule->realm);
		else if (other->how == REALM_STRIP && rule->how == REALM_STRIP)
			reading_warn(reading, rule->at,
			    "the same name in \"%s\" and \"%s\" is one "
			    "account",
			    other->realm, rule->realm);
	}
	if (!it->keytab)
		reading_warn(reading, rule->at,
		    "the realm is never used: there is no \"authenticate "
		    "negotiate\"");
}

void
directory_check(struct reading *reading)
{
	const struct conf *conf = reading->conf;

	for (size_t i = 0; i < conf->directories.n; i++) {
		const struct ldap_directory *directory =
		    &conf->directories.v[i];

		check_twice(reading, i);
		check_shape(reading, directory);
		check_servers(reading, directory);
		check_anchors(reading, directory);
		check_secret(
		    reading, directory->password_at, directory->password_file);
	}
	check_secret(
	    reading, conf->authenticate.keytab_at, conf->authenticate.keytab);
	for (size_t i = 0; i < conf->authenticate.with.n; i++)
		check_with(reading, &conf->authenticate.with.v[i]);
	for (size_t i = 0; i < conf->authenticate.realms.n; i++)
		check_realm(reading, i);
	if (conf->authenticate.keytab && conf->directories.n == 0)
		reading_warn(reading, conf->authenticate.at,
		    "without a \"directory\" a ticket gives an account no "
		    "groups");
}
