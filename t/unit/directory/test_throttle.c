/*
 * Waits after failures, told by a clock of the test's own.
 */
#include "directory/throttle.h"

#include <stdio.h>

#include "base/slice.h"
#include "suites.h"

#define FREE 3
#define MIN 60000ull

static struct throttle *throttle;
static uint64_t now;

static void
setup(void)
{
	throttle = throttle_new();
	throttle_set_free(throttle, FREE);
	now = 1000000;
}

static void
teardown(void)
{
	throttle_free(throttle);
}

static struct addr
addr_of(const char *text)
{
	struct addr addr;

	ck_assert_int_eq(addr_parse(slice_of(text), &addr), 0);
	return addr;
}

static uint32_t
begin(const char *account, const char *from)
{
	struct addr addr = addr_of(from);

	return throttle_begin(throttle, slice_of(account), &addr, now);
}

static void
end(const char *account, const char *from, enum attempt how)
{
	struct addr addr = addr_of(from);

	throttle_end(throttle, slice_of(account), &addr, how, now);
}

/* The wait, or 0 and the attempt ended so. */
static uint32_t
attempt(const char *account, const char *from, enum attempt how)
{
	uint32_t wait = begin(account, from);

	if (!wait)
		end(account, from, how);
	return wait;
}

static void
fail_logins(const char *account, const char *from, unsigned times)
{
	for (unsigned i = 0; i < times; i++)
		ck_assert_uint_eq(attempt(account, from, ATTEMPT_WRONG), 0);
}

START_TEST(test_doubles_to_the_longest)
{
	uint32_t want = 1;

	fail_logins("a", "192.0.2.1", FREE);
	for (int i = 0; i < 14; i++) {
		uint32_t wait;

		ck_assert_uint_eq(attempt("a", "192.0.2.1", ATTEMPT_WRONG), 0);
		wait = begin("a", "192.0.2.1");
		ck_assert_uint_eq(wait, want);
		now += wait * 1000ull - 1;
		ck_assert_uint_eq(begin("a", "192.0.2.1"), 1);
		now += 1;
		want = want * 2 < THROTTLE_DELAY_MAX_S ? want * 2
						       : THROTTLE_DELAY_MAX_S;
		if (want == THROTTLE_DELAY_MAX_S)
			break; /* from here on more fades than is added */
	}
	ck_assert_uint_eq(want, THROTTLE_DELAY_MAX_S);
}
END_TEST

START_TEST(test_early_attempts_count_for_nothing)
{
	fail_logins("a", "192.0.2.1", FREE + 1);
	now += 1000;
	fail_logins("a", "192.0.2.1", 1);
	now += 2000;
	fail_logins("a", "192.0.2.1", 1);
	for (int i = 0; i < 1000; i++)
		ck_assert_uint_eq(attempt("a", "192.0.2.1", ATTEMPT_WRONG), 4);
	now += 4000;
	ck_assert_uint_eq(attempt("a", "192.0.2.1", ATTEMPT_OK), 0);
}
END_TEST

START_TEST(test_fades)
{
	fail_logins("a", "192.0.2.1", FREE);
	now += 10 * MIN;
	fail_logins("a", "192.0.2.1", 1);
	ck_assert_uint_eq(attempt("a", "192.0.2.1", ATTEMPT_UNKNOWN), 0);
	now += 10 * MIN * FREE;
	fail_logins("a", "192.0.2.1", FREE);
	fail_logins("a", "192.0.2.1", 1);
	ck_assert_uint_eq(begin("a", "192.0.2.1"), 1);
}
END_TEST

START_TEST(test_account_from_many_addresses)
{
	fail_logins("a", "192.0.2.1", 2);
	fail_logins("a", "192.0.2.2", 2);
	ck_assert_uint_eq(begin("a", "192.0.2.3"), 1);
	ck_assert_uint_eq(begin("b", "192.0.2.3"), 0);
}
END_TEST

START_TEST(test_address_with_many_accounts)
{
	char name[16];

	for (int i = 0; i < FREE * THROTTLE_ADDRESS_FACTOR + 1; i++) {
		sprintf(name, "user%d", i);
		fail_logins(name, "192.0.2.1", 1);
	}
	ck_assert_uint_eq(begin("somebody", "192.0.2.1"), 1);
	ck_assert_uint_eq(begin("", "192.0.2.1"), 1);
	ck_assert_uint_eq(begin("somebody", "192.0.2.2"), 0);
	/* the same in another spelling of the address */
	ck_assert_uint_eq(begin("somebody", "::ffff:192.0.2.1"), 1);
}
END_TEST

