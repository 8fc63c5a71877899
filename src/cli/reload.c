/*
 * reload: the verb that makes a running proxy read its configuration anew.
 *
 * The file is read here first: where it has errors they are shown and the
 * proxy isn't even asked.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/call.h"
#include "cli/verb.h"

static const char help[] =
    "usage: sallyport reload [-f FILE] [-s SOCKET]\n"
    "\n"
    "Makes a running proxy read its configuration anew. A file with errors\n"
    "is refused and the old configuration stays.\n"
    "\n"
    "  -f, --file FILE      configuration (" VERB_CONF_DEFAULT ")\n"
    "  -s, --socket SOCKET  control socket of the proxy (as FILE says)\n"
    "      --help           show this\n";

enum {
	OPT_HELP = 256
};

static const struct option options[] = {
	{ "file", required_argument, NULL, 'f' },
	{ "socket", required_argument, NULL, 's' },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

static int
reload(const char *path)
{
	struct call call;
	const char *why = call_ask(path, "reload", &call);
	int status = VERB_FAILED;

	if (why) {
		fprintf(stderr, "sallyport reload: %s\n", why);
	} else if (call.ok) {
		fwrite(call.body.p, 1, call.body.n, stdout);
		status = VERB_OK;
	} else {
		fwrite(call.body.p, 1, call.body.n, stderr);
	}
	call_clear(&call);
	return status;
}

int
cli_reload(int argc, char **argv)
{
	const char *file = VERB_CONF_DEFAULT, *socket = NULL;
	char *path;
	int c, status;

	while ((c = getopt_long(argc, argv, "f:s:", options, NULL)) != -1)
		switch (c) {
		case 'f':
			file = optarg;
			break;
		case 's':
			socket = optarg;
			break;
		case OPT_HELP:
			return verb_help(help);
		default:
			return verb_misuse(help, "see --help");
		}
	if (optind < argc)
		return verb_misuse(help, "too many words: %s", argv[optind]);
	path = call_path(socket, file);
	if (!path) {
		fputs("the old configuration stays\n", stderr);
		return VERB_FAILED;
	}
	status = reload(path);
	free(path);
	return status;
}
