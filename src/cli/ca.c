/*
 * ca: the verb that founds a certificate authority, tells of one, takes the
 * next in its place and revokes what one has signed.
 *
 * Here are the command line and `show`; the rest is in files of its words.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/ca.h"
#include "cli/verb.h"
#include "conf/conf.h"
#include "signer/authority.h"
#include "signer/found.h"

static const char help[] =
    "usage: sallyport ca init [-f FILE | -d DIR] [OPTION ...]\n"
    "       sallyport ca show [-f FILE | -d DIR]\n"
    "       sallyport ca rotate start|switch|end [-f FILE | -d DIR] "
    "[OPTION ...]\n"
    "       sallyport ca revoke [-f FILE | -d DIR] [-R REASON] SERIAL\n"
    "\n"
    "Makes the authority that signs for decrypted sites, tells of it, takes\n"
    "another in its place, revokes what it has signed. init never writes\n"
    "over files.\n"
    "\n"
    "  -f, --file FILE        configuration that names certificate and key\n"
    "                         (" VERB_CONF_DEFAULT ")\n"
    "  -d, --dir DIR          ca.crt and ca.key in DIR\n"
    "  -n, --name NAME        what people see of it (sallyport CA on HOST)\n"
    "  -D, --days N           validity (3650)\n"
    "  -r, --rsa              an RSA key of 3072 bits, and not EC on P-256\n"
    "  -t, --root             a root, and below it the one that signs\n"
    "  -p, --passphrase FILE  encrypt the key; the first line of FILE\n"
    "  -k, --key-uri URI      a key that an OpenSSL provider keeps already;\n"
    "                         the first line of -p's FILE is its PIN\n"
    "  -P, --provider NAME    that provider, or its module's path\n"
    "  -u, --under FILE       rotate: the key of the root that the next one\n"
    "                         stands under, too (KEY.root)\n"
    "  -S, --standalone       rotate: the next one under no root\n"
    "  -o, --only NAME        sign for NAME and names below it only\n"
    "  -x, --except NAME      never sign for NAME and names below it\n"
    "  -R, --reason REASON    unspecified, key-compromise, superseded, "
    "ceased\n"
    "      --help             show this\n";

enum {
	OPT_HELP = 256
};

static const struct option options[] = {
	{ "file", required_argument, NULL, 'f' },
	{ "dir", required_argument, NULL, 'd' },
	{ "name", required_argument, NULL, 'n' },
	{ "days", required_argument, NULL, 'D' },
	{ "rsa", no_argument, NULL, 'r' },
	{ "root", no_argument, NULL, 't' },
	{ "passphrase", required_argument, NULL, 'p' },
	{ "key-uri", required_argument, NULL, 'k' },
	{ "provider", required_argument, NULL, 'P' },
	{ "under", required_argument, NULL, 'u' },
	{ "standalone", no_argument, NULL, 'S' },
	{ "only", required_argument, NULL, 'o' },
	{ "except", required_argument, NULL, 'x' },
	{ "reason", required_argument, NULL, 'R' },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
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
		if (conf->authority_key)
			ca->key = mem_dup(conf->authority_key);
		if (conf->authority_uri && !ca->uri) {
			ca->uri = mem_dup(conf->authority_uri);
			ca->provider = mem_dup(conf->authority_provider);
		}
		ca->site = conf_site(conf);
		if (conf->authority_passphrase && !ca->passphrase)
			ca->passphrase = mem_dup(conf->authority_passphrase);
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
	if (ca->passphrase_given)
		ca->passphrase = mem_dup(ca->passphrase_given);
	if (ca->uri_given) {
		ca->uri = mem_dup(ca->uri_given);
		ca->provider = mem_dup(ca->provider_given);
	}
	if (!ca->dir)
		return find_in_conf(ca);
	ca->cert = mem_printf("%s/ca.crt", ca->dir);
	if (!ca->uri)
		ca->key = mem_printf("%s/ca.key", ca->dir);
	return 0;
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
	if (ca->uri)
		printf(
		    "private key  %s (provider %s)\n", ca->uri, ca->provider);
	else
		printf("private key  %s\n", ca->key);
}

/* In one line: what people compare, and how long it lasts. */
static void
print_other(const char *what, struct slice pem)
{
	struct authority_facts facts;
	char day[16];

	if (authority_describe(pem, &facts))
		return;
	printf("%-12s %s\n%-12s until %s, SHA-256 %s\n", what, facts.subject,
	    "", day_text(day, facts.not_after), facts.fingerprint);
	authority_facts_clear(&facts);
}

/* Behind what signs, the one that people install. */
static void
print_root(struct slice pem)
{
	struct slice above, last = SLICE_EMPTY;

	for (above = ca_above(pem); above.n; above = ca_above(above))
		last = above;
	if (last.n)
		print_other("root", last);
}

static void
print_beside(const struct ca *ca, const char *what)
{
	char *path = mem_printf("%s.%s", ca->cert, what);
	struct secret text = { NULL, 0, 0 };

	if (ca_read(path, &text) == 0)
		print_other(what, secret_slice(&text));
	secret_clear(&text);
	free(path);
}

