/*
 * check: references, files and combinations of statements.
 *
 * Where the bundle reads no files (in a role's process) the file system is
 * not asked: the supervisor has judged it.
 */
#include "conf/check.h"

#include <sys/stat.h>

#include <errno.h>
#include <pwd.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "conf/conf.h"
#include "conf/cover.h"
#include "conf/directory.h"
#include "conf/nearest.h"
#include "conf/system.h"

#define BUDGET 1000000

/* --- references -------------------------------------------------------------- */

static bool
knows_group(const struct conf *conf, struct slice name, struct nearest *nearest)
{
	/* a directory may know it, and must not be asked for it */
	for (size_t i = 0; i < conf->directories.n; i++)
		if (conf->directories.v[i].groups != GROUPS_NONE)
			return true;
	for (size_t i = 0; i < conf->groups.n; i++) {
		if (slice_eq(conf->groups.v[i].name, name))
			return true;
		nearest_offer(nearest, conf->groups.v[i].name);
	}
	return false;
}

/* Groups of the system are what rules on a host speak of; a role that can't
 * ask goes by the supervisor's judgement. */
static bool
is_system_group(struct reading *reading, struct slice name)
{
	return !bundle_reads_files(reading->bundle) ||
	    system_has_group(arena_str(reading->conf->arena, name));
}

static void
check_who(struct reading *reading, const struct who *who)
{
	char quoted[LOG_QUOTE_SIZE];

	for (size_t i = 0; i < who->items.n; i++) {
		const struct who_item *item = &who->items.v[i];
		struct nearest nearest = nearest_to(item->pattern);

		if (!item->is_group ||
		    knows_group(reading->conf, item->pattern, &nearest))
			continue;
		if (is_system_group(reading, item->pattern)) {
			if (!reading->is_host)
				reading_warn(reading, item->at,
				    "group \"%s\" is the system's: only "
				    "\"sallyport "
				    "guard\" knows its members",
				    log_quote(quoted, item->pattern));
			continue;
		}
		reading_error(reading, item->at, nearest.best,
		    "unknown group \"%s\"", log_quote(quoted, item->pattern));
	}
}

static void
check_references(struct reading *reading)
{
	const struct conf *conf = reading->conf;

	for (size_t i = 0; i < conf->rules.n; i++)
		check_who(reading, &conf->rules.v[i].who);
	for (size_t i = 0; i < conf->decrypts.n; i++)
		check_who(reading, &conf->decrypts.v[i].who);
	for (size_t i = 0; i < conf->marks.n; i++)
		check_who(reading, &conf->marks.v[i].who);
	for (size_t i = 0; i < conf->credentials.n; i++)
		check_who(reading, &conf->credentials.v[i].when.who);
}

static void
check_groups(struct reading *reading)
{
	const struct conf *conf = reading->conf;
	char quoted[LOG_QUOTE_SIZE];

	for (size_t i = 0; i < conf->groups.n; i++) {
		const struct group *group = &conf->groups.v[i];

		log_quote(quoted, group->name);
		for (size_t j = 0; j < i; j++)
			if (slice_eq(conf->groups.v[j].name, group->name))
				reading_error(reading, group->at, SLICE_EMPTY,
				    "group \"%s\" is defined twice, first in "
				    "line %u of %s",
				    quoted, conf->groups.v[j].at.line,
				    conf->groups.v[j].at.file);
		if (group->members.n == 0)
			reading_warn(reading, group->at,
			    "group \"%s\" has no members", quoted);
	}
}

/* --- files ------------------------------------------------------------------- */

static void
say_unreadable(struct reading *reading, struct place at, const char *path)
{
	char quoted[LOG_QUOTE_SIZE];
	int error = errno;

	reading_error(reading, at, SLICE_EMPTY, "\"%s\" can't be read: %s",
	    log_quote(quoted, slice_of(path)), strerror(error));
}

void
check_pem(struct reading *reading, struct place at, const char *path,
    enum expected expected)
{
	const char *begin = expected == EXPECT_CRL
	    ? "-----BEGIN X509 CRL-----"
	    : "-----BEGIN CERTIFICATE-----";
	char quoted[LOG_QUOTE_SIZE];
	struct slice text;

