/*
 * Account numbers: never zero, never shared, the same again.
 */
#include "directory/numbers.h"

#include <stdio.h>

#include "suites.h"

START_TEST(test_stable)
{
	struct numbers *one = numbers_new(), *two = numbers_new();
	uint32_t alice = numbers_of(one, SLICE("alice"));

	ck_assert_uint_ne(alice, 0);
	ck_assert_uint_ne(alice, numbers_of(one, SLICE("bob")));
	ck_assert_uint_eq(alice, numbers_of(one, SLICE("alice")));
	/* another process, in another order */
	ck_assert_uint_eq(
	    numbers_of(two, SLICE("bob")), numbers_of(one, SLICE("bob")));
	ck_assert_uint_eq(alice, numbers_of(two, SLICE("alice")));
	numbers_free(one);
	numbers_free(two);
	numbers_free(NULL);
}
END_TEST

/* Among so many, some hashes are the same in 32 bits: about 45 pairs. */
#define MANY 620000

START_TEST(test_unique)
{
	static unsigned char seen[1u << 29];
	struct numbers *numbers = numbers_new();
	char name[32];
	unsigned moved = 0;

	for (unsigned i = 0; i < MANY; i++) {
		int n = sprintf(name, "account-%u", i);
		struct slice key = slice_from(name, (size_t)n);
		uint32_t number = numbers_of(numbers, key);

		ck_assert_uint_ne(number, 0);
		ck_assert(!(seen[number >> 3] & (1u << (number & 7))));
		seen[number >> 3] |= (unsigned char)(1u << (number & 7));
		moved += number != (uint32_t)slice_hash(key, 0);
	}
	ck_assert_uint_gt(moved, 0); /* else the test shows nothing */
	numbers_free(numbers);
}
END_TEST

Suite *
suite_numbers(void)
{
	Suite *suite = suite_create("numbers");
	TCase *tc = tcase_create("numbers");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, test_stable);
	tcase_add_test(tc, test_unique);
	suite_add_tcase(suite, tc);
	return suite;
}
