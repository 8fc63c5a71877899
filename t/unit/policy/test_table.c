#include "policy/table.h"

#include <stdlib.h>

#include "suites.h"

#define MANY 20000
#define KEY_SIZE 12

START_TEST(many)
{
	char(*keys)[KEY_SIZE] = malloc(MANY * sizeof(*keys));
	struct table table = { 0 };
	char absent[KEY_SIZE];

	ck_assert_ptr_nonnull(keys);
	for (int i = 0; i < MANY; i++) {
		snprintf(keys[i], KEY_SIZE, "k%d", i);
		table_add(&table, slice_of(keys[i]), 1u << i % 3);
	}
	ck_assert_uint_eq(table.n, MANY);
	for (int i = 0; i < MANY; i++) {
		ck_assert_uint_eq(
		    table_get(&table, slice_of(keys[i])), 1u << i % 3);
		snprintf(absent, sizeof(absent), "x%d", i);
		ck_assert_uint_eq(table_get(&table, slice_of(absent)), 0);
	}
	table_clear(&table);
	free(keys);
}
END_TEST

START_TEST(bits)
{
	struct table table = { 0 };

	ck_assert_uint_eq(table_get(&table, SLICE("a")), 0);
	table_add(&table, SLICE("a"), 1);
	table_add(&table, SLICE("a"), 4);
	table_add(&table, SLICE_EMPTY, 2);
	ck_assert_uint_eq(table.n, 2);
	ck_assert_uint_eq(table_get(&table, SLICE("a")), 5);
	ck_assert_uint_eq(table_get(&table, SLICE_EMPTY), 2);
	table_clear(&table);
	ck_assert_uint_eq(table_get(&table, SLICE("a")), 0);
}
END_TEST

Suite *
suite_table(void)
{
	Suite *suite = suite_create("table");
	TCase *tcase = tcase_create("keys");

	tcase_add_test(tcase, many);
	tcase_add_test(tcase, bits);
	suite_add_tcase(suite, tcase);
	return suite;
}
