/*
 * Who is let in, and in which order who waits is called.
 */
#include "directory/crowd.h"

#include "suites.h"

static struct crowd *crowd;

static void
setup(void)
{
	crowd = crowd_new();
}

static void
teardown(void)
{
	crowd_free(crowd);
}

static struct addr
at(const char *text)
{
	struct addr addr;

	ck_assert_int_eq(addr_parse(slice_of(text), &addr), 0);
	return addr;
}

/* How many more come in from there. */
static size_t
fill(const char *from)
{
	struct addr addr = at(from);
	size_t n = 0;

	while (crowd_enter(crowd, &addr) == 0)
		n++;
	return n;
}

static const struct {
	size_t max, first, second, third;
} houses[] = {
	{ 2, 1, 1, 0 },
	{ 10, 5, 3, 1 },
	{ 11, 6, 3, 1 },
	{ 10000, 5000, 2500, 1250 },
};

START_TEST(nobody_fills_the_house)
{
	crowd_set_max(crowd, houses[_i].max);
	ck_assert_uint_eq(fill("192.0.2.1"), houses[_i].first);
	ck_assert_uint_eq(fill("2001:db8::1"), houses[_i].second);
	/* the same network */
	ck_assert_uint_eq(fill("2001:db8::2"), 0);
	ck_assert_uint_eq(fill("::ffff:192.0.2.1"), 0);
	ck_assert_uint_eq(fill("192.0.2.2"), houses[_i].third);
	ck_assert_uint_eq(crowd_count(crowd),
	    houses[_i].first + houses[_i].second + houses[_i].third);
}
END_TEST

START_TEST(a_place_is_given_back)
{
	struct addr addr = at("192.0.2.1");

	crowd_set_max(crowd, 2);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(crowd_enter(crowd, &addr), 0);
		ck_assert_int_eq(crowd_enter(crowd, &addr), -1);
		crowd_leave(crowd, &addr);
	}
	ck_assert_uint_eq(crowd_count(crowd), 0);
}
END_TEST

START_TEST(the_first_is_called_first)
{
	struct addr here = at("192.0.2.1"), there = at("192.0.2.2");
	int who[3];

	crowd_set_max(crowd, 20);
	ck_assert_ptr_null(crowd_first(crowd, &here));
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(crowd_enter(crowd, &here), 0);
		crowd_wait(crowd, &here, &who[i]);
	}
	ck_assert_uint_eq(crowd_waiting(crowd), 3);
	ck_assert_ptr_null(crowd_first(crowd, &there));
	for (int i = 0; i < 2; i++) {
		ck_assert_ptr_eq(crowd_first(crowd, &here), &who[i]);
		crowd_call(crowd, &here);
		crowd_leave(crowd, &here);
	}
	ck_assert_uint_eq(crowd_waiting(crowd), 1);
	/* the last one goes with the crowd */
}
END_TEST

Suite *
suite_crowd(void)
{
	Suite *suite = suite_create("crowd");
	TCase *tc = tcase_create("crowd");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, nobody_fills_the_house, 0, (int)COUNT(houses));
	tcase_add_test(tc, a_place_is_given_back);
	tcase_add_test(tc, the_first_is_called_first);
	suite_add_tcase(suite, tc);
	return suite;
}
