/*
 * token: portions, what is hashed, and the NT hash.
 */
#include <signal.h>
#include <string.h>

#include "suites.h"

#include "credential/token.h"

static struct token_key *
key_of(const char *text)
{
	const char *reason;
	struct token_key *key = token_key_new(slice_of(text), &reason);

	ck_assert_ptr_nonnull(key);
	return key;
}

#define KEY "0123456789abcdef"
static const struct token_rule rule = { 1, 1, 3, 4 };

static const struct {
	struct token_rule rule;
	size_t n, first, last; /* first 0: none */
} portions[] = {
	{ { 1, 1, 3, 4 }, 2, 0, 0 },
	{ { 1, 1, 3, 4 }, 3, 1, 1 },
	{ { 1, 1, 3, 4 }, 4, 1, 1 },
	{ { 1, 1, 3, 4 }, 5, 2, 2 },
	{ { 1, 1, 3, 4 }, 8, 3, 3 },
	{ { 1, 1, 3, 4 }, 9, 3, 3 },
	{ { 1, 1, 3, 4 }, 10, 3, 3 },
	{ { 1, 1, 3, 4 }, 11, 4, 4 },
	{ { 1, 1, 3, 4 }, 12, 4, 4 },
	{ { 1, 1, 3, 4 }, 114, 38, 38 },
	{ { 1, 1, 4, 4 }, 8, 2, 2 },
	{ { 1, 1, 100, 4 }, 8, 1, 1 },
	{ { 2, 1, 4, 4 }, 8, 4, 2 },
	{ { 49, 50, 100, 4 }, 4, 1, 2 },
};

START_TEST(portion_sizes)
{
	size_t first = 0, last = 0;
	bool ok = token_portions(
	    &portions[_i].rule, portions[_i].n, &first, &last);

	ck_assert_int_eq(ok, portions[_i].first != 0);
	ck_assert_uint_eq(first, portions[_i].first);
	ck_assert_uint_eq(last, portions[_i].last);
}
END_TEST

START_TEST(portions_never_touch)
{
	struct token_rule r = { 0, 0, 0, 3 };
	size_t n, first, last;

	for (r.of = 3; r.of <= 12; r.of++)
		for (r.first = 1; r.first < r.of; r.first++)
			for (r.last = 1; r.first + r.last < r.of; r.last++)
				for (n = 3; n <= 40; n++) {
					ck_assert(token_portions(
					    &r, n, &first, &last));
					ck_assert_uint_ge(first, 1);
					ck_assert_uint_ge(last, 1);
					ck_assert_uint_lt(first + last, n);
				}
}
END_TEST

static const struct {
	struct token_rule rule;
	bool good;
} rules[] = {
	{ { 1, 1, 3, 4 }, true },
	{ { 1, 1, 3, 3 }, true },
	{ { 1, 1, 3, 2 }, false },
	{ { 1, 1, 3, 257 }, false },
	{ { 1, 1, 2, 4 }, false },
	{ { 0, 1, 3, 4 }, false },
	{ { 1, 0, 3, 4 }, false },
	{ { 1, 1, 0, 4 }, false },
	{ { 1, 1, 101, 4 }, false },
	{ { 50, 49, 100, 4 }, true },
	{ { 50, 50, 100, 4 }, false },
};

START_TEST(rule_checks)
{
	ck_assert_int_eq(
	    token_rule_check(&rules[_i].rule) == NULL, rules[_i].good);
}
END_TEST

/* Whether two passwords of two accounts have one token. */
static const struct {
	struct slice account_a, a, account_b, b;
	bool same;
} pairs[] = {
	/* the middle doesn't count */
	{ SLICE("u"), SLICE("abcXXdef"), SLICE("u"), SLICE("abcYYdef"), true },
	{ SLICE("u"), SLICE("abcXXdef"), SLICE("u"), SLICE("abcXXdeg"), false },
	{ SLICE("u"), SLICE("abcXXdef"), SLICE("u"), SLICE("bbcXXdef"), false },
	/* accounts do, and can't flow into the password */
	{ SLICE("u"), SLICE("abcXXdef"), SLICE("v"), SLICE("abcXXdef"), false },
	{ SLICE("ua"), SLICE("bcXXdefg"), SLICE("u"), SLICE("abcXXdefg"),
	    false },
	/* NFC: composed and decomposed are one password */
	{ SLICE("u"),
	    SLICE("\xc3\xbc"
		  "bcXXdef"),
	    SLICE("u"),
	    SLICE("u\xcc\x88"
		  "bcXXdef"),
	    true },
	/* portions are of characters, not bytes */
	{ SLICE("u"),
	    SLICE("\xf0\x9f\x94\x91"
		  "bc\xf0\x9f\x94\x91Xdef"),
	    SLICE("u"),
	    SLICE("\xf0\x9f\x94\x91"
		  "bcYYdef"),
	    true },
};

