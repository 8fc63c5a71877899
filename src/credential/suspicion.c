/*
 * suspicion: every account against every value, in order of likelihood.
 *
 * Never asks the directory and never decides what is done about a hit.
 */
#include "credential/suspicion.h"

#include <string.h>

#include "credential/text.h"

#define BATCH 64 /* what filter_test_many takes */

void
suspicion_init(struct suspicion *suspicion)
{
	memset(suspicion, 0, sizeof(*suspicion));
}

bool
suspicion_add_account(struct suspicion *suspicion, struct slice name,
    enum suspicion_source source)
{
	size_t i;

	if (name.n == 0 || suspicion->naccounts == SUSPICION_ACCOUNTS_MAX)
		return false;
	for (i = 0; i < suspicion->naccounts; i++) {
		if (slice_eq(suspicion->accounts[i].name, name))
			return false;
	}
	suspicion->accounts[suspicion->naccounts++] =
	    (struct suspicion_account){ .name = name, .source = source };
	return true;
}

void
suspicion_add_named(struct suspicion *suspicion, const struct scan *scan,
    const struct names_source *names)
{
	const struct candidate *list;
	struct slice account;
	size_t n, i;

	list = scan_candidates(scan, &n);
	for (i = 0; i < n; i++) {
		if (!name_find(names, list[i].value, &account)) {
			suspicion->others++;
			continue;
		}
		suspicion->named = true;
		suspicion_add_account(suspicion, account, SUSPICION_NAMED);
	}
}

static void
add_hit(struct suspicion *suspicion, size_t account,
    const struct candidate *candidate)
{
	struct suspicion_hit *last = suspicion->nhits > 0
	    ? &suspicion->hits[suspicion->nhits - 1]
	    : NULL;

	/* by password and by NT hash: one pair */
	if (last != NULL && last->candidate == candidate &&
	    slice_eq(last->account.name, suspicion->accounts[account].name))
		return;
	if (suspicion->nhits == SUSPICION_HITS_MAX) {
		suspicion->more_hits = true;
		return;
	}
	suspicion->hits[suspicion->nhits++] = (struct suspicion_hit){
		.account = suspicion->accounts[account], .candidate = candidate
	};
}

/* Tokens on their way into the filter, and what each stands for. */
struct batch {
	struct token tokens[BATCH];
	size_t account[BATCH];
	const struct candidate *candidate[BATCH];
	size_t n;
};

static void
flush(struct suspicion *suspicion, const struct filter *filter,
    struct batch *batch)
{
	uint64_t maybe = filter_test_many(filter, batch->tokens, batch->n);
	size_t i;

	suspicion->lookups += batch->n;
	for (i = 0; i < batch->n; i++) {
		if (maybe >> i & 1)
			add_hit(
			    suspicion, batch->account[i], batch->candidate[i]);
	}
	batch->n = 0;
}

static void
note(struct batch *batch, size_t account, const struct candidate *candidate)
{
	batch->account[batch->n] = account;
	batch->candidate[batch->n++] = candidate;
}

static bool
password_token(const struct token_key *key, const struct token_rule *rule,
    struct slice account, const struct candidate *candidate, struct token *out)
{
	return candidate->mask & HAS_HIGH
	    ? token_of_password(key, rule, account, candidate->value, out)
	    : token_of_ascii(key, rule, account, candidate->value, out);
}

/* The pair's tokens of the kinds the filter holds: two at most. */
static void
add_tokens(struct batch *batch, const struct suspicion *suspicion,
    size_t account, const struct candidate *candidate,
    const struct filter *filter, const struct token_key *key)
{
	const struct token_rule *rule = filter_rule(filter);
	struct slice name = suspicion->accounts[account].name;
	unsigned char hash[NT_HASH_SIZE];

	if (filter_kinds(filter) & FILTER_PASSWORDS &&
	    password_token(
		key, rule, name, candidate, &batch->tokens[batch->n]))
		note(batch, account, candidate);
	if (filter_kinds(filter) & FILTER_NT_HASHES &&
	    token_nt_hash(candidate->value, hash) &&
	    token_of_nt_hash(key, rule, name, hash, &batch->tokens[batch->n]))
		note(batch, account, candidate);
}

void
suspicion_look_up(struct suspicion *suspicion, const struct scan *scan,
    const struct filter *filter, const struct token_key *key)
{
	const struct candidate *list;
	struct batch batch;
	size_t n, i, account;

	if (filter == NULL)
		return;
	batch.n = 0;
	list = scan_candidates(scan, &n);
	for (i = 0; i < n; i++) {
		for (account = 0; account < suspicion->naccounts; account++) {
			if (batch.n + 2 > BATCH)
				flush(suspicion, filter, &batch);
			add_tokens(
			    &batch, suspicion, account, &list[i], filter, key);
		}
	}
	flush(suspicion, filter, &batch);
}
