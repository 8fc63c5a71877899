/*
 * filter_acts: opens a filter, changes it, commits it; or shows it.
 *
 * Never shows a password, a hash or a token.
 */
#include "cli/filter_acts.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/secret.h"
#include "cli/ask.h"
#include "cli/filter_lines.h"
#include "cli/filter_show.h"
#include "cli/verb.h"
#include "credential/names.h"

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

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

static const struct filter_act acts[] = {
	{ "create", run_create, 0, 0 },
	{ "add", run_add, 0, 1 },
	{ "build", run_build, 0, 1 },
	{ "info", run_info, 0, 0 },
	{ "test", run_test, 1, 1 },
	{ "rotate", run_rotate, 0, 0 },
};

const struct filter_act *
filter_act_find(const char *word)
{
	for (size_t i = 0; i < COUNT_OF(acts); i++)
		if (strcmp(word, acts[i].word) == 0)
			return &acts[i];
	return NULL;
}
