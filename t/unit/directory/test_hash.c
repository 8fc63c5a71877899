/*
 * Which hashes are taken, and that they are what they say.
 */
#include "directory/hash.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "suites.h"

#define SALT "abcdefghijklmnopqrstuv"
#define FIFTY_THREE "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0"
#define FORTY_THREE "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ"
#define EIGHTY_SIX FORTY_THREE FORTY_THREE

static const struct {
	const char *text;
	enum hash_kind kind;
	const char *why; /* NULL: accepted */
} forms[] = {
	{ YESCRYPT_SECRET, HASH_YESCRYPT, NULL },
	{ BCRYPT_SECRET, HASH_BCRYPT, NULL },
	{ SHA512_SECRET, HASH_SHA512, NULL },
	{ "$2a$10$" FIFTY_THREE, HASH_BCRYPT, NULL },
	{ "$2b$15$" FIFTY_THREE, HASH_BCRYPT, NULL },
	{ "$2y$16$" FIFTY_THREE, HASH_BCRYPT, "costs too much" },
	{ "$2y$31$" FIFTY_THREE, HASH_BCRYPT, "costs too much" },
	{ "$2y$03$" FIFTY_THREE, HASH_BCRYPT, "damaged" },
	{ "$2y$1x$" FIFTY_THREE, HASH_BCRYPT, "damaged" },
	{ "$2y$10$" FIFTY_THREE "a", HASH_BCRYPT, "damaged" },
	{ "$2y$10$" FORTY_THREE, HASH_BCRYPT, "damaged" },
	{ "$2y$", HASH_BCRYPT, "damaged" },
	{ "$6$" SALT "$" EIGHTY_SIX, HASH_SHA512, "damaged" },
	{ "$6$salt$" EIGHTY_SIX, HASH_SHA512, NULL },
	{ "$6$salt$" EIGHTY_SIX "a", HASH_SHA512, "damaged" },
	{ "$6$sa-lt$" EIGHTY_SIX, HASH_SHA512, "damaged" },
	{ "$6$rounds=2000000$salt$" EIGHTY_SIX, HASH_SHA512, NULL },
	{ "$6$rounds=2000001$salt$" EIGHTY_SIX, HASH_SHA512, "costs too much" },
	{ "$6$rounds=999$salt$" EIGHTY_SIX, HASH_SHA512, "damaged" },
	{ "$6$rounds=$salt$" EIGHTY_SIX, HASH_SHA512, "damaged" },
	{ "$6$rounds=5000", HASH_SHA512, "damaged" },
	{ "$y$jDT$" SALT "$" FORTY_THREE, HASH_YESCRYPT, NULL },
	{ "$y$jET$" SALT "$" FORTY_THREE, HASH_YESCRYPT, "costs too much" },
	{ "$y$jDU$" SALT "$" FORTY_THREE, HASH_YESCRYPT, "costs too much" },
	{ "$y$j1T$" SALT "$" FORTY_THREE, HASH_YESCRYPT, "not known" },
	{ "$y$k9T$" SALT "$" FORTY_THREE, HASH_YESCRYPT, "not known" },
	{ "$y$j9TA$" SALT "$" FORTY_THREE, HASH_YESCRYPT, "not known" },
	{ "$y$j9T$" SALT "$" FORTY_THREE "a", HASH_YESCRYPT, "damaged" },
	{ "$y$j9T$" SALT, HASH_YESCRYPT, "damaged" },
	{ "$y$", HASH_YESCRYPT, "not known" },
	{ "", 0, "no hash" },
	{ "secret", 0, "no password hash" },
	{ "$apr1$salt$abcdefgh", 0, "Apache" },
	{ "{SHA}abcdefgh", 0, "unsalted" },
	{ "$1$salt$abcdefgh", 0, "MD5 crypt" },
	{ "$5$salt$abcdefgh", 0, "SHA-256" },
	{ "$2x$05$" FIFTY_THREE, 0, "broken" },
	{ "$argon2id$v=19$m=1", 0, "Argon2" },
	{ "!", 0, "locked" },
	{ "*", 0, "locked" },
};

START_TEST(test_forms)
{
	enum hash_kind kind = HASH_YESCRYPT;
	const char *why = hash_check(slice_of(forms[_i].text), &kind);

	if (forms[_i].why) {
		ck_assert_msg(why && strstr(why, forms[_i].why), "%s: %s",
		    forms[_i].text, why ? why : "accepted");
		return;
	}
	ck_assert_msg(!why, "%s: %s", forms[_i].text, why);
	ck_assert_int_eq(kind, forms[_i].kind);
}
END_TEST

