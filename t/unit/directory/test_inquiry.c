/*
 * Questions about credentials over a provider that answers when the test
 * says so: budgets, memory, and that answers take the same time.
 */
#include "directory/inquiry.h"

#include <string.h>

#include "base/clock.h"
#include "directory/budgets.h"
#include "suites.h"

#define FAILURES 3
#define MANY 64

static struct event_base *base;
static struct inquiry *inquiry;
static uint64_t started[MANY];
static size_t nstarted;
static bool busy;
static struct {
	uint64_t peer, id;
	enum credential_verdict verdict;
} results[MANY];
static size_t nresults, awaited;

static int
start(void *self, uint64_t id, struct slice account, struct slice password,
    const struct addr *client)
{
	ck_assert(id & INQUIRY_ID);
	if (busy)
		return -1;
	started[nstarted++] = id;
	return 0;
}

static void
cancel(void *self, uint64_t id)
{
}

static void
status(const void *self, struct json *json)
{
}

static const struct provider_ops fake = {
	.name = "fake", .start = start, .cancel = cancel, .status = status
};

static void
on_done(uint64_t peer, uint64_t id, enum credential_verdict verdict,
    struct slice key, void *arg)
{
	results[nresults].peer = peer;
	results[nresults].id = id;
	results[nresults++].verdict = verdict;
	if (nresults >= awaited)
		event_base_loopbreak(base);
}

static void
setup(void)
{
	base = event_base_new();
	inquiry = inquiry_new(base, on_done, NULL);
	inquiry_set_provider(inquiry, (struct provider){ &fake, NULL });
	inquiry_set_failures(inquiry, FAILURES);
	nstarted = nresults = 0;
	busy = false;
}

static void
teardown(void)
{
	inquiry_free(inquiry);
	event_base_free(base);
}

static void
ask_for(uint64_t id, const char *account, const char *value, const char *from)
{
	struct addr client;

	ck_assert_int_eq(addr_parse(slice_of(from), &client), 0);
	inquiry_ask(inquiry, 7, id, &client, slice_of(account),
	    slice_of(account), slice_of(value));
}

static void
ask(uint64_t id, const char *value)
{
	ask_for(id, "jdoe", value, "192.0.2.1");
}

static void
answer(uint64_t id, enum provider_verdict verdict)
{
	struct provider_answer answer = { .verdict = verdict };

	inquiry_on_answer(inquiry, id, &answer);
}

/* Until n results are there in all. */
static void
await(size_t n)
{
	awaited = n;
	while (nresults < n)
		ck_assert_int_eq(event_base_loop(base, EVLOOP_ONCE), 0);
}

static const struct {
	enum provider_verdict said;
	enum credential_verdict verdict;
	enum outage_credentials outage;
} answers[] = {
	{ PROVIDER_OK, CREDENTIAL_VALID, OUTAGE_UNSAID },
	{ PROVIDER_WRONG, CREDENTIAL_INVALID, OUTAGE_UNSAID },
	{ PROVIDER_NOT_NOW, CREDENTIAL_UNANSWERED, OUTAGE_UNSAID },
	{ PROVIDER_NOT_NOW, CREDENTIAL_OUTAGE_BLOCK, OUTAGE_BLOCK },
	{ PROVIDER_NOT_NOW, CREDENTIAL_OUTAGE_PASS, OUTAGE_PASS },
	{ PROVIDER_LOCKED, CREDENTIAL_UNANSWERED, OUTAGE_UNSAID },
	{ PROVIDER_SPENT, CREDENTIAL_UNANSWERED, OUTAGE_UNSAID },
};

START_TEST(test_answers)
{
	ask(11, "Summer2026!");
	ck_assert_uint_eq(nstarted, 1);
	inquiry_on_answer(inquiry, started[0],
	    &(struct provider_answer){
		.verdict = answers[_i].said, .outage = answers[_i].outage });
	ck_assert_uint_eq(nresults, 0); /* not from inside */
	await(1);
	ck_assert_uint_eq(results[0].peer, 7);
	ck_assert_uint_eq(results[0].id, 11);
	ck_assert_int_eq(results[0].verdict, answers[_i].verdict);
	ck_assert_uint_eq(inquiry_under_way(inquiry), 0);
}
END_TEST

