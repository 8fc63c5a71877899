/*
 * file: checking passwords against an account file.
 *
 * Runs in the directory process.  The hashes are computed by the checker's
 * threads; here is only which hash, and what became of it.
 */
#include "directory/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "directory/checker.h"

struct file {
	struct accounts *accounts; /* owned; NULL before the first */
	struct checker *checker;   /* owned */
	struct map *checks;        /* owned; from id to struct check */
	provider_fn *on_answer;
	void *arg; /* borrowed */
};

struct check {
	char *name;                /* owned; NULL: there is no such account */
	char hash[HASH_TEXT_SIZE]; /* that was checked */
};

static void
check_free(void *arg)
{
	struct check *check = arg;

	free(check->name);
	free(check);
}

static struct slice
key_of(const uint64_t *id)
{
	return slice_from(id, sizeof(*id));
}

/* The account, if it is still there and still has the hash. The file itself
 * may have left the configuration. */
static const struct account *
still_there(const struct file *file, const struct check *check)
{
	const struct account *account;

	if (!check->name || !file->accounts)
		return NULL;
	account = accounts_find(file->accounts, slice_of(check->name));
	if (!account || strcmp(account->hash, check->hash) != 0)
		return NULL;
	return account;
}

static void
on_checked(uint64_t id, bool matches, void *arg)
{
	struct file *file = arg;
	struct check *check = map_take(file->checks, key_of(&id));
	struct provider_answer answer = { .verdict = PROVIDER_WRONG };
	const struct account *account;

	if (!check)
		return; /* cancelled */
	account = still_there(file, check);
	if (account && matches) {
		answer.verdict = PROVIDER_OK;
		answer.account = account->name;
	}
	file->on_answer(id, &answer, file->arg);
	check_free(check);
}

struct file *
file_new(struct event_base *base, unsigned threads, provider_fn *on_answer,
    void *arg)
{
	struct file *file = mem_zalloc(sizeof(*file));

	file->checker = checker_new(
	    base, threads, CHECKER_QUEUE_MAX, on_checked, file);
	file->checks = map_new(0, check_free);
	file->on_answer = on_answer;
	file->arg = arg;
	return file;
}

void
file_free(struct file *file)
{
	if (!file)
		return;
	checker_free(file->checker);
	map_free(file->checks);
	accounts_free(file->accounts);
	free(file);
}

void
file_set_accounts(struct file *file, struct accounts *accounts)
{
	accounts_free(file->accounts);
	file->accounts = accounts;
}

static int
start(void *self, uint64_t id, struct slice name, struct slice password,
    const struct addr *client)
{
	struct file *file = self;
	const struct account *account;
	struct check *check;

	if (!file->accounts)
		return -1;
	account = accounts_find(file->accounts, name);
	check = mem_zalloc(sizeof(*check));
	snprintf(check->hash, sizeof(check->hash), "%s",
	    account ? account->hash : accounts_dummy(file->accounts));
	if (checker_ask(file->checker, id, check->hash, password) < 0) {
		check_free(check);
		return -1;
	}
	if (account)
		check->name = slice_dup(account->name);
	map_set(file->checks, key_of(&id), check);
	return 0;
}

static void
cancel(void *self, uint64_t id)
{
	struct file *file = self;

	map_del(file->checks, key_of(&id));
}

static bool
owns(const void *self, struct slice name)
{
	const struct file *file = self;

	return file->accounts && accounts_find(file->accounts, name);
}

static void
status(const void *self, struct json *json)
{
	const struct file *file = self;

	json_u64(json, "accounts",
	    file->accounts ? accounts_count(file->accounts) : 0);
	json_u64(json, "checks_waiting", checker_waiting(file->checker));
}

const struct accounts *
file_accounts(const struct file *file)
{
	return file->accounts;
}

struct provider
file_provider(struct file *file)
{
	static const struct provider_ops ops = {
		.name = "file",
		.start = start,
		.cancel = cancel,
		.owns = owns,
		.status = status,
	};

	return (struct provider){ &ops, file };
}
