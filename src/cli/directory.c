/*
 * directory: the verb that looks at directories as a login would.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "cli/call.h"
#include "cli/config.h"
#include "cli/verb.h"
#include "directory/diagnose.h"

static const char help[] =
    "usage: sallyport directory check [-f FILE] [ACCOUNT]\n"
    "\n"
    "Connects to every server of every directory, as the configuration says,\n"
    "and tells step by step what works: name, TCP, TLS, bind, search; with an\n"
    "ACCOUNT, its names and groups; then the keytab, the KDC, and what tokens\n"
    "a running proxy got. Fails where one doesn't.\n"
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

/* --- what clients sent ---------------------------------------------------- */

static uint64_t
number(json_object *group, const char *key)
{
	return json_object_get_uint64(json_object_object_get(group, key));
}

static void
say_tokens(json_object *group)
{
	uint64_t ntlm = number(group, "ntlm");
	uint64_t refused = number(group, "refused");

	printf("  %s tickets: %" PRIu64 " accepted, %" PRIu64
	       " refused, %" PRIu64 " of them used before\n",
	    refused ? "note" : "ok  ", number(group, "right"), refused,
	    number(group, "replayed"));
	if (ntlm)
		printf("  note %" PRIu64
		       " tokens were NTLM: those clients have no ticket for "
		       "the name by which\n         they know the proxy; the "
		       "log has their addresses\n",
		    ntlm);
	else
		puts("  ok   no token was NTLM");
}

/* "counters directory 0 {…}" is the one line of the answer that counts. */
static void
look_at_tokens(struct slice body)
{
	static const char start[] = "counters directory ";
	struct slice line, word;
	json_tokener *tokener;
	json_object *all;

	while (slice_split(&body, '\n', &line)) {
		if (!slice_starts(line, slice_of(start)))
			continue;
		for (size_t i = 0; i < 3; i++)
			(void)slice_split(&line, ' ', &word);
		tokener = json_tokener_new();
		all = json_tokener_parse_ex(tokener, line.p, (int)line.n);
		json_tokener_free(tokener);
		say_tokens(json_object_object_get(all, "negotiate"));
		json_object_put(all);
	}
}

static void
ask_running(const struct conf *conf)
{
	struct call call;
	const char *why = call_ask(conf->control_path, "status", &call);

	puts("tokens that the running proxy got");
	if (why)
		printf("  note %s\n", why);
	else if (call.ok)
		look_at_tokens(call.body);
	call_clear(&call);
}

/* --- the verb ------------------------------------------------------------- */

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
	if (config->conf->authenticate.keytab)
		ask_running(config->conf);
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