	if (!path)
		return;
	if (bundle_get(reading->bundle, path, &text) < 0)
		say_unreadable(reading, at, path);
	else if (slice_search(text, slice_of(begin)) == text.n)
		reading_error(reading, at, SLICE_EMPTY,
		    "\"%s\" holds no %s in PEM",
		    log_quote(quoted, slice_of(path)),
		    expected == EXPECT_CRL ? "revocation list" : "certificate");
}

/* What may be there beside the authority's certificate: read for the roles. */
static void
check_companion(struct reading *reading, const char *path)
{
	struct slice text;

	if (path && bundle_get(reading->bundle, path, &text) < 0 &&
	    errno != ENOENT)
		say_unreadable(reading, reading->conf->authority_at, path);
}

void
check_exists(struct reading *reading, struct place at, const char *path,
    enum expected expected)
{
	char quoted[LOG_QUOTE_SIZE];
	struct stat st;

	if (!path || !bundle_reads_files(reading->bundle))
		return;
	log_quote(quoted, slice_of(path));
	if (stat(path, &st) < 0)
		reading_error(reading, at, SLICE_EMPTY, "\"%s\": %s", quoted,
		    strerror(errno));
	else if (expected == EXPECT_FILE && !S_ISREG(st.st_mode))
		reading_error(
		    reading, at, SLICE_EMPTY, "\"%s\" is not a file", quoted);
	else if (expected == EXPECT_DIRECTORY && !S_ISDIR(st.st_mode))
		reading_error(reading, at, SLICE_EMPTY,
		    "\"%s\" is not a directory", quoted);
}

static const char *
directory_of(struct arena *arena, const char *path)
{
	struct slice s = slice_of(path);
	size_t slash = slice_rfind(s, '/');

	if (slash == s.n)
		return ".";
	return arena_str(arena, slice_sub(s, 0, slash ? slash : 1));
}

/* Read so that the roles have it; missed only where it would be used. */
static void
check_system_trust(struct reading *reading)
{
	const struct conf *conf = reading->conf;
	struct slice text;

	if (!conf->trust_system ||
	    bundle_get(reading->bundle, CONF_SYSTEM_TRUST, &text) == 0 ||
	    !bundle_reads_files(reading->bundle) || conf->decrypts.n == 0)
		return;
	reading_warn(reading, (struct place){ .file = conf->path },
	    "the system's trust store %s can't be read: no origin's "
	    "certificate will be trusted by it",
	    CONF_SYSTEM_TRUST);
}

static void
check_files(struct reading *reading)
{
	const struct conf *conf = reading->conf;

	check_pem(reading, conf->authority_at, conf->authority_cert,
	    EXPECT_CERTIFICATE);
	check_exists(
	    reading, conf->authority_at, conf->authority_key, EXPECT_FILE);
	check_exists(reading, conf->authority_at, conf->authority_passphrase,
	    EXPECT_FILE);
	check_companion(reading, conf->authority_next);
	check_companion(reading, conf->authority_old);
	check_companion(reading, conf->authority_revoked);
	check_companion(reading, conf->authority_crl);
	check_companion(reading, conf->authority_old_crl);
	check_exists(
	    reading, conf->accounts_at, conf->accounts_file, EXPECT_FILE);
	check_exists(reading, conf->filter_at, conf->filter_path, EXPECT_FILE);
	check_exists(
	    reading, conf->filter_key_at, conf->filter_key, EXPECT_FILE);
	check_exists(
	    reading, conf->alert_command_at, conf->alert_command, EXPECT_FILE);
	for (size_t i = 0; i < conf->trust.n; i++)
		check_pem(reading, conf->trust.v[i].at, conf->trust.v[i].path,
		    EXPECT_CERTIFICATE);
	check_system_trust(reading);
	if (conf->pages_at.line)
		check_exists(
		    reading, conf->pages_at, conf->pages_dir, EXPECT_DIRECTORY);
	if (conf->record_path)
		check_exists(reading, conf->record_at,
		    directory_of(conf->arena, conf->record_path),
		    EXPECT_DIRECTORY);
}

