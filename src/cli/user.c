/*
 * user: the verb that keeps the account file.
 *
 * Every change is parsed by the very parser that the directory process uses
 * before it takes the old file's place: what this verb makes, `run` reads.
 */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "cli/ask.h"
#include "cli/replace.h"
#include "cli/verb.h"
#include "conf/conf.h"
#include "directory/accounts.h"
#include "directory/edit.h"

static const char help[] =
    "usage: sallyport user add|passwd|del NAME [OPTION ...]\n"
    "       sallyport user list [OPTION ...]\n"
    "\n"
    "Keeps the accounts that may use the proxy. A running proxy sees the\n"
    "change by itself. The password is asked for twice, or is the first\n"
    "line of standard input where that is no terminal.\n"
    "\n"
    "  -f, --file FILE      configuration that names the account file\n"
    "                       (" VERB_CONF_DEFAULT ")\n"
    "  -a, --accounts FILE  the account file itself\n"
    "  -s, --stdin          read the password from standard input\n"
    "  -g, --generate       make a password, and print it this once\n"
    "  -b, --bcrypt         hash it with bcrypt, for other programs' sake,\n"
    "                       and not with yescrypt\n"
    "      --help           show this\n";

enum {
	OPT_HELP = 256
};

static const struct option options[] = {
	{ "file", required_argument, NULL, 'f' },
	{ "accounts", required_argument, NULL, 'a' },
	{ "stdin", no_argument, NULL, 's' },
	{ "generate", no_argument, NULL, 'g' },
	{ "bcrypt", no_argument, NULL, 'b' },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

struct user {
	const char *conf; /* path */
	char *path;       /* owned: the account file */
	const char *name; /* NULL: list */
	bool from_stdin, generate, bcrypt;

	struct replace replace;
	struct secret text; /* as it is */
	struct accounts *accounts;
};

/* One line on standard error; returns VERB_FAILED. */
static int __attribute__((format(printf, 2, 3)))
failed(const struct user *user, const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "sallyport: %s: ", user->path);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	return VERB_FAILED;
}

static const char *
shown(char buf[LOG_QUOTE_SIZE], const struct user *user)
{
	return log_quote(buf, slice_of(user->name));
}

/* --- the file ------------------------------------------------------------- */

static int
find_path(struct user *user)
{
	struct bundle *bundle;
	struct diags diags = { .v = NULL };
	struct conf *conf;

	if (user->path)
		return 0;
	bundle = bundle_new();
	conf = conf_parse(bundle, user->conf, &diags);
	diags_print(&diags, stderr);
	diags_clear(&diags);
	if (conf && conf->accounts_file)
		user->path = mem_dup(conf->accounts_file);
	else if (conf)
		fprintf(stderr, "sallyport: %s names no account file\n",
		    user->conf);
	conf_free(conf);
	bundle_free(bundle);
	return user->path ? 0 : -1;
}

static int
open_file(struct user *user, bool create)
{
	char why[ACCOUNTS_WHY_SIZE];

	if (replace_begin(&user->replace, user->path, create) < 0)
		return failed(user, "%s", strerror(errno));
	if (replace_read(&user->replace, ACCOUNTS_FILE_MAX, &user->text) < 0) {
		failed(user, "%s", strerror(errno));
		replace_end(&user->replace);
		return VERB_FAILED;
	}
	user->accounts = accounts_parse(secret_slice(&user->text), why);
	if (user->accounts)
		return VERB_OK;
	failed(user, "%s", why);
	secret_clear(&user->text);
	replace_end(&user->replace);
	return VERB_FAILED;
}

static void
close_file(struct user *user)
{
	accounts_free(user->accounts);
	secret_clear(&user->text);
	replace_end(&user->replace);
}

/* Puts the new text in place, and clears it. */
static int
put(struct user *user, struct secret *text)
{
	char why[ACCOUNTS_WHY_SIZE];
	struct accounts *accounts = accounts_parse(secret_slice(text), why);
	int status = VERB_OK;

	if (!accounts)
		status = failed(user, "not changed: %s", why);
	else if (replace_write(&user->replace, secret_slice(text)) < 0)
		status = failed(user, "not changed: %s", strerror(errno));
	accounts_free(accounts);
	secret_clear(text);
	return status;
}

/* --- passwords ------------------------------------------------------------ */

static int
get_password(const struct user *user, struct secret *out, const char **why)
{
	char made[ASK_GENERATED_SIZE];

	if (!user->generate && (user->from_stdin || !isatty(STDIN_FILENO)))
		return ask_stdin(out, why);
	if (!user->generate)
		return ask_terminal(user->name, out, why);
	ask_generate(made);
	secret_init(out, sizeof(made));
	secret_set(out, made, strlen(made));
	secret_wipe(made, sizeof(made));
	return 0;
}

/* On success the password too, for it may have to be shown. */
static int
get_hash(
    const struct user *user, char hash[HASH_TEXT_SIZE], struct secret *password)
{
	enum hash_kind kind = user->bcrypt ? HASH_BCRYPT : HASH_YESCRYPT;
	const char *why = NULL;

	if (get_password(user, password, &why) == 0)
		why = hash_make(kind, secret_slice(password), hash);
	if (!why)
		return 0;
	fprintf(stderr, "sallyport: %s\n", why);
	secret_clear(password);
	return -1;
}

