/*
 * run: the verb that is the proxy.
 *
 * Reads its options and becomes the supervisor; it stays in the foreground.
 */
#include <getopt.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/slice.h"
#include "cli/supervisor.h"
#include "cli/verb.h"

static const char help[] =
    "usage: sallyport run [-v] [-f FILE] [--ready-fd N]\n"
    "\n"
    "Runs the proxy in the foreground until SIGTERM or SIGINT.\n"
    "\n"
    "  -f, --file FILE    configuration (" VERB_CONF_DEFAULT ")\n"
    "  -v, --verbose      log what is of use to a developer, too\n"
    "      --ready-fd N   write a line to descriptor N when it is ready\n"
    "      --help         show this\n"
    "\n"
    "SIGHUP reads the configuration anew, SIGUSR1 opens the records anew.\n";

enum {
	OPT_HELP = 256,
	OPT_READY_FD
};

static const struct option options[] = {
	{ "file", required_argument, NULL, 'f' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "ready-fd", required_argument, NULL, OPT_READY_FD },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

int
cli_run(int argc, char **argv)
{
	struct supervisor_opts opts = {
		.path = VERB_CONF_DEFAULT,
		.ready_fd = -1,
	};
	uint64_t number = 0;
	int c;

	while ((c = getopt_long(argc, argv, "f:v", options, NULL)) != -1)
		switch (c) {
		case 'f':
			opts.path = optarg;
			break;
		case 'v':
			log_set_level(LOG_LEVEL_DEBUG);
			break;
		case OPT_READY_FD:
			if (slice_to_u64(slice_of(optarg), INT32_MAX, &number) <
			    0)
				return verb_misuse(
				    help, "no descriptor: %s", optarg);
			opts.ready_fd = (int)number;
			break;
		case OPT_HELP:
			return verb_help(help);
		default:
			return verb_misuse(help, "see --help");
		}
	if (optind < argc)
		return verb_misuse(help, "too many words: %s", argv[optind]);
	return supervisor_run(&opts);
}
