/*
 * check: the verb that judges a configuration and says all that is wrong.
 */
#include <getopt.h>
#include <stdio.h>

#include "cli/config.h"
#include "cli/secrets.h"
#include "cli/verb.h"
#include "ipc/role.h"

static const char help[] =
    "usage: sallyport check [-nv] [-f FILE]\n"
    "\n"
    "Says what is wrong with a configuration, all of it in one go. Warnings\n"
    "don't make it fail.\n"
    "\n"
    "  -f, --file FILE   configuration (" VERB_CONF_DEFAULT ")\n"
    "  -n, --print       print it in its canonical form\n"
    "  -v, --verbose     print what each process holds, and may never have\n"
    "      --help        show this\n";

enum {
	OPT_HELP = 256
};

static const struct option options[] = {
	{ "file", required_argument, NULL, 'f' },
	{ "print", no_argument, NULL, 'n' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

static int
check(const char *file, bool print, bool verbose)
{
	struct config *config = config_load_and_tell(file);
	const char *why;
	char wrong[SECRETS_WHY_SIZE];
	unsigned missing;

	if (!config)
		return VERB_FAILED;
	why = secrets_check(config->conf, wrong);
	if (why)
		fprintf(stderr, "%s: error: %s\n", file, why);
	missing = secrets_look(config->conf);
	if (missing) /* where, is among the warnings */
		fprintf(stderr,
		    "%s: error: secrets of directories that can't be used: "
		    "%u; the proxy starts, and logins wait for them\n",
		    file, missing);
	if (print)
		conf_print(config->conf, stdout);
	if (verbose)
		role_print_table(stdout);
	if (!why && !missing && !print)
		printf("%s is good: %zu rule%s\n", file, config->conf->rules.n,
		    config->conf->rules.n == 1 ? "" : "s");
	config_free(config);
	return why || missing ? VERB_FAILED : VERB_OK;
}

int
cli_check(int argc, char **argv)
{
	const char *file = VERB_CONF_DEFAULT;
	bool print = false, verbose = false;
	int c;

	while ((c = getopt_long(argc, argv, "f:nv", options, NULL)) != -1)
		switch (c) {
		case 'f':
			file = optarg;
			break;
		case 'n':
			print = true;
			break;
		case 'v':
			verbose = true;
			break;
		case OPT_HELP:
			return verb_help(help);
		default:
			return verb_misuse(help, "see --help");
		}
	if (optind < argc)
		return verb_misuse(help, "too many words: %s", argv[optind]);
	return check(file, print, verbose);
}