/* --- what can be done ----------------------------------------------------- */

/* account: NULL to add one. The file is closed while a person thinks. */
static int
write_hash(struct user *user, const char *hash)
{
	const struct account *account = accounts_find(
	    user->accounts, slice_of(user->name));
	struct slice text = secret_slice(&user->text);
	struct secret changed;

	if (account)
		edit_replace(
		    text, account->line, account->name, hash, &changed);
	else
		edit_add(text, slice_of(user->name), hash, &changed);
	return put(user, &changed);
}

static int
judge_presence(const struct user *user, bool wanted)
{
	char quoted[LOG_QUOTE_SIZE];
	bool there = accounts_find(user->accounts, slice_of(user->name)) !=
	    NULL;

	if (there == wanted)
		return VERB_OK;
	return failed(user,
	    there ? "there is an account \"%s\" already: see passwd"
		  : "there is no account \"%s\"",
	    shown(quoted, user));
}

/* Once before a password is asked for and once after, since the file isn't
 * locked while a person types. */
static int
check_presence(struct user *user, bool adding)
{
	int status = open_file(user, adding);

	if (status != VERB_OK)
		return status;
	status = judge_presence(user, !adding);
	close_file(user);
	return status;
}

static int
set_password(struct user *user, bool adding)
{
	char hash[HASH_TEXT_SIZE];
	struct secret password = { NULL, 0, 0 };
	int status = check_presence(user, adding);

	if (status != VERB_OK)
		return status;
	if (get_hash(user, hash, &password) < 0)
		return VERB_FAILED;
	status = open_file(user, adding);
	if (status == VERB_OK) {
		status = judge_presence(user, !adding);
		if (status == VERB_OK)
			status = write_hash(user, hash);
		close_file(user);
	}
	if (status == VERB_OK && user->generate)
		printf("%.*s\n", SLICE_ARG(secret_slice(&password)));
	secret_clear(&password);
	return status;
}

static int
run_add(struct user *user)
{
	const char *wrong = account_name_check(slice_of(user->name));

	if (wrong) {
		fprintf(stderr, "sallyport: %s\n", wrong);
		return VERB_FAILED;
	}
	return set_password(user, true);
}

static int
run_passwd(struct user *user)
{
	return set_password(user, false);
}

static int
run_del(struct user *user)
{
	struct secret changed;
	int status = open_file(user, false);

	if (status != VERB_OK)
		return status;
	status = judge_presence(user, true);
	if (status == VERB_OK) {
		edit_delete(secret_slice(&user->text),
		    accounts_find(user->accounts, slice_of(user->name))->line,
		    &changed);
		status = put(user, &changed);
	}
	close_file(user);
	return status;
}

static int
run_list(struct user *user)
{
	char quoted[LOG_QUOTE_SIZE];
	int status = open_file(user, false);

	if (status != VERB_OK)
		return status;
	for (size_t i = 0; i < accounts_count(user->accounts); i++) {
		const struct account *account = accounts_at(user->accounts, i);

		printf("%-24s %s\n", log_quote(quoted, account->name),
		    hash_kind_name(account->kind));
	}
	close_file(user);
	return VERB_OK;
}

static const struct {
	const char *word;
	int (*run)(struct user *user);
	bool named;
} acts[] = {
	{ "add", run_add, true },
	{ "passwd", run_passwd, true },
	{ "del", run_del, true },
	{ "list", run_list, false },
};

#define ACTS (sizeof(acts) / sizeof(*acts))

static int
act(struct user *user, int argc, char **argv)
{
	size_t i = 0;

	while (i < ACTS && argc && strcmp(argv[0], acts[i].word) != 0)
		i++;
	if (!argc || i == ACTS)
		return verb_misuse(help, "add, passwd, del or list?");
	if (argc != (acts[i].named ? 2 : 1))
		return verb_misuse(help,
		    acts[i].named ? "%s takes one name" : "%s takes no name",
		    acts[i].word);
	user->name = acts[i].named ? argv[1] : NULL;
	if (find_path(user) < 0)
		return VERB_FAILED;
	return acts[i].run(user);
}

int
cli_user(int argc, char **argv)
{
	struct user user = { .conf = VERB_CONF_DEFAULT };
	int c, status;

	while ((c = getopt_long(argc, argv, "f:a:sgb", options, NULL)) != -1)
		switch (c) {
		case 'f':
			user.conf = optarg;
			break;
		case 'a':
			free(user.path);
			user.path = mem_dup(optarg);
			break;
		case 's':
			user.from_stdin = true;
			break;
		case 'g':
			user.generate = true;
			break;
		case 'b':
			user.bcrypt = true;
			break;
		case OPT_HELP:
			return verb_help(help);
		default:
			return verb_misuse(help, "see --help");
		}
	status = act(&user, argc - optind, argv + optind);
	free(user.path);
	return status;
}
