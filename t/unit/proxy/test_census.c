#include "suites.h"

#include "proxy/census.h"

START_TEST(bound_is_exact)
{
	struct census *census = census_new();
	struct slice name = SLICE("alice");

	ck_assert(census_enter_account(census, name, 2));
	ck_assert(census_enter_account(census, name, 2));
	ck_assert(!census_enter_account(census, name, 2));
	ck_assert(census_enter_account(census, SLICE("bob"), 2));
	census_leave_account(census, name);
	ck_assert(census_enter_account(census, name, 2));
	census_free(census);
}
END_TEST

START_TEST(zero_is_no_bound)
{
	struct census *census = census_new();
	struct addr addr = { .port = 1 };

	for (int i = 0; i < 1000; i++)
		ck_assert(census_enter_addr(census, &addr, 0));
	for (int i = 0; i < 1000; i++)
		census_leave_addr(census, &addr);
	census_free(census);
}
END_TEST

START_TEST(ports_of_an_address_count_together)
{
	struct census *census = census_new();
	struct addr one = { .ip = { [15] = 7 }, .port = 1 };
	struct addr two = { .ip = { [15] = 7 }, .port = 2 };

	ck_assert(census_enter_addr(census, &one, 1));
	ck_assert(!census_enter_addr(census, &two, 1));
	census_leave_addr(census, &two);
	ck_assert(census_enter_addr(census, &two, 1));
	census_free(census);
}
END_TEST

Suite *
suite_census(void)
{
	Suite *suite = suite_create("census");
	TCase *tc = tcase_create("census");

	tcase_add_test(tc, bound_is_exact);
	tcase_add_test(tc, zero_is_no_bound);
	tcase_add_test(tc, ports_of_an_address_count_together);
	suite_add_tcase(suite, tc);
	return suite;
}
