/*
 * ca: the verb that founds a certificate authority, and tells of one.
 *
 * It never writes over a file: an authority that people's browsers trust is
 * not lost to a second `ca init`.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/secret.h"
#include "cli/verb.h"
#include "conf/conf.h"
#include "signer/authority.h"
#include "signer/found.h"

static const char help[] =
    "usage: sallyport ca init [-f FILE | -d DIR] [OPTION ...]\n"
    "       sallyport ca show [-f FILE | -d DIR]\n"
    "\n"
    "Makes the authority that signs for decrypted sites, or tells of it.\n"
    "Files that are there are never written over.\n"
    "\n"
    "  -f, --file FILE  configuration that names certificate and key\n"
    "                   (" VERB_CONF_DEFAULT ")\n"
    "  -d, --dir DIR    ca.crt and ca.key in DIR\n"
    "  -n, --name NAME  what people see of it (sallyport CA on HOST)\n"
    "  -D, --days N     validity (3650)\n"
    "  -r, --rsa        an RSA key of 3072 bits, and not EC on P-256\n"
    "      --help       show this\n";

enum {
	OPT_HELP = 256
};

static const struct option options[] = {
	{ "file", required_argument, NULL, 'f' },
	{ "dir", required_argument, NULL, 'd' },
	{ "name", required_argument, NULL, 'n' },
	{ "days", required_argument, NULL, 'D' },
	{ "rsa", no_argument, NULL, 'r' },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

struct ca {
	const char *conf, *dir, *name;
	unsigned days;
	bool rsa;
	char *cert, *key; /* owned: paths */
};

/* --- where ---------------------------------------------------------------- */

static int
find_in_conf(struct ca *ca)
{
	struct bundle *bundle = bundle_new();
	struct diags diags = { .v = NULL };
	struct conf *conf = conf_parse(bundle, ca->conf, &diags);

	diags_print(&diags, stderr);
	diags_clear(&diags);
	if (conf && conf->authority_cert) {
		ca->cert = mem_dup(conf->authority_cert);
		ca->key = mem_dup(conf->authority_key);
	} else if (conf) {
		fprintf(stderr, "sallyport: %s names no authority\n", ca->conf);
	}
	conf_free(conf);
	bundle_free(bundle);
	return ca->cert ? 0 : -1;
}

static int
find_paths(struct ca *ca)
{
	if (!ca->dir)
		return find_in_conf(ca);
	ca->cert = mem_printf("%s/ca.crt", ca->dir);
	ca->key = mem_printf("%s/ca.key", ca->dir);
	return 0;
}

static int
failed(const char *path, const char *why)
{
	fprintf(stderr, "sallyport: %s: %s\n", path, why);
	return VERB_FAILED;
}

/* --- show ----------------------------------------------------------------- */

static char *
day_text(char buf[16], int64_t at)
{
	time_t t = (time_t)at;
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(buf, 16, "%Y-%m-%d", &tm);
	return buf;
}

static void
print_facts(const struct ca *ca, const struct authority_facts *facts)
{
	char from[16], to[16];

	printf("subject      %s\n", facts->subject);
	printf("SHA-256      %s\n", facts->fingerprint);
	printf("key          %s\n", facts->key);
	printf("valid        %s to %s\n", day_text(from, facts->not_before),
	    day_text(to, facts->not_after));
	printf("certificate  %s\n", ca->cert);
	printf("private key  %s\n", ca->key);
}

static int
read_cert(const char *path, struct secret *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int ret, saved;

	if (fd < 0)
		return -1;
	ret = secret_read(out, fd, AUTHORITY_FILE_MAX);
	saved = errno;
	close(fd);
	errno = saved;
	return ret;
}

static int
run_show(const struct ca *ca)
{
	struct secret text = { NULL, 0, 0 };
	struct authority_facts facts;
	int64_t now = (int64_t)(clock_wall_us() / 1000000);
	const char *why;

	if (read_cert(ca->cert, &text) < 0)
		return failed(ca->cert, strerror(errno));
	why = authority_describe(secret_slice(&text), &facts);
	secret_clear(&text);
	if (why)
		return failed(ca->cert, why);
	print_facts(ca, &facts);
	why = authority_time_warning(facts.not_before, facts.not_after, now);
	if (why)
		fprintf(stderr, "sallyport: warning: %s\n", why);
	authority_facts_clear(&facts);
	return VERB_OK;
}

