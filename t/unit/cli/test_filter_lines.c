/*
 * Lines of accounts and passwords, and what is made of them.
 */
#include "cli/filter_lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mapping.h"
#include "suites.h"

#define TOKENS 8
#define HASH "8846f7eaee8fb117ad06bdd830b7586c" /* of "password" */

static struct token_key *key;
static struct token found[TOKENS];
static size_t nfound;

static void
setup(void)
{
	const char *why;

	key = token_key_new(SLICE("a key of this deployment"), &why);
	ck_assert_ptr_nonnull(key);
	nfound = 0;
}

static void
teardown(void)
{
	token_key_free(key);
}

static void
on_token(void *arg, const struct token *token)
{
	if (nfound < TOKENS)
		found[nfound] = *token;
	nfound++;
}

static const char *
read_lines(struct filter_lines *lines, struct slice text)
{
	int fd = mapping_seal("lines", text);
	const char *wrong;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	lines->key = key;
	lines->rule = TOKEN_RULE_DEFAULT;
	lines->on_token = on_token;
	wrong = filter_lines_read(lines, fd);
	close(fd);
	return wrong;
}

static bool
is_of(size_t i, const char *account, const char *password)
{
	const struct token_rule rule = TOKEN_RULE_DEFAULT;
	struct token token;

	ck_assert(token_of_password(
	    key, &rule, slice_of(account), slice_of(password), &token));
	return memcmp(&token, &found[i], sizeof(token)) == 0;
}

static bool
is_of_hash(size_t i, const char *account)
{
	const struct token_rule rule = TOKEN_RULE_DEFAULT;
	unsigned char hash[NT_HASH_SIZE];
	struct token token;

	ck_assert(token_nt_hash(SLICE("password"), hash));
	ck_assert(
	    token_of_nt_hash(key, &rule, slice_of(account), hash, &token));
	return memcmp(&token, &found[i], sizeof(token)) == 0;
}

START_TEST(passwords)
{
	struct filter_lines lines = { .kinds = FILTER_PASSWORDS };

	ck_assert_ptr_null(read_lines(&lines,
	    SLICE("jdoe:Summer2026!\r\n\nCORP\\ASmith:a:b c d\nx:ab\n"
		  "last:without end")));
	ck_assert_uint_eq(lines.lines, 5);
	ck_assert_uint_eq(lines.tokens, 3);
	ck_assert_uint_eq(lines.skipped, 1);
	ck_assert(is_of(0, "jdoe", "Summer2026!"));
	ck_assert(is_of(1, "asmith", "a:b c d"));
	ck_assert(is_of(2, "last", "without end"));
}
END_TEST

START_TEST(both_kinds)
{
	struct filter_lines lines = { .kinds = FILTER_PASSWORDS |
		    FILTER_NT_HASHES };

	ck_assert_ptr_null(read_lines(&lines, SLICE("jdoe:password\n")));
	ck_assert_uint_eq(nfound, 2);
	ck_assert(is_of(0, "jdoe", "password"));
	ck_assert(is_of_hash(1, "jdoe"));
}
END_TEST

START_TEST(hashes)
{
	struct filter_lines lines = { .kinds = FILTER_NT_HASHES,
		.hashes = true };

	ck_assert_ptr_null(read_lines(&lines,
	    SLICE("jdoe:" HASH "\n"
		  "corp.example\\JDoe:1103:aad3b435b51404eeaad3b435b51404ee:"
		  "8846F7EAEE8FB117AD06BDD830B7586C:::\n")));
	ck_assert_uint_eq(nfound, 2);
	ck_assert(is_of_hash(0, "jdoe"));
	ck_assert(is_of_hash(1, "jdoe"));
}
END_TEST

static const struct {
	const char *text;
	bool hashes;
	const char *wrong;
} bad[] = {
	{ "jdoe:fine password\nno colon\n", false,
	    "line 2: there is no ':' between account and password" },
	{ ":secret\n", false, "line 1: this can't be an account's name" },
	{ "two words:secret\n", false,
	    "line 1: this can't be an account's name" },
	{ "jdoe:Summer2026!\n", true,
	    "line 1: there is no NT hash of 32 digits" },
	{ "jdoe:1:2:3\n", true, "line 1: there is no NT hash of 32 digits" },
	{ "jdoe:" HASH "0\n", true,
	    "line 1: there is no NT hash of 32 digits" },
};

START_TEST(bad_lines)
{
	struct filter_lines lines = { .kinds = FILTER_PASSWORDS,
		.hashes = bad[_i].hashes };
	const char *wrong = read_lines(&lines, slice_of(bad[_i].text));

	ck_assert_ptr_nonnull(wrong);
	ck_assert_str_eq(wrong, bad[_i].wrong);
}
END_TEST

/* Pieces end anywhere; a line has a bound. */
START_TEST(long_input)
{
	struct filter_lines lines = { .kinds = FILTER_PASSWORDS };
	const size_t count = 20000;
	char *text = malloc(count * 40 + 6000);
	size_t n = 0;
	const char *wrong;

	for (size_t i = 0; i < count; i++)
		n += (size_t)sprintf(
		    text + n, "user%zu:the password %zu\n", i, i * 7919);
	ck_assert_ptr_null(read_lines(&lines, slice_from(text, n)));
	ck_assert_uint_eq(lines.tokens, count);
	ck_assert(is_of(7, "user7", "the password 55433"));
	memset(text + n, 'x', 5000);
	lines = (struct filter_lines){ .kinds = FILTER_PASSWORDS };
	wrong = read_lines(&lines, slice_from(text, n + 5000));
	ck_assert_ptr_nonnull(wrong);
	ck_assert_str_eq(wrong, "line 20001: longer than 4096 bytes");
	free(text);
}
END_TEST

Suite *
suite_filter_lines(void)
{
	Suite *suite = suite_create("filter_lines");
	TCase *tcase = tcase_create("filter_lines");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, passwords);
	tcase_add_test(tcase, both_kinds);
	tcase_add_test(tcase, hashes);
	tcase_add_loop_test(tcase, bad_lines, 0, sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(tcase, long_input);
	suite_add_tcase(suite, tcase);
	return suite;
}
