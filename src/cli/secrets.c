/*
 * secrets: opens and looks; reads nothing.
 *
 * Runs in the supervisor and in `check`.
 */
#include "cli/secrets.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/secret.h"
#include "directory/keytab.h"

int
secrets_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		log_error("cannot open %s: %m", path);
	return fd;
}

int
secrets_open_lax(const char *path)
{
	int fd = secrets_open(path);
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_mode & S_IRWXO)
		log_warn("%s is open to everybody: chmod o= it", path);
	return fd;
}

/* --- those without which nothing starts --------------------------------- */

static const char *
check_file(const char *path, const char *what, char why[SECRETS_WHY_SIZE])
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd < 0 || fstat(fd, &st) < 0) {
		snprintf(why, SECRETS_WHY_SIZE, "cannot open %s %.400s: %s",
		    what, path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return why;
	}
	close(fd);
	if (!S_ISREG(st.st_mode)) {
		snprintf(why, SECRETS_WHY_SIZE, "%s %.400s is not a file", what,
		    path);
		return why;
	}
	if (st.st_mode & S_IRWXO) {
		snprintf(why, SECRETS_WHY_SIZE,
		    "%s %.400s is open to everybody: chmod o= it", what, path);
		return why;
	}
	return NULL;
}

static const char *
check_pair(
    const struct pair *pair, const char *what, char why[SECRETS_WHY_SIZE])
{
	const char *wrong = check_file(pair->key, what, why);

	if (!wrong && pair->passphrase)
		wrong = check_file(pair->passphrase,
		    "the passphrase of a certificate's key", why);
	return wrong;
}

static const char *
check_pairs(const struct conf *conf, char why[SECRETS_WHY_SIZE])
{
	const char *wrong = NULL;

	for (size_t i = 0; !wrong && i < conf->own_certificates.n; i++)
		wrong = check_pair(&conf->own_certificates.v[i].pair,
		    "a certificate's key", why);
	for (size_t i = 0; i < conf->listeners.n; i++)
		for (size_t j = 0; !wrong && j < conf->listeners.v[i].pairs.n;
		     j++)
			wrong = check_pair(&conf->listeners.v[i].pairs.v[j],
			    "a listener's key", why);
	return wrong;
}

const char *
secrets_check(const struct conf *conf, char why[SECRETS_WHY_SIZE])
{
	const struct {
		const char *path, *what;
	} files[] = {
		{ conf->authority_key, "the authority's key" },
		{ conf->authority_passphrase,
		    "the passphrase of the authority's key" },
		{ conf->accounts_file, "the account file" },
		{ conf->filter_key, "the filter's key" },
		{ conf->filter_path, "the filter" },
	};
	const char *wrong = NULL;

	for (size_t i = 0; !wrong && i < sizeof(files) / sizeof(*files); i++)
		if (files[i].path)
			wrong = check_file(files[i].path, files[i].what, why);
	return wrong ? wrong : check_pairs(conf, why);
}

/* --- those that may come later ----------------------------------------------- */

/* 1 where it can't be used. */
static unsigned
look_at(const char *path, struct place at)
{
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	struct stat st;
	bool good = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_size > 0;

	if (fd >= 0)
		close(fd);
	if (good && st.st_mode & S_IRWXO)
		fprintf(stderr,
		    "%s:%u:%u: warning: \"%s\" is open to everybody: chmod o= "
		    "it\n",
		    at.file, at.line, at.column, path);
	return path && !good;
}

static void
on_entry(const struct keytab_entry *entry, void *arg)
{
	unsigned *entries = arg;

	(*entries)++;
}

/* One that can be read may still be something else. */
static unsigned
look_into_keytab(const char *path, struct place at)
{
	struct secret text = { NULL, 0, 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	const char *why = NULL;
	unsigned entries = 0;

	if (fd < 0 || secret_read(&text, fd, KEYTAB_FILE_MAX) < 0)
		why = strerror(errno);
	else
		why = keytab_read(secret_slice(&text), on_entry, &entries);
	if (!why && entries == 0)
		why = "it holds no key";
	if (why)
		fprintf(stderr,
		    "%s:%u:%u: warning: \"%s\" is no keytab that can be "
		    "used: %s\n",
		    at.file, at.line, at.column, path, why);
	if (fd >= 0)
		close(fd);
	secret_clear(&text);
	return why != NULL;
}

unsigned
secrets_look(const struct conf *conf)
{
	const char *keytab = conf->authenticate.keytab;
	struct place at = conf->authenticate.keytab_at;
	unsigned n = look_at(keytab, at);

	if (keytab && n == 0)
		n += look_into_keytab(keytab, at);

	for (size_t i = 0; i < conf->directories.n; i++)
		n += look_at(conf->directories.v[i].password_file,
		    conf->directories.v[i].password_at);
	return n;
}
