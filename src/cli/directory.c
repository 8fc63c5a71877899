/*
 * directory: the verb that looks at directories as a login would.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/config.h"
#include "cli/verb.h"
#include "directory/diagnose.h"

static const char help[] =
    "usage: sallyport directory check [-f FILE] [ACCOUNT]\n"
    "\n"
    "Connects to every server of every directory, as the configuration says,\n"
    "and tells step by step what works: name, TCP, TLS, bind, search; with an\n"
    "ACCOUNT, its names and groups; then the keytab. Fails where one doesn't.\n"
    "\n"
    "  -f, --file FILE   configuration (" VERB_CONF_DEFAULT ")\n"
    "      --help        show this\n";

enum {
	OPT_HELP = 256
};

static const struct option options[] = {
	{ "file", required_argument, NULL, 'f' },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

static int
check(const char *file, const char *account)
{
	struct config *config = config_load_and_tell(file);
	unsigned failures;

	if (!config)
		return VERB_FAILED;
	if (config->conf->directories.n == 0 &&
	    !config->conf->authenticate.keytab) {
		fprintf(stderr, "%s: there is no directory in it\n", file);
		config_free(config);
		return VERB_FAILED;
	}
	failures = diagnose_run(config->conf, config->bundle, account, stdout);
	if (failures)
		printf("%u of these steps failed\n", failures);
	config_free(config);
	return failures ? VERB_FAILED : VERB_OK;
}

int
cli_directory(int argc, char **argv)
{
	const char *file = VERB_CONF_DEFAULT;
	int c;

	while ((c = getopt_long(argc, argv, "f:", options, NULL)) != -1)
		switch (c) {
		case 'f':
			file = optarg;
			break;
		case OPT_HELP:
			return verb_help(help);
		default:
			return verb_misuse(help, "see --help");
		}
	if (optind == argc || strcmp(argv[optind], "check") != 0)
		return verb_misuse(help, "what to do with the directory?");
	if (optind + 2 < argc)
		return verb_misuse(
		    help, "too many words: %s", argv[optind + 2]);
	return check(file, optind + 1 < argc ? argv[optind + 1] : NULL);
}
