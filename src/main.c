/*
 * main: from the first word of the command line to the verb it names.
 *
 * Every process of sallyport starts here, also those that the supervisor
 * makes (`_role`).  Nothing is decided here but which function is called.
 */
#include <stdio.h>
#include <string.h>

#include "cli/verb.h"

struct verb {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *words; /* NULL: hidden */
};

static const struct verb verbs[] = {
	{ "run", cli_run, "run the proxy in the foreground" },
	{ "check", cli_check, "say what is wrong with a configuration" },
	{ "explain", cli_explain, "say which rule decides, and why" },
	{ "reload", cli_reload, "make a running proxy read its files anew" },
	{ "status", cli_status, "say what a running proxy is doing" },
	{ "directory", cli_directory, "say whether directories can be asked" },
	{ "user", cli_user, "keep the accounts that may use the proxy" },
	{ "ca", cli_ca, "make or show the authority that signs for sites" },
	{ "filter", cli_filter,
	    "keep the filter of passwords that must not leave" },
	{ "incidents", cli_incidents,
	    "show passwords that were on their way out" },
	{ "guard", cli_guard, "judge the packets of a host's users" },
	{ "_role", cli_role, NULL },
};

#define VERBS (sizeof(verbs) / sizeof(*verbs))

static void
usage(FILE *out)
{
	fputs("usage: sallyport VERB [OPTION ...]\n\n", out);
	for (size_t i = 0; i < VERBS; i++)
		if (verbs[i].words)
			fprintf(
			    out, "  %-9s %s\n", verbs[i].name, verbs[i].words);
	fputs("\n`sallyport VERB --help` says more, sallyport(8) all of it.\n",
	    out);
}

int
main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";

	for (size_t i = 0; i < VERBS; i++)
		if (strcmp(word, verbs[i].name) == 0)
			return verbs[i].run(argc - 1, argv + 1);
	if (strcmp(word, "--version") == 0) {
		puts(PACKAGE_STRING);
		return VERB_OK;
	}
	if (strcmp(word, "--help") == 0 || strcmp(word, "help") == 0) {
		usage(stdout);
		return VERB_OK;
	}
	if (*word)
		fprintf(stderr, "sallyport: there is no verb %s\n\n", word);
	usage(stderr);
	return VERB_MISUSE;
}
