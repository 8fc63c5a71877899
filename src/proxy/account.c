/*
 * account: a reference-counted login. Knows nothing of passwords.
 */
#include "proxy/account.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "credential/names.h"

static void
take_groups(struct account *account, struct slice groups)
{
	struct slice part;
	size_t cap = 0;

	while (groups.n > 0 && slice_split(&groups, '\n', &part)) {
		if (part.n == 0)
			continue;
		account->groups = mem_grow(account->groups, account->ngroups,
		    &cap, sizeof(*account->groups));
		account->groups[account->ngroups++] = slice_of(slice_dup(part));
	}
}

static struct slice
fold(struct slice name)
{
	char text[CREDENTIAL_NAME_MAX];
	size_t n = name_canonical(name, text);

	return slice_from(slice_dup(slice_from(text, n)), n);
}

struct account *
account_new(
    struct slice name, uint32_t number, uint64_t session, struct slice groups)
{
	struct account *account = mem_zalloc(sizeof(*account));

	account->refs = 1;
	account->name = slice_dup(name);
	account->folded = fold(name);
	account->number = number;
	account->session = session;
	account->group_text = slice_dup(groups);
	take_groups(account, groups);
	return account;
}

void
account_set_proof(struct account *account, struct slice proof)
{
	if (proof.n > sizeof(account->proof))
		proof.n = 0;
	if (proof.n > 0)
		memcpy(account->proof, proof.p, proof.n);
	account->nproof = proof.n;
}

struct account *
account_ref(struct account *account)
{
	must(account->refs > 0);
	account->refs++;
	return account;
}

void
account_unref(struct account *account)
{
	if (account == NULL || --account->refs > 0)
		return;
	for (size_t i = 0; i < account->ngroups; i++)
		free((char *)account->groups[i].p);
	free(account->groups);
	free(account->group_text);
	free(account->name);
	free((char *)account->folded.p);
	free(account);
}