START_TEST(tokens_of_pairs)
{
	struct token_key *key = key_of(KEY);
	struct token a, b;

	ck_assert(token_of_password(
	    key, &rule, pairs[_i].account_a, pairs[_i].a, &a));
	ck_assert(token_of_password(
	    key, &rule, pairs[_i].account_b, pairs[_i].b, &b));
	ck_assert_int_eq(memcmp(&a, &b, sizeof(a)) == 0, pairs[_i].same);
	token_key_free(key);
}
END_TEST

START_TEST(no_token)
{
	static char longest[TOKEN_CHARS_MAX + 1];
	struct token_key *key = key_of(KEY);
	struct token t;

	memset(longest, 'x', sizeof(longest));
	ck_assert(!token_of_password(key, &rule, SLICE("u"), SLICE("abc"), &t));
	ck_assert(token_of_password(key, &rule, SLICE("u"), SLICE("abcd"), &t));
	ck_assert(!token_of_password(key, &rule, SLICE("u"), SLICE(""), &t));
	ck_assert(
	    !token_of_password(key, &rule, SLICE("u"), SLICE("abcd\xff"), &t));
	ck_assert(token_of_password(
	    key, &rule, SLICE("u"), slice_from(longest, TOKEN_CHARS_MAX), &t));
	ck_assert(!token_of_password(key, &rule, SLICE("u"),
	    slice_from(longest, TOKEN_CHARS_MAX + 1), &t));
	token_key_free(key);
}
END_TEST

START_TEST(keys)
{
	struct token_key *a = key_of(KEY), *b = key_of(KEY "x");
	struct token_key *c = key_of(KEY);
	struct token ta, tb, tc;
	const char *reason = NULL;

	token_of_password(a, &rule, SLICE("u"), SLICE("secret1"), &ta);
	token_of_password(b, &rule, SLICE("u"), SLICE("secret1"), &tb);
	token_of_password(c, &rule, SLICE("u"), SLICE("secret1"), &tc);
	ck_assert(memcmp(&ta, &tb, sizeof(ta)) != 0);
	ck_assert(memcmp(&ta, &tc, sizeof(ta)) == 0);
	ck_assert(token_key_id(a) != token_key_id(b));
	ck_assert(token_key_id(a) == token_key_id(c));
	ck_assert_ptr_null(token_key_new(SLICE("0123456789abcde"), &reason));
	ck_assert_ptr_nonnull(strstr(reason, "shorter"));
	token_key_free(a);
	token_key_free(b);
	token_key_free(c);
	token_key_free(NULL);
}
END_TEST

/* Who only looks up makes the same tokens, and no seals. */
START_TEST(lookup_keys)
{
	unsigned char bytes[TOKEN_KEY_LOOKUP];
	struct token_key *whole = key_of(KEY), *part;
	struct slice deployment = SLICE(KEY), key;
	struct token ta, tb;
	const char *reason = NULL;

	ck_assert_ptr_null(token_key_lookup(deployment, bytes));
	key = slice_from(bytes, sizeof(bytes));
	part = token_key_new_lookup(key, &reason);
	ck_assert(slice_search(key, deployment) == key.n);
	token_of_password(whole, &rule, SLICE("u"), SLICE("secret1"), &ta);
	token_of_password(part, &rule, SLICE("u"), SLICE("secret1"), &tb);
	ck_assert_mem_eq(&ta, &tb, sizeof(ta));
	ck_assert(token_key_id(whole) == token_key_id(part));
	ck_assert(token_key_seals(whole));
	ck_assert(!token_key_seals(part));
	for (size_t n = 0; n < sizeof(bytes); n += sizeof(bytes) - 1)
		ck_assert_ptr_null(
		    token_key_new_lookup(slice_sub(key, 0, n), &reason));
	ck_assert_ptr_nonnull(token_key_lookup(SLICE("short"), bytes));
	token_key_free(whole);
	token_key_free(part);
}
END_TEST

