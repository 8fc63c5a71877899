#include "ipc/pending.h"

#include "suites.h"

struct asker {
	struct pending *pending;
	unsigned answers, failures;
	uint64_t saw; /* the generation that the answer carried */
	bool again;   /* ask anew from within */
};

static struct event_base *base;
static struct pending *pending;

static void
setup(void)
{
	base = event_base_new();
	pending = pending_new(base, 3);
}

static void
teardown(void)
{
	pending_free(pending);
	event_base_free(base);
}

static void
on_answer(const union msg_body *body, void *arg)
{
	struct asker *asker = arg;

	if (body) {
		asker->answers++;
		asker->saw = body->ready.generation;
	} else {
		asker->failures++;
	}
	if (asker->again) {
		asker->again = false;
		ck_assert_uint_ne(pending_add(asker->pending, ROLE_SIGNER, 1000,
				      on_answer, asker),
		    0);
	}
}

static const union msg_body answer = { .ready = { .generation = 7 } };

START_TEST(an_answer_is_given_once)
{
	struct asker asker = { .pending = pending };
	uint64_t id = pending_add(
	    pending, ROLE_SIGNER, 1000, on_answer, &asker);

	ck_assert_uint_ne(id, 0);
	pending_answer(pending, id + 1, &answer); /* nobody asked */
	ck_assert_uint_eq(asker.answers, 0);
	pending_answer(pending, id, &answer);
	pending_answer(pending, id, &answer);
	ck_assert_uint_eq(asker.answers, 1);
	ck_assert_uint_eq(asker.saw, 7);
	ck_assert_uint_eq(pending_count(pending), 0);
}
END_TEST

START_TEST(a_deadline_fails_the_question)
{
	struct asker slow = { .pending = pending };
	struct asker quick = { .pending = pending };
	uint64_t id = pending_add(pending, ROLE_SIGNER, 10, on_answer, &slow);

	pending_add(pending, ROLE_SIGNER, 60000, on_answer, &quick);
	event_base_loop(base, EVLOOP_ONCE);
	ck_assert_uint_eq(slow.failures, 1);
	ck_assert_uint_eq(quick.failures, 0);
	pending_answer(pending, id, &answer); /* too late */
	ck_assert_uint_eq(slow.answers, 0);
	ck_assert_uint_eq(pending_count(pending), 1);
}
END_TEST

START_TEST(a_cancelled_question_is_forgotten)
{
	struct asker asker = { .pending = pending };
	uint64_t id = pending_add(pending, ROLE_SIGNER, 10, on_answer, &asker);

	pending_cancel(pending, id);
	pending_cancel(pending, id);
	pending_cancel(pending, 0);
	pending_answer(pending, id, &answer);
	event_base_loop(base, 0); /* returns: no timer is left */
	ck_assert_uint_eq(asker.answers + asker.failures, 0);
}
END_TEST

START_TEST(there_is_a_maximum)
{
	struct asker asker = { .pending = pending };
	uint64_t first = pending_add(
	    pending, ROLE_SIGNER, 1000, on_answer, &asker);

	ck_assert_uint_ne(
	    pending_add(pending, ROLE_SIGNER, 1000, on_answer, &asker), 0);
	ck_assert_uint_ne(
	    pending_add(pending, ROLE_SIGNER, 1000, on_answer, &asker), 0);
	ck_assert_uint_eq(
	    pending_add(pending, ROLE_SIGNER, 1000, on_answer, &asker), 0);
	pending_cancel(pending, first);
	ck_assert_uint_gt(
	    pending_add(pending, ROLE_SIGNER, 1000, on_answer, &asker), first);
}
END_TEST

START_TEST(all_of_a_peer_fail_but_those_asked_meanwhile)
{
	struct asker asker = { .pending = pending, .again = true };
	struct asker other = { .pending = pending };

	pending_add(pending, ROLE_SIGNER, 1000, on_answer, &asker);
	pending_add(pending, ROLE_DIRECTORY, 1000, on_answer, &other);
	pending_fail(pending, ROLE_SIGNER);
	ck_assert_uint_eq(asker.failures, 1);
	ck_assert_uint_eq(other.failures, 0);
	ck_assert_uint_eq(pending_count(pending), 2);
}
END_TEST

Suite *
suite_pending(void)
{
	Suite *suite = suite_create("pending");
	TCase *tcase = tcase_create("pending");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, an_answer_is_given_once);
	tcase_add_test(tcase, a_deadline_fails_the_question);
	tcase_add_test(tcase, a_cancelled_question_is_forgotten);
	tcase_add_test(tcase, there_is_a_maximum);
	tcase_add_test(tcase, all_of_a_peer_fail_but_those_asked_meanwhile);
	suite_add_tcase(suite, tcase);
	return suite;
}
