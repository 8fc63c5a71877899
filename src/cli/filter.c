/*
 * filter: the verb that makes, fills and shows the filter of passwords: its
 * command line. What it does is in cli/filter_acts.c.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/filter_acts.h"
#include "cli/verb.h"
#include "conf/conf.h"

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

static const char help[] =
    "usage: sallyport filter create|add|build|info|test|rotate [OPTION ...]\n"
    "\n"
    "  create           make an empty filter, and a key where there is none\n"
    "  add [LINES]      add the accounts and passwords of a file or of\n"
    "                   standard input, one \"account:password\" a line\n"
    "  build [LINES]    the same into a new filter in the old one's place\n"
    "  info             say what is in the filter and how well it does\n"
    "  test ACCOUNT     ask for a password: may the filter have it?\n"
    "  rotate           empty the oldest generation, make it the newest\n"
    "\n"
    "  -f, --file FILE        configuration that names filter and key\n"
    "                         (" VERB_CONF_DEFAULT ")\n"
    "  -F, --filter FILE      the filter itself\n"
    "  -K, --key FILE         its key\n"
    "  -n, --nt-hashes        lines hold NT hashes in place of passwords\n"
    "  -q, --quiet            show no bar\n"
    "  -d, --due              rotate only where the newest generation is as "
    "old\n"
    "                         as the configuration's \"rotate\" says\n"
    "\n"
    "For create, and for build where there is no filter yet:\n"
    "  -c, --capacity N       entries of one generation (100000)\n"
    "  -r, --rate R           wrong \"maybe\" of a full filter (1e-6)\n"
    "  -g, --generations N    1, 2 or 4 (2)\n"
    "  -k, --kind KIND        passwords, nt or both (passwords)\n"
    "  -p, --portions A/B/N   hash the first A and the last B of N parts of\n"
    "                         a password (1/1/3)\n"
    "      --help             show this\n";

enum {
	OPT_HELP = 256
};

static const struct option options[] = {
	{ "file", required_argument, NULL, 'f' },
	{ "filter", required_argument, NULL, 'F' },
	{ "key", required_argument, NULL, 'K' },
	{ "nt-hashes", no_argument, NULL, 'n' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "due", no_argument, NULL, 'd' },
	{ "capacity", required_argument, NULL, 'c' },
	{ "rate", required_argument, NULL, 'r' },
	{ "generations", required_argument, NULL, 'g' },
	{ "kind", required_argument, NULL, 'k' },
	{ "portions", required_argument, NULL, 'p' },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

static bool
parse_kind(const char *text, unsigned *kinds)
{
	static const struct {
		const char *word;
		unsigned kinds;
	} words[] = {
		{ "passwords", FILTER_PASSWORDS },
		{ "nt", FILTER_NT_HASHES },
		{ "both", FILTER_PASSWORDS | FILTER_NT_HASHES },
	};

	for (size_t i = 0; i < COUNT_OF(words); i++) {
		if (strcmp(text, words[i].word) != 0)
			continue;
		*kinds = words[i].kinds;
		return true;
	}
	return false;
}

static bool
parse_portions(const char *text, struct token_rule *rule)
{
	struct slice rest = slice_of(text), part;
	uint16_t *const into[] = { &rule->first, &rule->last, &rule->of };
	uint64_t number;

	for (size_t i = 0; i < COUNT_OF(into); i++) {
		if (!slice_split(&rest, '/', &part) ||
		    slice_to_u64(part, 1000, &number) < 0)
			return false;
		*into[i] = (uint16_t)number;
	}
	return rest.n == 0;
}

static bool
parse_number(const char *text, uint64_t most, uint64_t *out)
{
	return slice_to_u64(slice_of(text), most, out) == 0;
}

/* An option that says how a new filter is to be. */
static bool
take_parameter(struct filter_verb *verb, int option)
{
	struct filter_params *params = &verb->params;
	uint64_t number = 0;
	char *end;

	verb->given = true;
	switch (option) {
	case 'c':
		return parse_number(
		    optarg, FILTER_CAPACITY_MAX, &params->capacity);
	case 'r':
		params->rate = strtod(optarg, &end);
		return end != optarg && *end == '\0';
	case 'g':
		if (!parse_number(optarg, FILTER_LANES_MAX, &number))
			return false;
		params->lanes = (unsigned)number;
		return true;
	case 'k':
		return parse_kind(optarg, &params->kinds);
	case 'p':
		return parse_portions(optarg, &params->rule);
	}
	return false;
}