START_TEST(no_seals_without_key)
{
	unsigned char bytes[TOKEN_KEY_LOOKUP], out[TOKEN_SIZE];
	struct slice part = SLICE("x");
	const char *reason;

	ck_assert_ptr_null(token_key_lookup(SLICE(KEY), bytes));
	token_key_mac(
	    token_key_new_lookup(slice_from(bytes, sizeof(bytes)), &reason),
	    TOKEN_KEY_FILE, &part, 1, out);
}
END_TEST

/* The format of a token is fixed by files in use: made once with Python's
 * hmac, from the words of credential/token.h alone. */
START_TEST(format_is_fixed)
{
	static const unsigned char want[] = { 0xe0, 0x3b, 0x13, 0x20, 0xd9,
		0x3c, 0x8f, 0x9c, 0xeb, 0x02, 0x95, 0xa9, 0x3f, 0xc9, 0x91,
		0x15, 0x04, 0xf8, 0x66, 0xfb, 0x21, 0x5b, 0xef, 0x6c, 0x05,
		0x10, 0x92, 0x24, 0x43, 0x55, 0xf4, 0x78 };
	struct token_key *key = key_of("a deployment key of 31 bytes...");
	struct token t;

	ck_assert(token_of_password(
	    key, &rule, SLICE("jdoe"), SLICE("Summer2024!"), &t));
	ck_assert_mem_eq(t.b, want, sizeof(want));
	token_key_free(key);
}
END_TEST

static const struct {
	struct slice password;
	unsigned char hash[NT_HASH_SIZE];
} nt_hashes[] = {
	/* MS-NLMP section 4.2.2.1.2: NTOWFv1("Password") */
	{ SLICE("Password"),
	    { 0xa4, 0xf4, 0x9c, 0x40, 0x65, 0x10, 0xbd, 0xca, 0xb6, 0x82, 0x4e,
		0xe7, 0xc3, 0x0f, 0xd8, 0x52 } },
	{ SLICE("password"),
	    { 0x88, 0x46, 0xf7, 0xea, 0xee, 0x8f, 0xb1, 0x17, 0xad, 0x06, 0xbd,
		0xd8, 0x30, 0xb7, 0x58, 0x6c } },
};

START_TEST(nt_hash)
{
	unsigned char hash[NT_HASH_SIZE];

	ck_assert(token_nt_hash(nt_hashes[_i].password, hash));
	ck_assert_mem_eq(hash, nt_hashes[_i].hash, NT_HASH_SIZE);
}
END_TEST

START_TEST(nt_tokens)
{
	struct token_key *key = key_of(KEY);
	unsigned char hash[NT_HASH_SIZE] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
		12, 13, 14, 15, 16 };
	struct token a, b, password;
	size_t i;

	ck_assert(token_of_nt_hash(key, &rule, SLICE("u"), hash, &a));
	for (i = 0; i < NT_HASH_SIZE; i++) {
		hash[i] ^= 0x80;
		token_of_nt_hash(key, &rule, SLICE("u"), hash, &b);
		/* bytes 5..10 are the middle */
		ck_assert_int_eq(
		    memcmp(&a, &b, sizeof(a)) == 0, i >= 5 && i <= 10);
		hash[i] ^= 0x80;
	}
	/* the same bytes as a password are something else */
	ck_assert(token_of_password(key, &rule, SLICE("u"),
	    SLICE("\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20"), &password));
	ck_assert(memcmp(&a, &password, sizeof(a)) != 0);
	ck_assert(!token_nt_hash(SLICE("\xff"), hash));
	ck_assert(!token_nt_hash(SLICE(""), hash));
	token_key_free(key);
}
END_TEST

Suite *
suite_token(void)
{
	Suite *suite = suite_create("token");
	TCase *tcase = tcase_create("token");

	tcase_add_loop_test(tcase, portion_sizes, 0, (int)COUNT(portions));
	tcase_add_test(tcase, portions_never_touch);
	tcase_add_loop_test(tcase, rule_checks, 0, (int)COUNT(rules));
	tcase_add_loop_test(tcase, tokens_of_pairs, 0, (int)COUNT(pairs));
	tcase_add_test(tcase, no_token);
	tcase_add_test(tcase, keys);
	tcase_add_test(tcase, lookup_keys);
	tcase_add_test_raise_signal(tcase, no_seals_without_key, SIGABRT);
	tcase_add_test(tcase, format_is_fixed);
	tcase_add_loop_test(tcase, nt_hash, 0, (int)COUNT(nt_hashes));
	tcase_add_test(tcase, nt_tokens);
	suite_add_tcase(suite, tcase);
	return suite;
}