/* --- init ----------------------------------------------------------------- */

static int
write_text(int fd, struct slice text)
{
	while (text.n) {
		ssize_t n = write(fd, text.p, text.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		text = slice_from_idx(text, (size_t)n);
	}
	return fsync(fd);
}

/* 0, or -1 with errno; on failure nothing of ours is left behind. */
static int
write_new(const char *path, struct slice text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	int ret, saved;

	if (fd < 0)
		return -1;
	ret = fchmod(fd, mode); /* whatever the umask */
	if (ret == 0)
		ret = write_text(fd, text);
	saved = errno;
	close(fd);
	if (ret < 0)
		unlink(path);
	errno = saved;
	return ret;
}

static int
write_both(const struct ca *ca, const char *cert, struct slice key)
{
	int status;

	if (access(ca->cert, F_OK) == 0)
		return failed(ca->cert, "is there already");
	if (write_new(ca->key, key, 0600) < 0)
		return failed(ca->key,
		    errno == EEXIST ? "is there already" : strerror(errno));
	if (write_new(ca->cert, slice_of(cert), 0644) == 0)
		return VERB_OK;
	status = failed(
	    ca->cert, errno == EEXIST ? "is there already" : strerror(errno));
	unlink(ca->key); /* ours: made above */
	return status;
}

static char *
choose_name(const struct ca *ca)
{
	char host[FOUND_NAME_MAX + 1] = "";

	if (ca->name)
		return mem_dup(ca->name);
	if (gethostname(host, 40) < 0 || !host[0])
		return mem_dup("sallyport CA");
	host[40] = '\0';
	return mem_printf("sallyport CA on %s", host);
}

static int
run_init(const struct ca *ca)
{
	char *name = choose_name(ca), *cert = NULL;
	struct secret key = { NULL, 0, 0 };
	struct found_request request = {
		.name = slice_of(name),
		.rsa = ca->rsa,
		.days = ca->days,
		.now = (int64_t)(clock_wall_us() / 1000000),
	};
	const char *why = NULL;
	int status;

	if (ca->dir && mkdir(ca->dir, 0755) < 0 && errno != EEXIST)
		status = failed(ca->dir, strerror(errno));
	else if ((why = found_ca(&request, &cert, &key)) != NULL)
		status = failed("ca init", why);
	else
		status = write_both(ca, cert, secret_slice(&key));
	secret_clear(&key);
	free(cert);
	free(name);
	return status == VERB_OK ? run_show(ca) : status;
}

/* --- the command line ----------------------------------------------------- */

static int
act(struct ca *ca, int argc, char **argv)
{
	bool init = argc == 1 && strcmp(argv[0], "init") == 0;
	int status = VERB_FAILED;

	if (!init && (argc != 1 || strcmp(argv[0], "show") != 0))
		return verb_misuse(help, "init or show?");
	if (!init && (ca->name || ca->rsa))
		return verb_misuse(help, "show takes -f or -d");
	if (find_paths(ca) == 0)
		status = init ? run_init(ca) : run_show(ca);
	free(ca->cert);
	free(ca->key);
	return status;
}

static int
take_days(struct ca *ca, const char *text)
{
	uint64_t days;

	if (slice_to_u64(slice_of(text), FOUND_DAYS_MAX, &days) < 0 || !days)
		return -1;
	ca->days = (unsigned)days;
	return 0;
}

int
cli_ca(int argc, char **argv)
{
	struct ca ca = { .conf = VERB_CONF_DEFAULT,
		.days = FOUND_DAYS_DEFAULT };
	int c;

	while ((c = getopt_long(argc, argv, "f:d:n:D:r", options, NULL)) != -1)
		switch (c) {
		case 'f':
			ca.conf = optarg;
			break;
		case 'd':
			ca.dir = optarg;
			break;
		case 'n':
			ca.name = optarg;
			break;
		case 'D':
			if (take_days(&ca, optarg) == 0)
				break;
			return verb_misuse(help, "days go from 1 to 36500");
		case 'r':
			ca.rsa = true;
			break;
		case OPT_HELP:
			return verb_help(help);
		default:
			return verb_misuse(help, "see --help");
		}
	return act(&ca, argc - optind, argv + optind);
}
