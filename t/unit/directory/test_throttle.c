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

static enum turn
turn(const char *account, const char *from, uint32_t *wait)
{
	struct addr addr = addr_of(from);

	*wait = 0;
	return throttle_begin(throttle, slice_of(account), &addr, now, wait);
}

/* The wait; 0: it may go on. */
static uint32_t
begin(const char *account, const char *from)
{
	uint32_t wait;
	enum turn how = turn(account, from, &wait);

	ck_assert_int_ne(how, TURN_LATER);
	ck_assert_int_eq(how == TURN_SLOWED, wait > 0);
	return wait;
}

static void
end(const char *account, const char *from, enum attempt how)
{
	struct addr addr = addr_of(from);

	throttle_end(throttle, slice_of(account), &addr, TURN_NOW, how, now);
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

/* How many of the next count people may begin; the others are told to wait
 * for their turn. */
static unsigned
begin_people(unsigned first, unsigned count, const char *from)
{
	unsigned begun = 0;
	uint32_t wait;
	char name[16];

	for (unsigned i = first; i < first + count; i++) {
		enum turn how;

		sprintf(name, "p%u", i);
		how = turn(name, from, &wait);
		ck_assert(how == TURN_NOW || how == TURN_LATER);
		if (how == TURN_LATER)
			break;
		begun++;
	}
	return begun;
}

static void
end_people(unsigned first, unsigned count, const char *from, enum attempt how)
{
	char name[16];

	for (unsigned i = first; i < first + count; i++) {
		sprintf(name, "p%u", i);
		end(name, from, how);
	}
}

/* Two thousand behind a NAT: as many at a time as may fail, twice as many
 * once they got in. */
START_TEST(test_room_grows_with_people)
{
	unsigned first = 0, room = FREE * THROTTLE_ADDRESS_FACTOR;
	unsigned rounds = 0;

	while (first < 2000) {
		unsigned n = begin_people(first, 2000 - first, "192.0.2.1");

		ck_assert_uint_eq(n, room < 2000 - first ? room : 2000 - first);
		end_people(first, n, "192.0.2.1", ATTEMPT_OK);
		first += n;
		room *= 2;
		rounds++;
	}
	ck_assert_uint_eq(rounds, 8);
}
END_TEST

/* Whoever has one account opens nothing with it. */
START_TEST(test_one_account_is_one_of_the_people)
{
	unsigned room = FREE * THROTTLE_ADDRESS_FACTOR;

	for (int i = 0; i < 1000; i++)
		ck_assert_uint_eq(attempt("mine", "192.0.2.1", ATTEMPT_OK), 0);
	ck_assert_uint_eq(begin_people(0, 2000, "192.0.2.1"), room + 1);
	end_people(0, room + 1, "192.0.2.1", ATTEMPT_WRONG);
	ck_assert_uint_eq(begin("p5000", "192.0.2.1"), 0);
	end("p5000", "192.0.2.1", ATTEMPT_WRONG);
	ck_assert_uint_eq(begin("p5001", "192.0.2.1"), 1);
}
END_TEST

START_TEST(test_the_proven_take_no_room)
{
	unsigned room = FREE * THROTTLE_ADDRESS_FACTOR;
	uint32_t wait;
	char name[16];

	end_people(0, 100, "192.0.2.1", ATTEMPT_OK);
	for (int i = 0; i < 100; i++) {
		sprintf(name, "p%d", i);
		ck_assert_int_eq(turn(name, "192.0.2.1", &wait), TURN_PROVEN);
	}
	ck_assert_uint_eq(begin_people(1000, 2000, "192.0.2.1"), room + 100);
	/* and still no more of one account than may fail */
	ck_assert_int_eq(turn("p1", "192.0.2.1", &wait), TURN_PROVEN);
	ck_assert_int_eq(turn("p1", "192.0.2.1", &wait), TURN_PROVEN);
	ck_assert_int_eq(turn("p1", "192.0.2.1", &wait), TURN_SLOWED);
}
END_TEST

/* A thousand people who mistype once each, and then don't. */
START_TEST(test_mistakes_are_taken_back)
{
	char name[16];

	for (int i = 0; i < 1000; i++) {
		sprintf(name, "p%d", i);
		ck_assert_uint_eq(attempt(name, "192.0.2.1", ATTEMPT_WRONG), 0);
		ck_assert_uint_eq(attempt(name, "192.0.2.1", ATTEMPT_OK), 0);
	}
	end_people(2000, FREE * THROTTLE_ADDRESS_FACTOR + 1000, "192.0.2.1",
	    ATTEMPT_WRONG);
	ck_assert_uint_eq(begin("other", "192.0.2.1"), 0);
}
END_TEST

/* With an account of one's own, the guesses at others aren't taken back. */
START_TEST(test_guesses_are_not_taken_back)
{
	unsigned room = FREE * THROTTLE_ADDRESS_FACTOR;

	end_people(0, room - 1, "192.0.2.1", ATTEMPT_WRONG);
	for (int i = 0; i < 100; i++) {
		attempt("mine", "192.0.2.1", ATTEMPT_AGAIN);
		attempt("mine", "192.0.2.1", ATTEMPT_OK);
	}
	end_people(100, 3, "192.0.2.1", ATTEMPT_WRONG);
	ck_assert_uint_gt(begin("other", "192.0.2.1"), 0);
}
END_TEST

/* What an address that is at its longest wait doesn't count any more can't be
 * taken back there, either. */
START_TEST(test_no_more_is_taken_back_than_was_counted)
{
	uint32_t wait;

	ck_assert_uint_eq(attempt("mine", "192.0.2.1", ATTEMPT_OK), 0);
	end_people(0, FREE * THROTTLE_ADDRESS_FACTOR + 100, "192.0.2.1",
	    ATTEMPT_WRONG);
	for (int i = 0; i < FREE + 8; i++)
		while ((wait = attempt("mine", "192.0.2.1", ATTEMPT_WRONG)))
			now += wait * 1000ull;
	while ((wait = attempt("mine", "192.0.2.1", ATTEMPT_OK)))
		now += wait * 1000ull;
	ck_assert_uint_gt(begin("other", "192.0.2.1"), 0);
}
END_TEST

/* A telephone that keeps an old password slows itself alone. */
START_TEST(test_the_same_again)
{
	for (int i = 0; i < 200; i++) {
		attempt("a", "192.0.2.1", ATTEMPT_AGAIN);
		now += 1000ull * THROTTLE_DELAY_MAX_S;
	}
	for (int i = 0; i < FREE + 3; i++) {
		now += 1000ull * begin("a", "192.0.2.1");
		attempt("a", "192.0.2.1", ATTEMPT_AGAIN);
	}
	ck_assert_uint_gt(begin("a", "192.0.2.1"), 0);
	ck_assert_uint_eq(begin("b", "192.0.2.1"), 0);
	ck_assert_uint_eq(begin("a", "192.0.2.2"), 0);
}
END_TEST

/* However many failed at once, two hours later there is room again. */
START_TEST(test_a_burst_is_forgotten)
{
	end_people(0, 5000, "192.0.2.1", ATTEMPT_WRONG);
	ck_assert_uint_eq(begin("other", "192.0.2.1"), THROTTLE_DELAY_MAX_S);
	now += 120 * MIN;
	ck_assert_uint_eq(attempt("other", "192.0.2.1", ATTEMPT_OK), 0);
	ck_assert_uint_eq(begin("another", "192.0.2.1"), 0);
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
	tcase_add_test(tc, test_room_grows_with_people);
	tcase_add_test(tc, test_one_account_is_one_of_the_people);
	tcase_add_test(tc, test_the_proven_take_no_room);
	tcase_add_test(tc, test_mistakes_are_taken_back);
	tcase_add_test(tc, test_guesses_are_not_taken_back);
	tcase_add_test(tc, test_no_more_is_taken_back_than_was_counted);
	tcase_add_test(tc, test_the_same_again);
	tcase_add_test(tc, test_a_burst_is_forgotten);
	suite_add_tcase(suite, tc);
	return suite;
}
