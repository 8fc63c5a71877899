/*
 * accounts: reading an account file and finding an account in it.
 *
 * Runs in the directory process and in `user`.  It opens no file and checks
 * no password.  The hashes are secrets: all of the text is kept in one
 * locked piece of memory, in which each hash is made to end in a NUL.
 */
#include "directory/accounts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/utf8.h"

/* Where a file has no account yet: the kind and cost that `user add` makes,
 * with a digest that no password is known for. */
static const char no_account[] = "$y$j9T$MnNAXpGEKVSPS0fDWFQnE0$"
				 "uglMJr1TJSLLF5zSRIP5G7ID/S3fPT7p/AtGb4aUTn5";

struct accounts {
	struct secret text; /* owned; names and hashes lie in it */
	struct account *v;  /* owned */
	size_t n, cap;
	const char *dummy; /* one of the hashes, or no_account */
};

static char
fold(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

struct slice
account_name_fold(struct slice name, char buf[static ACCOUNT_NAME_MAX])
{
	size_t n = name.n < ACCOUNT_NAME_MAX ? name.n : ACCOUNT_NAME_MAX;

	for (size_t i = 0; i < n; i++)
		buf[i] = fold(name.p[i]);
	return slice_from(buf, n);
}

const char *
account_name_check(struct slice name)
{
	struct slice rest = name;
	uint32_t c;
	size_t n;

	if (name.n == 0)
		return "the account's name is empty";
	if (name.n > ACCOUNT_NAME_MAX)
		return "the account's name is longer than 128 bytes";
	if (!utf8_valid(name))
		return "the account's name is not UTF-8";
	if (name.p[0] == '#')
		return "the account's name starts with '#'";
	if (slice_trim(name).n != name.n)
		return "the account's name starts or ends with a blank";
	for (; (n = utf8_decode(rest, &c)) > 0; rest = slice_from_idx(rest, n))
		if (c == ':' || c == '*' || utf8_is_control(c))
			return "the account's name has a character that is "
			       "not allowed (':', '*', control)";
	return NULL;
}

bool
account_is_hopeless(struct slice name, struct slice password)
{
	return account_name_check(name) || password.n == 0 ||
	    password.n > PASSWORD_MAX_LEN ||
	    slice_find(password, '\0') < password.n;
}

static int
compare_names(struct slice a, struct slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;

	for (size_t i = 0; i < n; i++) {
		int diff = (unsigned char)fold(a.p[i]) -
		    (unsigned char)fold(b.p[i]);

		if (diff)
			return diff;
	}
	return a.n < b.n ? -1 : a.n > b.n;
}

/* Of one name, the earlier line first. */
static int
compare_accounts(const void *a, const void *b)
{
	const struct account *one = a, *two = b;
	int diff = compare_names(one->name, two->name);

	if (diff)
		return diff;
	return one->line < two->line ? -1 : one->line > two->line;
}

static const char *
parse_line(struct slice line, struct account *out)
{
	size_t colon = slice_find(line, ':');
	struct slice hash = slice_from_idx(line, colon + 1);
	const char *wrong;

	if (colon == line.n)
		return "there is no ':' between name and hash";
	out->name = slice_sub(line, 0, colon);
	wrong = account_name_check(out->name);
	if (wrong)
		return wrong;
	if (slice_find(hash, ':') < hash.n)
		return "there is more than a name and a hash";
	wrong = hash_check(hash, &out->kind);
	out->hash = hash.p;
	return wrong;
}

/* The byte behind the line is its '\n', its blanks, or the one we added. */
static void
end_line(struct accounts *accounts, struct slice line)
{
	size_t end = (size_t)(line.p - (char *)accounts->text.p) + line.n;

	accounts->text.p[end] = '\0';
}

static struct slice
trim_end(struct slice line)
{
	while (
	    line.n && strchr(" \t\r", line.p[line.n - 1]) && line.p[line.n - 1])
		line.n--;
	return line;
}

static const char *
parse_text(struct accounts *accounts, struct slice text, unsigned *number)
{
	struct slice line;

	for (*number = 1; slice_split(&text, '\n', &line); ++*number) {
		struct account account = { .line = *number };
		const char *wrong;

		line = trim_end(line);
		if (line.n == 0 || line.p[0] == '#')
			continue;
		wrong = parse_line(line, &account);
		if (wrong)
			return wrong;
		if (accounts->n == ACCOUNTS_MAX)
			return "there are more than 500000 accounts";
		end_line(accounts, line);
		accounts->v = mem_grow(accounts->v, accounts->n, &accounts->cap,
		    sizeof(*accounts->v));
		accounts->v[accounts->n++] = account;
	}
	return NULL;
}

/* Also puts them in order. 0, or -1 with why. */
static int
refuse_twins(struct accounts *accounts, char why[ACCOUNTS_WHY_SIZE])
{
	char quoted[LOG_QUOTE_SIZE];

	if (accounts->n == 0)
		return 0;
	qsort(accounts->v, accounts->n, sizeof(*accounts->v), compare_accounts);
	for (size_t i = 1; i < accounts->n; i++) {
		const struct account *a = &accounts->v[i - 1];
		const struct account *b = &accounts->v[i];

		if (compare_names(a->name, b->name) != 0)
			continue;
		snprintf(why, ACCOUNTS_WHY_SIZE,
		    "line %u: account \"%s\" stands in line %u already",
		    b->line, log_quote(quoted, b->name), a->line);
		return -1;
	}
	return 0;
}

/* The hash of the kind and cost that most accounts have. */
static void
choose_dummy(struct accounts *accounts)
{
	struct map *counts = map_new(0, free);
	size_t best = 0;

	accounts->dummy = no_account;
	for (size_t i = 0; i < accounts->n; i++) {
		const char *hash = accounts->v[i].hash;
		struct slice key = hash_cost(slice_of(hash));
		size_t *count = map_get(counts, key);

		if (!count) {
			count = mem_zalloc(sizeof(*count));
			map_set(counts, key, count);
		}
		if (++*count > best) {
			best = *count;
			accounts->dummy = hash;
		}
	}
	map_free(counts);
}

struct accounts *
accounts_parse(struct slice text, char why[ACCOUNTS_WHY_SIZE])
{
	struct accounts *accounts;
	const char *wrong;
	unsigned line;

	if (text.n > ACCOUNTS_FILE_MAX) {
		snprintf(
		    why, ACCOUNTS_WHY_SIZE, "the file is larger than 64 MiB");
		return NULL;
	}
	accounts = mem_zalloc(sizeof(*accounts));
	secret_init(&accounts->text, text.n + 1);
	secret_set(&accounts->text, text.p, text.n);
	wrong = parse_text(accounts, secret_slice(&accounts->text), &line);
	if (wrong)
		snprintf(why, ACCOUNTS_WHY_SIZE, "line %u: %s", line, wrong);
	if (wrong || refuse_twins(accounts, why) < 0) {
		accounts_free(accounts);
		return NULL;
	}
	choose_dummy(accounts);
	return accounts;
}

void
accounts_free(struct accounts *accounts)
{
	if (!accounts)
		return;
	secret_clear(&accounts->text);
	free(accounts->v);
	free(accounts);
}

size_t
accounts_count(const struct accounts *accounts)
{
	return accounts->n;
}

const struct account *
accounts_at(const struct accounts *accounts, size_t at)
{
	return &accounts->v[at];
}

const struct account *
accounts_find(const struct accounts *accounts, struct slice name)
{
	size_t low = 0, high = accounts->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int diff = compare_names(name, accounts->v[mid].name);

		if (diff == 0)
			return &accounts->v[mid];
		if (diff < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

const char *
accounts_dummy(const struct accounts *accounts)
{
	return accounts->dummy;
}
