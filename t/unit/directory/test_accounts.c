/*
 * Account files: what is taken, what is refused and with which line.
 */
#include "directory/accounts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "suites.h"

#define HASH BCRYPT_SECRET
#define N127                                                                   \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"     \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
	const char *text;
	size_t n;        /* accounts, where accepted */
	const char *why; /* NULL: accepted */
} files[] = {
	{ "", 0, NULL },
	{ "\n\n# nobody\n", 0, NULL },
	{ "alice:" HASH "\n", 1, NULL },
	{ "alice:" HASH, 1, NULL },
	{ "alice:" HASH "\r\nbob:" HASH "  \t\r\n", 2, NULL },
	{ "# x\n\nalice:" HASH "\n#bob:" HASH "\n", 1, NULL },
	{ "ünï cödé:" HASH "\n", 1, NULL },
	{ N127 "a:" HASH, 1, NULL },
	{ N127 ":" HASH, 1, NULL },
	{ N127 "aa:" HASH, 0, "line 1: the account's name is longer" },
	{ "alice\n", 0, "line 1: there is no ':'" },
	{ "\nalice " HASH "\n", 0, "line 2: there is no ':'" },
	{ ":" HASH "\n", 0, "line 1: the account's name is empty" },
	{ "alice:\n", 0, "line 1: there is no hash" },
	{ "alice:" HASH ":x\n", 0, "line 1: there is more" },
	{ "alice:secret\n", 0, "line 1: this is no password hash" },
	{ " alice:" HASH "\n", 0, "line 1: the account's name starts or" },
	{ "alice :" HASH "\n", 0, "line 1: the account's name starts or" },
	{ "al\x01ice:" HASH "\n", 0, "line 1: the account's name has a" },
	{ "al\xff:" HASH "\n", 0, "line 1: the account's name is not UTF-8" },
	{ "ci-*:" HASH "\n", 0, "line 1: the account's name has a" },
	{ "bob:" HASH "\nalice:" HASH "\n\nbob:" HASH "\n", 0,
	    "line 4: account \"bob\" stands in line 1 already" },
	{ "bob:" HASH "\nBOB:" HASH "\n", 0,
	    "line 2: account \"BOB\" stands in line 1 already" },
};

START_TEST(test_files)
{
	char why[ACCOUNTS_WHY_SIZE] = "";
	struct accounts *accounts = accounts_parse(
	    slice_of(files[_i].text), why);

	if (files[_i].why) {
		ck_assert_ptr_null(accounts);
		ck_assert_msg(strstr(why, files[_i].why) == why, "%s", why);
		return;
	}
	ck_assert_msg(accounts != NULL, "%s", why);
	ck_assert_uint_eq(accounts_count(accounts), files[_i].n);
	accounts_free(accounts);
}
END_TEST

START_TEST(test_finds)
{
	static const char text[] = "zoe:" YESCRYPT_SECRET "\n"
				   "Alice:" BCRYPT_SECRET "\n"
				   "al:" SHA512_SECRET "\n";
	char why[ACCOUNTS_WHY_SIZE];
	struct accounts *accounts = accounts_parse(SLICE(text), why);
	const struct account *account;

	account = accounts_find(accounts, SLICE("alice"));
	ck_assert_ptr_nonnull(account);
	ck_assert(slice_eq_str(account->name, "Alice"));
	ck_assert_str_eq(account->hash, BCRYPT_SECRET);
	ck_assert_int_eq(account->kind, HASH_BCRYPT);
	ck_assert_uint_eq(account->line, 2);
	ck_assert_str_eq(
	    accounts_find(accounts, SLICE("ZOE"))->hash, YESCRYPT_SECRET);
	ck_assert_str_eq(
	    accounts_find(accounts, SLICE("al"))->hash, SHA512_SECRET);
	ck_assert_ptr_null(accounts_find(accounts, SLICE("a")));
	ck_assert_ptr_null(accounts_find(accounts, SLICE("alicee")));
	ck_assert_ptr_null(accounts_find(accounts, SLICE("zzz")));
	ck_assert_ptr_null(accounts_find(accounts, SLICE_EMPTY));
	ck_assert(slice_eq_str(accounts_at(accounts, 0)->name, "al"));
	ck_assert(slice_eq_str(accounts_at(accounts, 2)->name, "zoe"));
	accounts_free(accounts);
	accounts_free(NULL);
}
END_TEST

static const struct {
	const char *text;
	const char *dummy; /* what the dummy starts with */
} dummies[] = {
	{ "", "$y$j9T$" },
	{ "a:" BCRYPT_SECRET "\n", "$2y$04$" },
	{ "a:" YESCRYPT_SECRET "\nb:" SHA512_SECRET "\nc:" SHA512_SECRET "\n",
	    "$6$" },
	{ "a:" YESCRYPT_SECRET "\nb:" SHA512_SECRET "\nc:" YESCRYPT_SECRET,
	    "$y$" },
};

START_TEST(test_dummy)
{
	char why[ACCOUNTS_WHY_SIZE];
	struct accounts *accounts = accounts_parse(
	    slice_of(dummies[_i].text), why);
	enum hash_kind kind;

	ck_assert_ptr_nonnull(accounts);
	ck_assert(slice_starts(
	    slice_of(accounts_dummy(accounts)), slice_of(dummies[_i].dummy)));
	ck_assert_ptr_null(
	    hash_check(slice_of(accounts_dummy(accounts)), &kind));
	accounts_free(accounts);
}
END_TEST

START_TEST(test_size_bound)
{
	char why[ACCOUNTS_WHY_SIZE] = "";
	char byte = 'a';

	/* only the length is looked at */
	ck_assert_ptr_null(
	    accounts_parse(slice_from(&byte, ACCOUNTS_FILE_MAX + 1u), why));
	ck_assert_ptr_nonnull(strstr(why, "64 MiB"));
}
END_TEST

START_TEST(test_many)
{
	size_t n = 20000, len = 0;
	char *text = mem_alloc(n * 100);
	char why[ACCOUNTS_WHY_SIZE] = "", name[32];
	struct accounts *accounts;

	for (size_t i = 0; i < n; i++)
		len += (size_t)sprintf(text + len, "user%zu:%s\n", i, HASH);
	accounts = accounts_parse(slice_from(text, len), why);
	ck_assert_msg(accounts != NULL, "%s", why);
	for (size_t i = 0; i < n; i++) {
		sprintf(name, "USER%zu", i);
		ck_assert_uint_eq(
		    accounts_find(accounts, slice_of(name))->line, i + 1);
	}
	accounts_free(accounts);
	free(text);
}
END_TEST

Suite *
suite_accounts(void)
{
	Suite *suite = suite_create("accounts");
	TCase *tc = tcase_create("accounts");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, test_files, 0, (int)COUNT(files));
	tcase_add_test(tc, test_finds);
	tcase_add_loop_test(tc, test_dummy, 0, (int)COUNT(dummies));
	tcase_add_test(tc, test_size_bound);
	tcase_add_test(tc, test_many);
	suite_add_tcase(suite, tc);
	return suite;
}
