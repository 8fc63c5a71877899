/*
 * Three providers that answer when the test says so.
 */
#include "directory/several.h"

#include <stdio.h>
#include <string.h>

#include "suites.h"

#define PARTS 3

static struct several *several;
static struct {
	uint64_t asked, cancelled;
	bool busy, owner;
} parts[PARTS];
static unsigned answers;
static enum provider_verdict verdict;
static enum outage_credentials outage;
static char account[20];

static void
on_answer(uint64_t id, const struct provider_answer *answer, void *arg)
{
	answers++;
	verdict = answer->verdict;
	outage = answer->outage;
	snprintf(account, sizeof(account), "%.*s", SLICE_ARG(answer->account));
}

static int
start(void *self, uint64_t id, struct slice name, struct slice password,
    const struct addr *client)
{
	size_t at = (size_t)(uintptr_t)self;

	if (parts[at].busy)
		return -1;
	parts[at].asked = id;
	return 0;
}

static int
find(void *self, uint64_t id, struct slice name)
{
	return start(self, id, name, SLICE_EMPTY, NULL);
}

static void
cancel(void *self, uint64_t id)
{
	parts[(size_t)(uintptr_t)self].cancelled = id;
}

static bool
owns(const void *self, struct slice name)
{
	return parts[(size_t)(uintptr_t)self].owner;
}

static void
status(const void *self, struct json *json)
{
}

static const struct provider_ops ops = {
	.name = "fake",
	.start = start,
	.cancel = cancel,
	.find = find,
	.owns = owns,
	.status = status,
};

static void
setup(void)
{
	memset(parts, 0, sizeof(parts));
	answers = 0;
	several = several_new(on_answer, NULL);
	for (unsigned i = 0; i < PARTS; i++)
		several_set(several, i,
		    (struct provider){ &ops, (void *)(uintptr_t)i });
}

static void
teardown(void)
{
	several_free(several);
}

static int
ask(uint64_t id)
{
	struct provider face = several_face(several);

	return face.ops->start(
	    face.self, id, SLICE("alice"), SLICE("secret"), NULL);
}

static void
answer(unsigned part, uint64_t id, enum provider_verdict what)
{
	struct provider_answer out = { .verdict = what,
		.account = SLICE("Alice") };

	several_on_answer(id, &out, several_part(several, part));
}

static const struct {
	enum provider_verdict v[PARTS], want;
} cases[] = {
	{ { PROVIDER_WRONG, PROVIDER_WRONG, PROVIDER_WRONG }, PROVIDER_WRONG },
	{ { PROVIDER_WRONG, PROVIDER_NOT_NOW, PROVIDER_WRONG },
	    PROVIDER_NOT_NOW },
	{ { PROVIDER_NOT_NOW, PROVIDER_WRONG, PROVIDER_LOCKED },
	    PROVIDER_LOCKED },
	{ { PROVIDER_EXPIRED, PROVIDER_WRONG, PROVIDER_NOT_NOW },
	    PROVIDER_EXPIRED },
	{ { PROVIDER_SPENT, PROVIDER_WRONG, PROVIDER_NOT_NOW },
	    PROVIDER_SPENT },
	{ { PROVIDER_WRONG, PROVIDER_WRONG, PROVIDER_OK }, PROVIDER_OK },
};

START_TEST(all_together)
{
	ck_assert_int_eq(ask(7), 0);
	for (unsigned i = 0; i < PARTS; i++) {
		ck_assert_uint_eq(parts[i].asked, 7);
		ck_assert_uint_eq(answers, 0);
		answer(i, 7, cases[_i].v[i]);
	}
	ck_assert_uint_eq(answers, 1);
	ck_assert_int_eq(verdict, cases[_i].want);
}
END_TEST

