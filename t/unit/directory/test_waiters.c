/*
 * waiters: in their order, up to a bound, without those who are gone.
 */
#include "directory/waiters.h"

#include "suites.h"

#define MOST 4

START_TEST(up_to_a_bound)
{
	struct waiters waiters = { 0 };

	for (uint64_t id = 0; id < MOST; id++)
		ck_assert_int_eq(waiters_add(&waiters, MOST, 7, id), 0);
	ck_assert_int_eq(waiters_add(&waiters, MOST, 7, MOST), -1);
	ck_assert_uint_eq(waiters.n, MOST);
	for (uint64_t id = 0; id < MOST; id++)
		ck_assert_uint_eq(waiters.v[id].id, id);
	waiters_clear(&waiters);
	ck_assert_uint_eq(waiters.n, 0);
	waiters_clear(&waiters);
}
END_TEST

START_TEST(without_who_is_gone)
{
	static const uint64_t peers[MOST] = { 1, 2, 1, 3 };
	struct waiters waiters = { 0 };

	for (uint64_t id = 0; id < MOST; id++)
		ck_assert_int_eq(waiters_add(&waiters, MOST, peers[id], id), 0);
	waiters_forget(&waiters, 1);
	ck_assert_uint_eq(waiters.n, 2);
	ck_assert_uint_eq(waiters.v[0].id, 1);
	ck_assert_uint_eq(waiters.v[1].id, 3);
	waiters_forget(&waiters, 9);
	ck_assert_uint_eq(waiters.n, 2);
	ck_assert_int_eq(waiters_add(&waiters, MOST, 1, 9), 0);
	waiters_clear(&waiters);
}
END_TEST

Suite *
suite_waiters(void)
{
	Suite *suite = suite_create("waiters");
	TCase *tcase = tcase_create("waiters");

	tcase_add_test(tcase, up_to_a_bound);
	tcase_add_test(tcase, without_who_is_gone);
	suite_add_tcase(suite, tcase);
	return suite;
}
