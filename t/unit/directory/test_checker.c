/*
 * The pool: answers by id, a bounded queue, an event loop that never waits.
 */
#include "directory/checker.h"

#include "suites.h"

static struct event_base *base;
static struct checker *checker;
static unsigned answers, matched;
static uint64_t sum;
static unsigned awaited;

static void
on_checked(uint64_t id, bool matches, void *arg)
{
	ck_assert_ptr_eq(arg, &sum);
	answers++;
	matched += matches;
	sum += id;
	if (answers == awaited)
		event_base_loopbreak(base);
}

static void
setup(void)
{
	base = event_base_new();
	answers = matched = 0;
	sum = 0;
}

static void
teardown(void)
{
	checker_free(checker);
	event_base_free(base);
}

START_TEST(test_answers)
{
	checker = checker_new(base, 3, 100, on_checked, &sum);
	for (uint64_t id = 1; id <= 20; id++)
		ck_assert_int_eq(checker_ask(checker, id, BCRYPT_SECRET,
				     id % 2 ? SLICE("secret") : SLICE("no")),
		    0);
	ck_assert_uint_eq(answers, 0); /* never from inside */
	awaited = 20;
	event_base_dispatch(base);
	ck_assert_uint_eq(answers, 20);
	ck_assert_uint_eq(matched, 10);
	ck_assert_uint_eq(sum, 210);
	ck_assert_uint_eq(checker_waiting(checker), 0);
}
END_TEST

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	unsigned *ticks = arg;

	++*ticks;
}

/* Hashes of 20 ms and more beside a timer of 1 ms. */
START_TEST(test_loop_goes_on)
{
	static const char hash[] =
	    "$y$j9T$MnNAXpGEKVSPS0fDWFQnE0$"
	    "uglMJr1TJSLLF5zSRIP5G7ID/S3fPT7p/AtGb4aUTn4";
	struct timeval ms = { 0, 1000 };
	unsigned ticks = 0;
	struct event *timer = event_new(base, -1, EV_PERSIST, on_tick, &ticks);

	checker = checker_new(base, 1, 100, on_checked, &sum);
	for (uint64_t id = 1; id <= 5; id++)
		ck_assert_int_eq(
		    checker_ask(checker, id, hash, SLICE("secret")), 0);
	event_add(timer, &ms);
	awaited = 5;
	event_base_dispatch(base);
	ck_assert_uint_eq(matched, 5);
	ck_assert_uint_ge(ticks, 10);
	event_free(timer);
}
END_TEST

START_TEST(test_queue_is_bounded)
{
	unsigned taken = 0;

	checker = checker_new(base, 1, 4, on_checked, &sum);
	for (uint64_t id = 1; id <= 50; id++)
		taken += checker_ask(
			     checker, id, SHA512_SECRET, SLICE("secret")) == 0;
	ck_assert_uint_ge(taken, 4);
	ck_assert_uint_lt(taken, 50);
	awaited = taken;
	event_base_dispatch(base);
	ck_assert_uint_eq(answers, taken);
	ck_assert_int_eq(
	    checker_ask(checker, 99, BCRYPT_SECRET, SLICE("secret")), 0);
}
END_TEST

/* What waits is dropped, what is being computed is waited for. */
START_TEST(test_free_with_work_left)
{
	checker = checker_new(base, 2, 100, on_checked, &sum);
	for (uint64_t id = 1; id <= 50; id++)
		checker_ask(checker, id, SHA512_SECRET, SLICE("secret"));
	checker_free(checker);
	checker = NULL;
	ck_assert_uint_eq(answers, 0);
}
END_TEST

START_TEST(test_free_without_a_thread)
{
	checker = checker_new(base, 1, 1, on_checked, &sum);
}
END_TEST

Suite *
suite_checker(void)
{
	Suite *suite = suite_create("checker");
	TCase *tc = tcase_create("checker");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_answers);
	tcase_add_test(tc, test_loop_goes_on);
	tcase_add_test(tc, test_queue_is_bounded);
	tcase_add_test(tc, test_free_with_work_left);
	tcase_add_test(tc, test_free_without_a_thread);
	suite_add_tcase(suite, tc);
	return suite;
}
