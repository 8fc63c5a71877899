/*
 * verdict: every account against every value, in order of likelihood.
 *
 * Never asks the directory and never decides what is done about a hit.
 */
#include "credential/verdict.h"

#include <string.h>

void
verdict_init(struct verdict *verdict)
{
	memset(verdict, 0, sizeof(*verdict));
}

bool
verdict_add_account(
    struct verdict *verdict, struct slice name, enum verdict_source source)
{
	size_t i;

	if (name.n == 0 || verdict->naccounts == VERDICT_ACCOUNTS_MAX)
		return false;
	for (i = 0; i < verdict->naccounts; i++) {
		if (slice_eq(verdict->accounts[i].name, name))
			return false;
	}
	verdict->accounts[verdict->naccounts++] = (struct verdict_account){
		.name = name, .source = source
	};
	return true;
}

void
verdict_add_named(struct verdict *verdict, const struct scan *scan,
    const struct names_source *names)
{
	const struct candidate *list;
	struct slice account;
	size_t n, i;

	list = scan_candidates(scan, &n);
	for (i = 0; i < n; i++) {
		if (name_find(names, list[i].value, &account))
			verdict_add_account(verdict, account, VERDICT_NAMED);
	}
}

static void
add_hit(
    struct verdict *verdict, size_t account, const struct candidate *candidate)
{
	if (verdict->nhits == VERDICT_HITS_MAX) {
		verdict->more_hits = true;
		return;
	}
	verdict->hits[verdict->nhits++] = (struct verdict_hit){
		.account = verdict->accounts[account], .candidate = candidate
	};
}

static bool
look_up_one(struct verdict *verdict, const struct filter *filter,
    const struct token_key *key, struct slice account, struct slice value)
{
	const struct token_rule *rule = filter_rule(filter);
	unsigned char hash[NT_HASH_SIZE];
	struct token token;

	if (filter_kinds(filter) & FILTER_PASSWORDS &&
	    token_of_password(key, rule, account, value, &token)) {
		verdict->lookups++;
		if (filter_test(filter, &token))
			return true;
	}
	if (filter_kinds(filter) & FILTER_NT_HASHES &&
	    token_nt_hash(value, hash) &&
	    token_of_nt_hash(key, rule, account, hash, &token)) {
		verdict->lookups++;
		return filter_test(filter, &token);
	}
	return false;
}

void
verdict_look_up(struct verdict *verdict, const struct scan *scan,
    const struct filter *filter, const struct token_key *key)
{
	const struct candidate *list;
	size_t n, i, account;

	if (filter == NULL)
		return;
	list = scan_candidates(scan, &n);
	for (i = 0; i < n; i++) {
		for (account = 0; account < verdict->naccounts; account++) {
			if (look_up_one(verdict, filter, key,
				verdict->accounts[account].name, list[i].value))
				add_hit(verdict, account, &list[i]);
		}
	}
}
