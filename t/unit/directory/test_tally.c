/*
 * tally: which counter an answer goes to, and what it is to the throttle.
 */
#include "directory/tally.h"

#include <stddef.h>

#include "suites.h"

static const struct {
	enum login_verdict verdict;
	enum attempt attempt;
	struct tally counted;
} rows[] = {
	{ LOGIN_OK, ATTEMPT_OK, { .ok = 1 } },
	{ LOGIN_WRONG, ATTEMPT_WRONG, { .wrong = 1 } },
	{ LOGIN_SLOWED, ATTEMPT_UNKNOWN, { .slowed = 1 } },
	{ LOGIN_NO_DIRECTORY, ATTEMPT_UNKNOWN, { .not_now = 1 } },
	{ LOGIN_EXPIRED, ATTEMPT_UNKNOWN, { .barred = 1 } },
	{ LOGIN_MUST_CHANGE, ATTEMPT_UNKNOWN, { .barred = 1 } },
	{ LOGIN_LOCKED, ATTEMPT_UNKNOWN, { .barred = 1 } },
	{ LOGIN_DISABLED, ATTEMPT_UNKNOWN, { .barred = 1 } },
	{ LOGIN_HOURS, ATTEMPT_UNKNOWN, { .barred = 1 } },
	{ LOGIN_CONTINUE, ATTEMPT_UNKNOWN, { .ok = 0 } },
	{ LOGIN_TICKET, ATTEMPT_UNKNOWN, { .wrong = 1 } },
	{ LOGIN_REALM, ATTEMPT_UNKNOWN, { .wrong = 1 } },
	{ LOGIN_NTLM, ATTEMPT_UNKNOWN, { .wrong = 1 } },
};

START_TEST(counting)
{
	struct tally tally = { 0 };

	ck_assert_int_eq(
	    tally_count(&tally, rows[_i].verdict), rows[_i].attempt);
	ck_assert_mem_eq(
	    &tally, &rows[_i].counted, offsetof(struct tally, failed_lines));
}
END_TEST

Suite *
suite_tally(void)
{
	Suite *suite = suite_create("tally");
	TCase *tcase = tcase_create("tally");

	tcase_add_loop_test(tcase, counting, 0, COUNT(rows));
	suite_add_tcase(suite, tcase);
	return suite;
}