static const struct {
	enum outage_credentials v[PARTS];
	bool silent[PARTS];
	enum outage_credentials want;
} outages[] = {
	{ { OUTAGE_PASS, OUTAGE_PASS, OUTAGE_PASS }, { true, true, true },
	    OUTAGE_PASS },
	{ { OUTAGE_PASS, OUTAGE_UNSAID, OUTAGE_PASS }, { true, true, true },
	    OUTAGE_UNSAID },
	{ { OUTAGE_BLOCK, OUTAGE_UNSAID, OUTAGE_PASS }, { true, true, true },
	    OUTAGE_BLOCK },
	{ { OUTAGE_PASS, OUTAGE_UNSAID, OUTAGE_BLOCK }, { true, true, true },
	    OUTAGE_BLOCK },
	/* who can tell isn't counted */
	{ { OUTAGE_PASS, OUTAGE_BLOCK, OUTAGE_BLOCK }, { true, false, false },
	    OUTAGE_PASS },
	{ { OUTAGE_BLOCK, OUTAGE_PASS, OUTAGE_BLOCK }, { false, true, false },
	    OUTAGE_PASS },
};

START_TEST(the_strictest_word)
{
	ck_assert_int_eq(ask(7), 0);
	for (unsigned i = 0; i < PARTS; i++) {
		struct provider_answer out = {
			.verdict = outages[_i].silent[i] ? PROVIDER_NOT_NOW
							 : PROVIDER_WRONG,
			.outage = outages[_i].v[i],
		};

		several_on_answer(7, &out, several_part(several, i));
	}
	ck_assert_int_eq(verdict, PROVIDER_NOT_NOW);
	ck_assert_int_eq(outage, outages[_i].want);
}
END_TEST

/* A part that takes no question says nothing of outages. */
START_TEST(a_busy_part)
{
	struct provider_answer out = { .verdict = PROVIDER_WRONG };

	parts[1].busy = true;
	ck_assert_int_eq(ask(7), 0);
	several_on_answer(7, &out, several_part(several, 0));
	out.verdict = PROVIDER_NOT_NOW;
	out.outage = OUTAGE_PASS;
	several_on_answer(7, &out, several_part(several, 2));
	ck_assert_int_eq(verdict, PROVIDER_NOT_NOW);
	ck_assert_int_eq(outage, OUTAGE_UNSAID);
}
END_TEST

START_TEST(a_yes_waits_for_nobody)
{
	ck_assert_int_eq(ask(8), 0);
	answer(1, 8, PROVIDER_OK);
	ck_assert_uint_eq(answers, 1);
	ck_assert_str_eq(account, "Alice");
	ck_assert_uint_eq(parts[0].cancelled, 8);
	ck_assert_uint_eq(parts[1].cancelled, 0);
	ck_assert_uint_eq(parts[2].cancelled, 8);
	answer(0, 8, PROVIDER_OK);
	ck_assert_uint_eq(answers, 1);
}
END_TEST

START_TEST(an_owner_is_asked_alone)
{
	parts[1].owner = true;
	ck_assert_int_eq(ask(9), 0);
	ck_assert_uint_eq(parts[0].asked, 0);
	ck_assert_uint_eq(parts[2].asked, 0);
	answer(1, 9, PROVIDER_WRONG);
	ck_assert_int_eq(verdict, PROVIDER_WRONG);
}
END_TEST

START_TEST(too_busy)
{
	parts[0].busy = parts[1].busy = true;
	ck_assert_int_eq(ask(10), 0);
	answer(2, 10, PROVIDER_WRONG);
	/* whoever was too busy might have known */
	ck_assert_int_eq(verdict, PROVIDER_NOT_NOW);
	parts[2].busy = true;
	ck_assert_int_eq(ask(11), -1);
}
END_TEST

START_TEST(cancelled)
{
	struct provider face = several_face(several);

	ck_assert_int_eq(ask(12), 0);
	face.ops->cancel(face.self, 12);
	for (unsigned i = 0; i < PARTS; i++)
		ck_assert_uint_eq(parts[i].cancelled, 12);
	answer(0, 12, PROVIDER_OK);
	ck_assert_uint_eq(answers, 0);
}
END_TEST

Suite *
suite_several(void)
{
	Suite *suite = suite_create("several");
	TCase *tcase = tcase_create("several");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, all_together, 0, COUNT(cases));
	tcase_add_loop_test(tcase, the_strictest_word, 0, COUNT(outages));
	tcase_add_test(tcase, a_busy_part);
	tcase_add_test(tcase, a_yes_waits_for_nobody);
	tcase_add_test(tcase, an_owner_is_asked_alone);
	tcase_add_test(tcase, too_busy);
	tcase_add_test(tcase, cancelled);
	suite_add_tcase(suite, tcase);
	return suite;
}
