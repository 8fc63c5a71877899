/*
 * fuzz_accounts: account files.
 *
 * Beyond not crashing: every account of an accepted file is found by its
 * name in either case, has a hash that is accepted alone, and the file made
 * of the accounts alone is accepted too and holds the same.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "directory/accounts.h"

/* "name:hash" a line, in the order of names; the caller frees. */
static char *
print(const struct accounts *accounts, size_t *len)
{
	size_t n = accounts_count(accounts);
	char *text = mem_alloc(n * (ACCOUNT_NAME_MAX + HASH_TEXT_SIZE + 2) + 1);

	*len = 0;
	for (size_t i = 0; i < n; i++) {
		const struct account *account = accounts_at(accounts, i);

		memcpy(text + *len, account->name.p, account->name.n);
		*len += account->name.n;
		*len += (size_t)sprintf(text + *len, ":%s\n", account->hash);
	}
	return text;
}

static void
try_account(const struct accounts *accounts, const struct account *account)
{
	char folded[ACCOUNT_NAME_MAX];
	enum hash_kind kind;
	struct slice cost;

	must(!account_name_check(account->name));
	must(!hash_check(slice_of(account->hash), &kind));
	must(kind == account->kind);
	cost = hash_cost(slice_of(account->hash));
	must(cost.n >= 3 && slice_starts(slice_of(account->hash), cost));
	must(accounts_find(accounts, account->name) == account);
	must(accounts_find(accounts,
		 account_name_fold(account->name, folded)) == account);
}

static void
try_again(const struct accounts *accounts)
{
	char why[ACCOUNTS_WHY_SIZE];
	size_t len;
	char *text = print(accounts, &len);
	struct accounts *again = accounts_parse(slice_from(text, len), why);

	must(again && accounts_count(again) == accounts_count(accounts));
	for (size_t i = 0; i < accounts_count(again); i++)
		must(slice_eq(accounts_at(again, i)->name,
		    accounts_at(accounts, i)->name));
	accounts_free(again);
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char why[ACCOUNTS_WHY_SIZE] = "";
	struct accounts *accounts = accounts_parse(slice_from(p, n), why);

	if (!accounts) {
		must(why[0] != '\0');
		return 0;
	}
	for (size_t i = 0; i < accounts_count(accounts); i++)
		try_account(accounts, accounts_at(accounts, i));
	try_again(accounts);
	accounts_free(accounts);
	return 0;
}
