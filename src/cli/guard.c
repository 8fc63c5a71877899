/*
 * guard: the verb for hosts; finds the verb below it.
 */
#include "cli/guard.h"

#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/slice.h"
#include "cli/verb.h"
#include "guard/load.h"

static const char help[] =
    "usage: sallyport guard run [-v] [-f FILE] [--close-forbidden]\n"
    "                           [--lock-logins]\n"
    "       sallyport guard check [-f FILE]\n"
    "       sallyport guard status [--json]\n"
    "       sallyport guard explain [-f FILE] USER ADDRESS[:PORT]\n"
    "       sallyport guard events [-r RECORD]...\n"
    "       sallyport guard off\n"
    "\n"
    "Judges every packet of this host by the account it is sent for, inside\n"
    "the kernel and by the rules of a proxy.conf.\n"
    "\n"
    "  -f, --file FILE    configuration (" VERB_CONF_DEFAULT ")\n"
    "  -v, --verbose      log what is of use to a developer, too\n"
    "      --cgroup DIR   judge this cgroup and those in it, not all\n"
    "      --pins DIR     keep it here (" GUARD_PINS ")\n"
    "      --socket PATH  denials are read from here (" GUARD_SOCKET ")\n"
    "  -r, --record FILE  show the denials in this file of records\n"
    "      --close-forbidden  end connections that new rules forbid\n"
    "      --lock-logins  nobody, not even root, can change who logged in\n"
    "      --json         for programs\n"
    "      --ready-fd N   write a line to descriptor N when it is ready\n"
    "      --help         show this\n"
    "\n"
    "The filter stays when `guard run` ends; `guard off` lifts it.\n";

enum {
	OPT_HELP = 256,
	OPT_CGROUP,
	OPT_PINS,
	OPT_SOCKET,
	OPT_CLOSE,
	OPT_LOCK,
	OPT_JSON,
	OPT_READY_FD
};

static const struct option options[] = {
	{ "file", required_argument, NULL, 'f' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "cgroup", required_argument, NULL, OPT_CGROUP },
	{ "pins", required_argument, NULL, OPT_PINS },
	{ "socket", required_argument, NULL, OPT_SOCKET },
	{ "record", required_argument, NULL, 'r' },
	{ "close-forbidden", no_argument, NULL, OPT_CLOSE },
	{ "lock-logins", no_argument, NULL, OPT_LOCK },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "ready-fd", required_argument, NULL, OPT_READY_FD },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

static const struct {
	const char *name;
	int (*run)(const struct guard_args *args);
	int nwords;
} verbs[] = {
	{ "run", guard_verb_run, 0 },
	{ "check", guard_verb_check, 0 },
	{ "status", guard_verb_status, 0 },
	{ "explain", guard_verb_explain, 2 },
	{ "events", guard_verb_events, 0 },
	{ "off", guard_verb_off, 0 },
};

/* 0, or what to return at once, plus 1. */
static int
take_option(int c, struct guard_args *args)
{
	uint64_t number;

	switch (c) {
	case 'f':
		args->file = optarg;
		return 0;
	case 'v':
		log_set_level(LOG_LEVEL_DEBUG);
		return 0;
	case 'r':
		if (args->nrecords == GUARD_RECORDS)
			return 1 + verb_misuse(help, "too many records");
		args->records[args->nrecords++] = optarg;
		return 0;
	case OPT_CGROUP:
		args->cgroup = optarg;
		return 0;
	case OPT_PINS:
		args->pins = optarg;
		return 0;
	case OPT_SOCKET:
		args->socket = optarg;
		return 0;
	case OPT_CLOSE:
		args->close_forbidden = true;
		return 0;
	case OPT_LOCK:
		args->lock_logins = true;
		return 0;
	case OPT_JSON:
		args->json = true;
		return 0;
	case OPT_READY_FD:
		if (slice_to_u64(slice_of(optarg), INT32_MAX, &number) < 0)
			return 1 +
			    verb_misuse(help, "no descriptor: %s", optarg);
		args->ready_fd = (int)number;
		return 0;
	case OPT_HELP:
		return 1 + verb_help(help);
	default:
		return 1 + verb_misuse(help, "see --help");
	}
}

int
cli_guard(int argc, char **argv)
{
	struct guard_args args = { .file = VERB_CONF_DEFAULT,
		.pins = GUARD_PINS,
		.socket = GUARD_SOCKET,
		.ready_fd = -1 };
	const char *word;
	int c, ret;

	while ((c = getopt_long(argc, argv, "f:r:v", options, NULL)) != -1) {
		ret = take_option(c, &args);
		if (ret)
			return ret - 1;
	}
	word = optind < argc ? argv[optind] : "";
	args.words = argv + optind + 1;
	args.nwords = argc - optind - 1;
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
		if (strcmp(word, verbs[i].name) != 0)
			continue;
		if (args.nwords != verbs[i].nwords)
			return verb_misuse(
			    help, "%s takes %d words", word, verbs[i].nwords);
		return verbs[i].run(&args);
	}
	return verb_misuse(help, "guard what?");
}
