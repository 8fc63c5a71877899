/*
 * token: what the filter knows of an account's password.
 *
 * A token is HMAC-SHA-256, under the deployment key, of the account and two
 * portions of the credential that neither overlap nor touch: by default its
 * first and its last third.  The middle is never hashed.
 *
 * A password is taken in NFC (Unicode Annex 15), as UTF-8; its length n is
 * counted in code points.  A portion of a third is (n + 1) / 3 code points,
 * rounded down: 8 gives 3 and 3 with 2 between, 12 gives 4, 4, 4.  Portions
 * shrink until at least one code point lies between them and are never
 * empty, so nothing below three code points has a token; the rule's
 * min_chars is what is accepted at all.
 *
 * The NT hash (MD4 of the UTF-16LE password, MS-NLMP 3.3.1) is a credential
 * of 16 characters to which the same rule applies: with thirds its bytes
 * 0..4 and 11..15.  Tokens of the two kinds never collide.
 */
#ifndef CREDENTIAL_TOKEN_H
#define CREDENTIAL_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "credential/token_key.h"

#define TOKEN_CHARS_MAX 256 /* code points of a password */
#define NT_HASH_SIZE 16

/* Which portions; part of a filter's parameters, for all its tokens are made
 * by one rule. */
struct token_rule {
	uint16_t first; /* numerators: first/of of the code points ... */
	uint16_t last;  /* ... and last/of */
	uint16_t of;
	uint16_t min_chars; /* shorter passwords have no token */
};

#define TOKEN_RULE_DEFAULT                                                     \
	((struct token_rule){ .first = 1, .last = 1, .of = 3, .min_chars = 4 })

struct token {
	unsigned char b[TOKEN_SIZE];
};

/* NULL, or what is wrong in words. */
const char *token_rule_check(const struct token_rule *rule);

/* How many of n characters the two portions hold: false where there is no
 * such pair with a gap between. */
bool token_portions(
    const struct token_rule *rule, size_t n, size_t *first, size_t *last);

/* account: its canonical name (credential/names.h). False where the password
 * is too short, too long, or not UTF-8: it has no token. */
bool token_of_password(const struct token_key *key,
    const struct token_rule *rule, struct slice account, struct slice password,
    struct token *out);

/* The same where the password is known to be ASCII. */
bool token_of_ascii(const struct token_key *key, const struct token_rule *rule,
    struct slice account, struct slice password, struct token *out);

bool token_of_nt_hash(const struct token_key *key,
    const struct token_rule *rule, struct slice account,
    const unsigned char hash[NT_HASH_SIZE], struct token *out);

/* The NT hash of a password: false where it is not UTF-8 or too long. */
bool token_nt_hash(struct slice password, unsigned char hash[NT_HASH_SIZE]);

#endif