static const struct {
	const char *hash, *password;
	bool matches;
} checks[] = {
	{ YESCRYPT_SECRET, "secret", true },
	{ YESCRYPT_SECRET, "Secret", false },
	{ YESCRYPT_SECRET, "", false },
	{ BCRYPT_SECRET, "secret", true },
	{ BCRYPT_SECRET, "secret ", false },
	{ SHA512_SECRET, "secret", true },
	{ SHA512_SECRET, "secre", false },
};

START_TEST(test_checks)
{
	ck_assert_int_eq(
	    hash_matches(checks[_i].hash, slice_of(checks[_i].password)),
	    checks[_i].matches);
}
END_TEST

START_TEST(test_a_nul_ends_nothing)
{
	ck_assert(!hash_matches(YESCRYPT_SECRET, SLICE("secret\0")));
	ck_assert(!hash_matches(YESCRYPT_SECRET, SLICE("secret\0x")));
}
END_TEST

static const struct {
	enum hash_kind kind;
	size_t len;
	bool made;
} lengths[] = {
	{ HASH_YESCRYPT, 0, false },
	{ HASH_YESCRYPT, 1, true },
	{ HASH_YESCRYPT, PASSWORD_MAX_LEN - 1, true },
	{ HASH_YESCRYPT, PASSWORD_MAX_LEN, true },
	{ HASH_YESCRYPT, PASSWORD_MAX_LEN + 1, false },
	{ HASH_BCRYPT, PASSWORD_BCRYPT_MAX_LEN, true },
	{ HASH_BCRYPT, PASSWORD_BCRYPT_MAX_LEN + 1, false },
};

START_TEST(test_makes)
{
	size_t n = lengths[_i].len;
	char *password = mem_zalloc(n + 1);
	char text[HASH_TEXT_SIZE] = "", twin[HASH_TEXT_SIZE];
	const char *why;
	enum hash_kind kind;

	memset(password, 'x', n);
	why = hash_make(lengths[_i].kind, slice_from(password, n), text);
	ck_assert_int_eq(why == NULL, lengths[_i].made);
	if (!why) {
		ck_assert_ptr_null(hash_check(slice_of(text), &kind));
		ck_assert_int_eq(kind, lengths[_i].kind);
		ck_assert(hash_matches(text, slice_from(password, n)));
		ck_assert(!hash_matches(text, slice_from(password, n - 1)));
		hash_make(kind, slice_from(password, n), twin);
		ck_assert_str_ne(text, twin);
	}
	free(password);
}
END_TEST

START_TEST(test_makes_no_control)
{
	char text[HASH_TEXT_SIZE];

	ck_assert_ptr_nonnull(hash_make(HASH_YESCRYPT, SLICE("a\nb"), text));
	ck_assert_ptr_nonnull(hash_make(HASH_YESCRYPT, SLICE("a\0b"), text));
	ck_assert_ptr_null(
	    hash_make(HASH_YESCRYPT, SLICE("pässwörd :x"), text));
}
END_TEST

START_TEST(test_cost)
{
	static const char *const table[][2] = {
		{ "$y$j9T$" SALT "$" FORTY_THREE, "$y$j9T$" },
		{ "$2y$10$" FIFTY_THREE, "$2y$10$" },
		{ "$6$salt$" EIGHTY_SIX, "$6$" },
		{ "$6$rounds=9000$salt$" EIGHTY_SIX, "$6$rounds=9000" },
	};

	ck_assert(
	    slice_eq_str(hash_cost(slice_of(table[_i][0])), table[_i][1]));
}
END_TEST

Suite *
suite_hash(void)
{
	Suite *suite = suite_create("hash");
	TCase *tc = tcase_create("hash");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, test_forms, 0, (int)COUNT(forms));
	tcase_add_loop_test(tc, test_checks, 0, (int)COUNT(checks));
	tcase_add_test(tc, test_a_nul_ends_nothing);
	tcase_add_loop_test(tc, test_makes, 0, (int)COUNT(lengths));
	tcase_add_test(tc, test_makes_no_control);
	tcase_add_loop_test(tc, test_cost, 0, 4);
	suite_add_tcase(suite, tc);
	return suite;
}