START_TEST(test_unasked)
{
	char longer[600];

	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	ask(1, longer);
	ask_for(2, "j:doe", "Summer2026!", "192.0.2.1");
	busy = true;
	ask(3, "Summer2026!");
	await(3);
	for (size_t i = 0; i < 3; i++) /* in any order */
		ck_assert_int_eq(results[i].verdict,
		    results[i].id == 3 ? CREDENTIAL_UNANSWERED
				       : CREDENTIAL_INVALID);
	ck_assert_uint_eq(nstarted, 0);
	/* who wasn't asked about counts for nothing */
	busy = false;
	for (int i = 0; i < FAILURES; i++) {
		char value[] = "value 0";

		value[6] = (char)('0' + i);
		ask(10, value);
	}
	ck_assert_uint_eq(nstarted, FAILURES);
}
END_TEST

START_TEST(test_joined)
{
	ask(1, "Summer2026!");
	ask(2, "Summer2026!");
	ask_for(3, "asmith", "Summer2026!", "192.0.2.1");
	ck_assert_uint_eq(nstarted, 2);
	answer(started[0], PROVIDER_OK);
	await(2);
	ck_assert_uint_eq(results[0].id, 1);
	ck_assert_uint_eq(results[1].id, 2);
	ck_assert_uint_eq(inquiry_under_way(inquiry), 1);
}
END_TEST

/* Neither asked nor counted again, until passwords may have changed. */
START_TEST(test_remembers_wrong)
{
	for (int i = 0; i < 2 * FAILURES; i++) {
		ask(1, "Summer2026!");
		if (i == 0)
			answer(started[0], PROVIDER_WRONG);
		await((size_t)i + 1);
		ck_assert_int_eq(results[i].verdict, CREDENTIAL_INVALID);
	}
	ck_assert_uint_eq(nstarted, 1);
	inquiry_forget(inquiry);
	ask(1, "Summer2026!");
	ck_assert_uint_eq(nstarted, 2);
}
END_TEST

/* An answer about the password before it was changed isn't kept. */
START_TEST(test_changed_meanwhile)
{
	ask(1, "Summer2026!");
	inquiry_forget(inquiry);
	answer(started[0], PROVIDER_WRONG);
	await(1);
	ask(2, "Summer2026!");
	ck_assert_uint_eq(nstarted, 2);
	answer(started[1], PROVIDER_OK);
	await(2);
	ck_assert_int_eq(results[1].verdict, CREDENTIAL_VALID);
}
END_TEST

static void
guess(size_t number, const char *account, const char *from)
{
	char value[32];

	snprintf(value, sizeof(value), "guess %zu %s", number, from);
	ask_for(number, account, value, from);
}

START_TEST(test_account_budget)
{
	for (size_t i = 0; i < FAILURES; i++) {
		char from[] = "192.0.2.1";

		from[8] = (char)('1' + i);
		guess(i, "jdoe", from);
		answer(started[i], PROVIDER_WRONG);
	}
	await(FAILURES);
	guess(9, "jdoe", "198.51.100.1");
	await(FAILURES + 1);
	ck_assert_int_eq(results[FAILURES].verdict, CREDENTIAL_BUDGET);
	ck_assert_uint_eq(nstarted, FAILURES);
	guess(10, "asmith", "192.0.2.1"); /* somebody else's */
	ck_assert_uint_eq(nstarted, FAILURES + 1);
}
END_TEST

/* One client, many accounts; IPv6 by network. */
START_TEST(test_client_budget)
{
	const size_t most = FAILURES * BUDGETS_ADDRESS_FACTOR;

	for (size_t i = 0; i < most; i++) {
		char account[] = "a", from[] = "2001:db8::1";

		account[0] = (char)('a' + i);
		from[10] = (char)('1' + i % 9);
		guess(i, account, from);
	}
	ck_assert_uint_eq(nstarted, most);
	guess(90, "zz", "2001:db8::ffff");
	guess(91, "zz", "2001:db8:0:1::1");
	ck_assert_uint_eq(nstarted, most + 1);
	await(1);
	ck_assert_uint_eq(results[0].id, 90);
	ck_assert_int_eq(results[0].verdict, CREDENTIAL_BUDGET);
}
END_TEST