/* -1: go on */
static int
take_option(struct filter_verb *verb, int option)
{
	switch (option) {
	case 'f':
		verb->conf = optarg;
		return -1;
	case 'F':
		free(verb->path);
		verb->path = mem_dup(optarg);
		return -1;
	case 'K':
		free(verb->key_path);
		verb->key_path = mem_dup(optarg);
		return -1;
	case 'n':
		verb->hashes = true;
		return -1;
	case 'q':
		verb->quiet = true;
		return -1;
	case 'd':
		verb->due = true;
		return -1;
	case OPT_HELP:
		return verb_help(help);
	case '?':
		return verb_misuse(help, "see --help");
	}
	if (take_parameter(verb, option))
		return -1;
	return verb_misuse(help, "what stands behind -%c is none", option);
}

static int
parse(struct filter_verb *verb, int argc, char **argv,
    const struct filter_act **action)
{
	int option, status = -1;
	const char *wrong;

	while (status < 0 &&
	    (option = getopt_long(
		 argc, argv, "f:F:K:nqdc:r:g:k:p:", options, NULL)) != -1)
		status = take_option(verb, option);
	if (status >= 0)
		return status;
	if (optind == argc)
		return verb_misuse(help, "filter needs to know what to do");
	*action = filter_act_find(argv[optind]);
	if (!*action)
		return verb_misuse(
		    help, "filter can't do \"%s\"", argv[optind]);
	argc -= optind + 1;
	if (argc < (*action)->least || argc > (*action)->most)
		return verb_misuse(help,
		    "filter %s takes another number of words", (*action)->word);
	verb->operand = argc ? argv[optind + 1] : NULL;
	wrong = filter_params_check(&verb->params);
	return wrong ? verb_misuse(help, "%s", wrong) : -1;
}

static const char *
find_paths(struct filter_verb *verb)
{
	struct bundle *bundle;
	struct diags diags = { .v = NULL };
	struct conf *conf;
	const char *wrong = NULL;

	if (verb->path && verb->key_path && !verb->due)
		return NULL;
	bundle = bundle_new();
	conf = conf_parse(bundle, verb->conf, &diags);
	diags_print(&diags, stderr);
	diags_clear(&diags);
	if (!conf)
		wrong = "the configuration can't be used";
	else if (!conf->filter_path || !conf->filter_key)
		wrong = "the configuration names no filter";
	else
		verb->rotate_ms = conf->filter_rotate_ms;
	if (!wrong && !verb->path)
		verb->path = mem_dup(conf->filter_path);
	if (!wrong && !verb->key_path)
		verb->key_path = mem_dup(conf->filter_key);
	conf_free(conf);
	bundle_free(bundle);
	return wrong;
}

int
cli_filter(int argc, char **argv)
{
	struct filter_verb verb = { .conf = VERB_CONF_DEFAULT,
		.params = FILTER_PARAMS_DEFAULT };
	const struct filter_act *action = NULL;
	int status = parse(&verb, argc, argv, &action);
	const char *wrong;

	if (status < 0) {
		status = VERB_FAILED;
		wrong = find_paths(&verb);
		verb.store.path = verb.path;
		verb.store.key_path = verb.key_path;
		if (wrong)
			fprintf(stderr, "sallyport: %s\n", wrong);
		else
			status = action->run(&verb);
		filter_store_close(&verb.store);
	}
	free(verb.path);
	free(verb.key_path);
	return status;
}
