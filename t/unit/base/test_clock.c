/*
 * clock: dates as their RFCs write them.
 */
#include <stdint.h>
#include <time.h>

#include "suites.h"

#include "base/clock.h"

static const struct {
	uint64_t us;
	const char *stamp, *http;
} dates[] = {
	{ 0, "1970-01-01T00:00:00.000000Z", "Thu, 01 Jan 1970 00:00:00 GMT" },
	{ UINT64_C(784111777000001), "1994-11-06T08:49:37.000001Z",
	    "Sun, 06 Nov 1994 08:49:37 GMT" },
	{ UINT64_C(951825599999999), "2000-02-29T11:59:59.999999Z",
	    "Tue, 29 Feb 2000 11:59:59 GMT" },
	{ UINT64_C(1795690249123456), "2026-11-26T10:50:49.123456Z",
	    "Thu, 26 Nov 2026 10:50:49 GMT" },
	{ UINT64_C(4102444800000000), "2100-01-01T00:00:00.000000Z",
	    "Fri, 01 Jan 2100 00:00:00 GMT" },
	{ UINT64_MAX, "9999-12-31T23:59:59.551615Z",
	    "Fri, 31 Dec 9999 23:59:59 GMT" },
};

START_TEST(written_dates)
{
	char stamp[CLOCK_STAMP_SIZE];
	char http[CLOCK_HTTP_SIZE];

	ck_assert_ptr_eq(clock_stamp(stamp, dates[_i].us), stamp);
	ck_assert_str_eq(stamp, dates[_i].stamp);
	ck_assert_ptr_eq(clock_http(http, dates[_i].us), http);
	ck_assert_str_eq(http, dates[_i].http);
}
END_TEST

START_TEST(time_goes_on)
{
	uint64_t us = clock_us();
	uint64_t ms = clock_ms();
	struct timespec nap = { 0, 2000000 };

	ck_assert_uint_ge(ms, us / 1000);
	nanosleep(&nap, NULL);
	ck_assert_uint_ge(clock_us(), us + 2000);
	ck_assert_uint_ge(clock_ms(), ms + 1);
	ck_assert_uint_ge(clock_wall_us() / 1000000, (uint64_t)time(NULL) - 1);
	ck_assert_uint_le(clock_wall_us() / 1000000, (uint64_t)time(NULL) + 1);
}
END_TEST

Suite *
suite_clock(void)
{
	Suite *suite = suite_create("clock");
	TCase *tcase = tcase_create("clock");

	tcase_add_loop_test(tcase, written_dates, 0, COUNT(dates));
	tcase_add_test(tcase, time_goes_on);
	suite_add_tcase(suite, tcase);
	return suite;
}
