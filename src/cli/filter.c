/*
 * filter: the verb that makes, fills and shows the filter of passwords.
 *
 * It never shows a password, a hash or a token.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "cli/ask.h"
#include "cli/filter_lines.h"
#include "cli/filter_show.h"
#include "cli/filter_store.h"
#include "cli/verb.h"
#include "conf/conf.h"
#include "credential/names.h"

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

struct filter_verb {
	const char *conf;          /* path */
	char *path, *key_path;     /* owned */
	const char *operand;       /* NULL: none */
	bool hashes, quiet, given; /* given: an option for a new filter */
	bool due;
	uint64_t rotate_ms; /* of the configuration; 0: none */
	struct filter_params params;
	struct filter_store store;
};

static int
failed(const char *why)
{
	fprintf(stderr, "sallyport: %s\n", why);
	return VERB_FAILED;
}

/* --- lines --------------------------------------------------------------------- */

static void
on_token(void *arg, const struct token *token)
{
	struct filter_verb *verb = arg;

	(void)filter_add(verb->store.filter, token, clock_wall_us() / 1000000);
}

static void
on_token_of_build(void *arg, const struct token *token)
{
	struct filter_verb *verb = arg;

	(void)filter_load(verb->store.filter, token);
}

static int
open_lines(const struct filter_verb *verb)
{
	if (!verb->operand || strcmp(verb->operand, "-") == 0)
		return dup(STDIN_FILENO);
	return open(verb->operand, O_RDONLY | O_CLOEXEC);
}

static void
tell_lines(const struct filter_lines *lines, const struct filter_verb *verb)
{
	struct filter_info info;

	printf("%" PRIu64 " lines, %" PRIu64 " entries", lines->lines,
	    lines->tokens);
	if (lines->skipped)
		printf(", %" PRIu64 " left out (too short, too long or not "
		       "UTF-8)",
		    lines->skipped);
	putchar('\n');
	filter_info(verb->store.filter, &info);
	if (info.over)
		fprintf(stderr,
		    "sallyport: a generation holds more than it was made for: "
		    "build a larger filter\n");
}

/* Into the filter that is open; the caller commits. */
static const char *
read_lines(struct filter_verb *verb, struct filter_lines *lines,
    void (*on_one)(void *arg, const struct token *token))
{
	struct filter_store *store = &verb->store;
	int fd;
	const char *wrong;

	*lines = (struct filter_lines){ .key = store->key,
		.rule = *filter_rule(store->filter),
		.kinds = filter_kinds(store->filter),
		.hashes = verb->hashes,
		.bar = !verb->quiet && isatty(STDERR_FILENO),
		.on_token = on_one,
		.arg = verb };
	if (verb->hashes && !(lines->kinds & FILTER_NT_HASHES))
		return "this filter holds no NT hashes: see --kind";
	if (!verb->hashes && verb->operand == NULL && isatty(STDIN_FILENO))
		fputs(
		    "account:password, one a line; end with Ctrl-D\n", stderr);
	fd = open_lines(verb);
	if (fd < 0)
		return strerror(errno);
	wrong = filter_lines_read(lines, fd);
	close(fd);
	return wrong;
}

/* --- what can be done ------------------------------------------------------------ */

static const char *
open_store(struct filter_verb *verb)
{
	const char *wrong = filter_store_key(&verb->store, false);

	return wrong ? wrong : filter_store_open(&verb->store);
}

static int
run_create(struct filter_verb *verb)
{
	struct filter_store *store = &verb->store;
	const char *wrong = filter_store_key(store, true);

	if (!wrong)
		wrong = filter_store_fresh(store, &verb->params);
	if (wrong)
		return failed(wrong);
	filter_seal(store->filter, clock_wall_us() / 1000000);
	wrong = filter_store_commit(store);
	return wrong ? failed(wrong) : VERB_OK;
}

static int
run_add(struct filter_verb *verb)
{
	const char *wrong = open_store(verb);
	struct filter_lines lines;

	if (!wrong)
		wrong = read_lines(verb, &lines, on_token);
	if (!wrong)
		wrong = filter_store_commit(&verb->store);
	if (wrong)
		return failed(wrong);
	tell_lines(&lines, verb);
	return VERB_OK;
}

/* With the parameters of the old one, if there is one. */
static const char *
begin_build(struct filter_verb *verb)
{
	struct filter_store *store = &verb->store;
	bool is_new = access(verb->path, F_OK) < 0 && errno == ENOENT;
	const char *wrong;
	struct filter_info info;

	if (is_new) {
		wrong = filter_store_key(store, true);
		return wrong ? wrong : filter_store_fresh(store, &verb->params);
	}
	if (verb->given)
		return "the filter is there already and keeps its parameters; "
		       "remove it first";
	wrong = open_store(verb);
	if (wrong)
		return wrong;
	filter_info(store->filter, &info);
	return filter_store_fresh(store, &info.params);
}