/* A right one costs nothing. */
START_TEST(test_right_is_free)
{
	for (size_t i = 0; i < 3 * FAILURES; i++) {
		ask(i, "Summer2026!");
		answer(started[i], PROVIDER_OK);
		await(i + 1);
		ck_assert_int_eq(results[i].verdict, CREDENTIAL_VALID);
	}
}
END_TEST

static uint64_t
time_to(size_t n)
{
	uint64_t from = clock_ms();

	await(n);
	return clock_ms() - from;
}

/* What is known already is said no sooner than the directory says it. */
START_TEST(test_same_time)
{
	struct timeval slow = { .tv_usec = 200000 };

	ask(1, "Summer2026!");
	event_base_loopexit(base, &slow);
	event_base_dispatch(base);
	answer(started[0], PROVIDER_WRONG);
	await(1);
	ask(2, "Summer2026!");
	ck_assert_uint_ge(time_to(2), 190);
	ck_assert_int_eq(results[1].verdict, CREDENTIAL_INVALID);
	for (size_t i = 1; i < FAILURES; i++)
		guess(i, "jdoe", "192.0.2.1");
	guess(50, "jdoe", "192.0.2.1");
	ck_assert_uint_ge(time_to(3), 190);
	ck_assert_int_eq(results[2].verdict, CREDENTIAL_BUDGET);
}
END_TEST

static const struct {
	uint64_t learned, least, most; /* ms */
} evens[] = {
	{ 0, INQUIRY_LEAST_MS - 1, 200 },
	{ 120, 119, 300 },
	{ 60000, INQUIRY_EVEN_MS - 1, INQUIRY_EVEN_MS + 300 },
};

/* Without a value nobody is asked, and nothing is spent but time. */
START_TEST(test_even)
{
	uint64_t took = UINT64_MAX;

	if (evens[_i].learned)
		inquiry_learn(inquiry, evens[_i].learned);
	/* a machine that is busy may make one of them late */
	for (size_t i = 0; i < 5 && took > evens[_i].most; i++) {
		ask_for(i, "", "", "192.0.2.1");
		ck_assert_uint_eq(nresults, i);
		took = time_to(i + 1);
		ck_assert_uint_ge(took, evens[_i].least);
		ck_assert_int_eq(results[i].verdict, CREDENTIAL_INVALID);
	}
	ck_assert_uint_le(took, evens[_i].most);
	ck_assert_uint_eq(nstarted, 0);
}
END_TEST

/* They leave the others their room. */
START_TEST(test_even_many)
{
	for (uint64_t i = 0; i < INQUIRIES_MAX; i++)
		ask_for(i, "", "", "192.0.2.1");
	inquiry_forget_peer(inquiry, 7);
	ask(9999, "Summer2026!");
	ck_assert_uint_eq(nstarted, 1);
	answer(started[0], PROVIDER_OK);
	await(1);
	ck_assert_int_eq(results[0].verdict, CREDENTIAL_VALID);
	ck_assert_uint_eq(results[0].id, 9999);
}
END_TEST

START_TEST(test_forgets_peers)
{
	ask(1, "Summer2026!");
	inquiry_forget_peer(inquiry, 7);
	answer(started[0], PROVIDER_OK);
	ask(2, "Winter2026!");
	answer(started[1], PROVIDER_OK);
	await(1);
	ck_assert_uint_eq(nresults, 1);
	ck_assert_uint_eq(results[0].id, 2);
}
END_TEST

Suite *
suite_inquiry(void)
{
	Suite *suite = suite_create("inquiry");
	TCase *tcase = tcase_create("inquiry");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 30);
	tcase_add_loop_test(tcase, test_answers, 0, COUNT(answers));
	tcase_add_test(tcase, test_unasked);
	tcase_add_test(tcase, test_joined);
	tcase_add_test(tcase, test_remembers_wrong);
	tcase_add_test(tcase, test_changed_meanwhile);
	tcase_add_test(tcase, test_account_budget);
	tcase_add_test(tcase, test_client_budget);
	tcase_add_test(tcase, test_right_is_free);
	tcase_add_test(tcase, test_same_time);
	tcase_add_loop_test(tcase, test_even, 0, COUNT(evens));
	tcase_add_test(tcase, test_even_many);
	tcase_add_test(tcase, test_forgets_peers);
	suite_add_tcase(suite, tcase);
	return suite;
}
