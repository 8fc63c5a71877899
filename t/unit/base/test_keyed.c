#include <string.h>

#include "base/keyed.h"

#include "suites.h"

START_TEST(same_value_same_tag)
{
	struct keyed *keyed = keyed_new();
	unsigned char a[KEYED_SIZE], b[KEYED_SIZE];

	keyed_hash(keyed, SLICE("secret"), a);
	keyed_hash(keyed, SLICE("other"), b);
	ck_assert_mem_ne(a, b, KEYED_SIZE);
	keyed_hash(keyed, SLICE("secret"), b);
	ck_assert_mem_eq(a, b, KEYED_SIZE);
	keyed_hash(keyed, SLICE_EMPTY, b);
	ck_assert_mem_ne(a, b, KEYED_SIZE);
	keyed_free(keyed);
}
END_TEST

START_TEST(every_key_is_its_own)
{
	struct keyed *one = keyed_new(), *two = keyed_new();
	unsigned char a[KEYED_SIZE], b[KEYED_SIZE];

	keyed_hash(one, SLICE("secret"), a);
	keyed_hash(two, SLICE("secret"), b);
	ck_assert_mem_ne(a, b, KEYED_SIZE);
	keyed_free(one);
	keyed_free(two);
	keyed_free(NULL);
}
END_TEST

Suite *
suite_keyed(void)
{
	Suite *suite = suite_create("keyed");
	TCase *tcase = tcase_create("keyed");

	tcase_add_test(tcase, same_value_same_tag);
	tcase_add_test(tcase, every_key_is_its_own);
	suite_add_tcase(suite, tcase);
	return suite;
}