static void
check_run(struct reading *reading)
{
	const struct conf *conf = reading->conf;
	const struct passwd *entry;
	char quoted[LOG_QUOTE_SIZE];

	if (!conf->run_user || !bundle_reads_files(reading->bundle))
		return;
	log_quote(quoted, slice_of(conf->run_user));
	entry = getpwnam(conf->run_user);
	if (!entry)
		reading_error(reading, conf->run_at, SLICE_EMPTY,
		    "unknown system account \"%s\"", quoted);
	else if (entry->pw_uid == 0)
		reading_error(reading, conf->run_at, SLICE_EMPTY,
		    "\"%s\" is the superuser: the proxy must not run as it",
		    quoted);
}

/* --- statements that need or hide each other ----------------------------------- */

static void
check_listeners(struct reading *reading)
{
	const struct conf *conf = reading->conf;
	char text[ADDR_TEXT_SIZE];

	for (size_t i = 0; i < conf->listeners.n; i++) {
		const struct listener *one = &conf->listeners.v[i];

		for (size_t j = 0; j < i; j++)
			if (addr_eq(&conf->listeners.v[j].addr, &one->addr))
				reading_error(reading, one->at, SLICE_EMPTY,
				    "listens on %s twice",
				    addr_text_port(text, &one->addr));
	}
}

/* Says so where an earlier statement speaks of everybody that this one
 * does; true then. */
static bool
check_hidden(struct reading *reading, const struct who *before,
    struct place before_at, const struct who *who, struct place at)
{
	size_t budget = BUDGET;

	if (!cover_who(before, who, &budget))
		return false;
	reading_warn(reading, at,
	    "never used: the statement in line %u of %s decides before",
	    before_at.line, before_at.file);
	return true;
}

static void
check_decrypt(struct reading *reading)
{
	const struct conf *conf = reading->conf;
	bool some = false;

	for (size_t i = 0; i < conf->decrypts.n; i++) {
		const struct decrypt *one = &conf->decrypts.v[i];

		if (!one->none && !conf->authority_cert && !some)
			reading_error(reading, one->at, SLICE_EMPTY,
			    "\"decrypt\" needs an \"authority\"");
		some |= !one->none;
		for (size_t j = 0; j < i; j++) {
			const struct decrypt *before = &conf->decrypts.v[j];

			if (check_hidden(reading, &before->who, before->at,
				&one->who, one->at))
				break;
		}
	}
	if (conf->authority_cert && !some)
		reading_warn(reading, conf->authority_at,
		    "the authority is never used: nothing is decrypted");
}

static void
check_marks(struct reading *reading)
{
	const struct conf *conf = reading->conf;

	for (size_t i = 0; i < conf->marks.n; i++) {
		const struct packet_marks *one = &conf->marks.v[i];

		for (size_t j = 0; j < i; j++) {
			const struct packet_marks *before = &conf->marks.v[j];

			if (check_hidden(reading, &before->who, before->at,
				&one->who, one->at))
				break;
		}
	}
}

static void
check_guarding(struct reading *reading)
{
	const struct conf *conf = reading->conf;

	if (conf->guarding.wire.n && conf->guarding.packets == PACKETS_OFF)
		reading_error(reading, conf->guarding.wire_at, SLICE_EMPTY,
		    "\"wire account\" needs \"guard packets\": the kernel "
		    "writes it");
}

void
check_model(struct reading *reading)
{
	static void (*const checks[])(struct reading *) = { check_references,
		check_groups, check_files, directory_check, check_run,
		check_listeners, check_decrypt, check_marks, check_guarding,
		check_credentials, check_origins };

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		checks[i](reading);
	/* a rule that lost a word to an error says something else */
	if (reading->diags->errors == 0)
		check_rules(reading);
}

void
check_host(struct reading *reading)
{
	reading->is_host = true;
	check_references(reading);
	check_groups(reading);
	if (reading->diags->errors == 0)
		check_rules(reading);
}