static int
run_build(struct filter_verb *verb)
{
	const char *wrong = begin_build(verb);
	struct filter_lines lines;

	if (!wrong)
		wrong = read_lines(verb, &lines, on_token_of_build);
	if (wrong)
		return failed(wrong);
	filter_seal(verb->store.filter, clock_wall_us() / 1000000);
	wrong = filter_store_commit(&verb->store);
	if (wrong)
		return failed(wrong);
	tell_lines(&lines, verb);
	return VERB_OK;
}

static int
run_info(struct filter_verb *verb)
{
	const char *wrong = open_store(verb);
	struct filter_info info;

	if (wrong)
		return failed(wrong);
	filter_info(verb->store.filter, &info);
	filter_show(&info, clock_wall_us() / 1000000, stdout);
	return VERB_OK;
}

static bool
maybe(
    const struct filter_verb *verb, struct slice account, struct slice password)
{
	const struct filter_store *store = &verb->store;
	const struct token_rule *rule = filter_rule(store->filter);
	unsigned kinds = filter_kinds(store->filter);
	unsigned char hash[NT_HASH_SIZE];
	struct token token;
	bool found = false;

	if (kinds & FILTER_PASSWORDS &&
	    token_of_password(store->key, rule, account, password, &token))
		found |= filter_test(store->filter, &token);
	if (kinds & FILTER_NT_HASHES && token_nt_hash(password, hash) &&
	    token_of_nt_hash(store->key, rule, account, hash, &token))
		found |= filter_test(store->filter, &token);
	secret_wipe(hash, sizeof(hash));
	return found;
}

static int
run_test(struct filter_verb *verb)
{
	char buf[CREDENTIAL_NAME_MAX];
	size_t n = name_canonical(slice_of(verb->operand), buf);
	struct secret password = { NULL, 0, 0 };
	const char *wrong = open_store(verb);
	bool found;

	if (!wrong && n == 0)
		wrong = "this can't be an account's name";
	if (wrong)
		return failed(wrong);
	if ((isatty(STDIN_FILENO)
		    ? ask_terminal(verb->operand, &password, &wrong)
		    : ask_stdin(&password, &wrong)) < 0)
		return failed(wrong);
	found = maybe(verb, slice_from(buf, n), secret_slice(&password));
	secret_clear(&password);
	puts(found ? "maybe" : "no");
	return found ? VERB_OK : VERB_FAILED;
}

static bool
is_due(const struct filter_verb *verb)
{
	uint64_t now = clock_wall_us() / 1000000;
	struct filter_info info;

	if (!verb->rotate_ms)
		return false;
	filter_info(verb->store.filter, &info);
	return now >= info.lane[info.newest].started + verb->rotate_ms / 1000;
}

static int
run_rotate(struct filter_verb *verb)
{
	const char *wrong = open_store(verb);

	if (!wrong && verb->due && !is_due(verb))
		return VERB_OK;
	if (!wrong)
		wrong = filter_store_rotate(&verb->store);
	if (!wrong)
		wrong = filter_store_commit(&verb->store);
	return wrong ? failed(wrong) : VERB_OK;
}

static const struct act {
	const char *word;
	int (*run)(struct filter_verb *verb);
	int least, most; /* operands */
} acts[] = {
	{ "create", run_create, 0, 0 },
	{ "add", run_add, 0, 1 },
	{ "build", run_build, 0, 1 },
	{ "info", run_info, 0, 0 },
	{ "test", run_test, 1, 1 },
	{ "rotate", run_rotate, 0, 0 },
};

/* --- the command line ------------------------------------------------------------- */

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
parse(
    struct filter_verb *verb, int argc, char **argv, const struct act **action)
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
	for (size_t i = 0; i < COUNT_OF(acts); i++)
		if (strcmp(argv[optind], acts[i].word) == 0)
			*action = &acts[i];
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
	const struct act *action = NULL;
	int status = parse(&verb, argc, argv, &action);
	const char *wrong;

	if (status < 0) {
		wrong = find_paths(&verb);
		verb.store.path = verb.path;
		verb.store.key_path = verb.key_path;
		status = wrong ? failed(wrong) : action->run(&verb);
		filter_store_close(&verb.store);
	}
	free(verb.path);
	free(verb.key_path);
	return status;
}