int
ca_show(const struct ca *ca)
{
	struct secret text = { NULL, 0, 0 };
	struct authority_facts facts;
	int64_t now = (int64_t)(clock_wall_us() / 1000000);
	const char *why;

	if (ca_read(ca->cert, &text) < 0)
		return ca_failed(ca->cert, strerror(errno));
	why = authority_describe(secret_slice(&text), &facts);
	if (!why) {
		print_facts(ca, &facts);
		print_root(secret_slice(&text));
	}
	secret_clear(&text);
	if (why)
		return ca_failed(ca->cert, why);
	print_beside(ca, "next");
	print_beside(ca, "old");
	why = authority_time_warning(facts.not_before, facts.not_after, now);
	if (why)
		fprintf(stderr, "sallyport: warning: %s\n", why);
	authority_facts_clear(&facts);
	return VERB_OK;
}

/* --- the command line ----------------------------------------------------- */

/* What each word takes: how many words behind it, and which options beside
 * -f and -d. */
static const struct word {
	const char *word;
	int words;
	bool makes; /* an authority */
	const char *wants;
	int (*run)(const struct ca *ca);
} words[] = {
	{ "init", 0, true, "init takes no further words", ca_init },
	{ "show", 0, false, "show takes -f or -d", ca_show },
	{ "rotate", 1, true, "rotate start, switch or end?", ca_rotate },
	{ "revoke", 1, false, "revoke takes one serial number", ca_revoke },
};

static const struct word *
word_of(const char *text)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].word, text) == 0)
			return &words[i];
	return NULL;
}

static bool
has_making(const struct ca *ca)
{
	return ca->name || ca->rsa || ca->with_root || ca->passphrase_given ||
	    ca->uri_given || ca->npermit || ca->nexclude;
}

static int
act(struct ca *ca, int argc, char **argv)
{
	const struct word *word = argc ? word_of(argv[0]) : NULL;
	int status = VERB_FAILED;

	if (!word)
		return verb_misuse(help, "init, show, rotate or revoke?");
	if (argc != 1 + word->words || (!word->makes && has_making(ca)) ||
	    (ca->reason && word->run != ca_revoke))
		return verb_misuse(help, "%s", word->wants);
	ca->word = argv[argc - 1];
	if (ca->with_root && word->run != ca_init)
		return verb_misuse(help, "-t goes with init");
	if ((ca->root_key || ca->standalone) && word->run != ca_rotate)
		return verb_misuse(help, "-u and -S go with rotate");
	if (!ca->uri_given != !ca->provider_given)
		return verb_misuse(help, "-k and -P go together");
	if (ca->uri_given && (ca->rsa || word->run != ca_init))
		return verb_misuse(help, "-k goes with init, without -r");
	if (find_paths(ca) == 0)
		status = word->run(ca);
	if (status == VERB_MISUSE)
		(void)verb_misuse(help, "%s", word->wants);
	free(ca->cert);
	free(ca->key);
	free(ca->passphrase);
	free(ca->uri);
	free(ca->provider);
	free(ca->site);
	return status;
}

static int
take_days(struct ca *ca, const char *text)
{
	uint64_t days;

	if (slice_to_u64(slice_of(text), FOUND_DAYS_MAX, &days) < 0 || !days)
		return verb_misuse(help, "days go from 1 to 36500");
	ca->days = (unsigned)days;
	return VERB_OK;
}

static int
take_limit(struct host *limits, size_t *n, const char *text)
{
	const char *why = *n == CA_LIMITS_MAX
	    ? "more than 50 names"
	    : host_parse(slice_of(text), &limits[*n]);

	if (!why && limits[*n].is_addr)
		why = "an address where a name is wanted";
	if (why)
		return verb_misuse(help, "\"%s\": %s", text, why);
	++*n;
	return VERB_OK;
}

static int
take_option(struct ca *ca, int c)
{
	switch (c) {
	case 'f':
		ca->conf = optarg;
		return VERB_OK;
	case 'd':
		ca->dir = optarg;
		return VERB_OK;
	case 'n':
		ca->name = optarg;
		return VERB_OK;
	case 'D':
		return take_days(ca, optarg);
	case 'r':
		ca->rsa = true;
		return VERB_OK;
	case 't':
		ca->with_root = true;
		return VERB_OK;
	case 'p':
		ca->passphrase_given = optarg;
		return VERB_OK;
	case 'u':
		ca->root_key = optarg;
		return VERB_OK;
	case 'S':
		ca->standalone = true;
		return VERB_OK;
	case 'k':
		ca->uri_given = optarg;
		return VERB_OK;
	case 'P':
		ca->provider_given = optarg;
		return VERB_OK;
	case 'o':
		return take_limit(ca->permit, &ca->npermit, optarg);
	case 'x':
		return take_limit(ca->exclude, &ca->nexclude, optarg);
	case 'R':
		ca->reason = optarg;
		return VERB_OK;
	default:
		return verb_misuse(help, "see --help");
	}
}

int
cli_ca(int argc, char **argv)
{
	struct ca ca = { .conf = VERB_CONF_DEFAULT,
		.days = FOUND_DAYS_DEFAULT };
	int c;

	while ((c = getopt_long(argc, argv,
		    "f:d:n:D:rtp:u:Sk:P:o:x:R:", options, NULL)) != -1) {
		if (c == OPT_HELP)
			return verb_help(help);
		if (take_option(&ca, c) != VERB_OK)
			return VERB_MISUSE;
	}
	return act(&ca, argc - optind, argv + optind);
}