START_TEST(test_an_ipv6_network_is_one_address)
{
	char from[64];

	for (int i = 0; i < FREE * THROTTLE_ADDRESS_FACTOR + 1; i++) {
		sprintf(from, "2001:db8:1:2::%x", i + 1);
		fail_logins("", from, 1);
	}
	ck_assert_uint_eq(begin("a", "2001:db8:1:2:ffff::9"), 1);
	ck_assert_uint_eq(begin("a", "2001:db8:1:3::9"), 0);
}
END_TEST

START_TEST(test_nobody_locks_out_a_proven_place)
{
	ck_assert_uint_eq(attempt("a", "192.0.2.1", ATTEMPT_OK), 0);
	for (int i = 0; i < 100; i++) {
		attempt("a", "198.51.100.1", ATTEMPT_WRONG);
		attempt("other", "192.0.2.1", ATTEMPT_WRONG);
		now += 1000;
	}
	ck_assert_uint_gt(begin("a", "198.51.100.2"), 0);
	ck_assert_uint_gt(begin("a", "198.51.100.1"), 0);
	ck_assert_uint_eq(attempt("a", "192.0.2.1", ATTEMPT_OK), 0);
	/* but guessing from there is as slow as from anywhere */
	fail_logins("a", "192.0.2.1", FREE + 1);
	ck_assert_uint_eq(begin("a", "192.0.2.1"), 1);
}
END_TEST

START_TEST(test_proof_runs_out)
{
	ck_assert_uint_eq(attempt("a", "192.0.2.1", ATTEMPT_OK), 0);
	now += THROTTLE_PROVEN_MS - 1;
	fail_logins("a", "192.0.2.2", FREE + 1);
	ck_assert_uint_eq(attempt("a", "192.0.2.1", ATTEMPT_UNKNOWN), 0);
	now += 1;
	ck_assert_uint_eq(begin("a", "192.0.2.1"), 1);
}
END_TEST

START_TEST(test_guesses_at_once)
{
	fail_logins("a", "192.0.2.1", 1);
	ck_assert_uint_eq(begin("a", "192.0.2.1"), 0);
	ck_assert_uint_eq(begin("a", "192.0.2.1"), 0);
	ck_assert_uint_eq(begin("a", "192.0.2.1"), 1);
	end("a", "192.0.2.1", ATTEMPT_UNKNOWN);
	ck_assert_uint_eq(begin("a", "192.0.2.1"), 0);
}
END_TEST

/* Names asked for while one has to wait push nothing out. */
START_TEST(test_waiting_leaves_no_trace)
{
	char name[16];

	fail_logins("victim", "198.51.100.1", FREE + 1);
	for (int i = 0; i < FREE * THROTTLE_ADDRESS_FACTOR + 10; i++)
		attempt("", "192.0.2.1", ATTEMPT_WRONG);
	for (unsigned i = 0; i < THROTTLE_ENTRIES_MAX + 10; i++) {
		sprintf(name, "n%u", i);
		ck_assert_uint_gt(begin(name, "192.0.2.1"), 0);
	}
	ck_assert_uint_eq(begin("victim", "198.51.100.2"), 1);
}
END_TEST

Suite *
suite_throttle(void)
{
	Suite *suite = suite_create("throttle");
	TCase *tc = tcase_create("throttle");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_doubles_to_the_longest);
	tcase_add_test(tc, test_early_attempts_count_for_nothing);
	tcase_add_test(tc, test_fades);
	tcase_add_test(tc, test_account_from_many_addresses);
	tcase_add_test(tc, test_address_with_many_accounts);
	tcase_add_test(tc, test_an_ipv6_network_is_one_address);
	tcase_add_test(tc, test_nobody_locks_out_a_proven_place);
	tcase_add_test(tc, test_proof_runs_out);
	tcase_add_test(tc, test_guesses_at_once);
	tcase_add_test(tc, test_waiting_leaves_no_trace);
	suite_add_tcase(suite, tc);
	return suite;
}
