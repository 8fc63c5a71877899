/*
 * budgets: what an account and an address may spend, and what comes back.
 */
#include "directory/budgets.h"

#include <stdio.h>

#include "suites.h"

#define FAILURES 3

static struct budgets *budgets;

static void
setup(void)
{
	budgets = budgets_new();
	budgets_set_failures(budgets, FAILURES);
}

static void
teardown(void)
{
	budgets_free(budgets);
}

static struct addr
addr_of(const char *text)
{
	struct addr addr;

	ck_assert_int_eq(addr_parse(slice_of(text), &addr), 0);
	return addr;
}

static int
spend(const char *account, const char *from)
{
	struct addr client = addr_of(from);

	return budgets_spend(budgets, slice_of(account), &client);
}

static void
give_back(const char *account, const char *from)
{
	struct addr client = addr_of(from);

	budgets_give_back(budgets, slice_of(account), &client);
}

START_TEST(one_until_it_is_set)
{
	struct budgets *fresh = budgets_new();
	struct addr client = addr_of("192.0.2.1");

	ck_assert_int_eq(budgets_spend(fresh, SLICE("ann"), &client), 0);
	ck_assert_int_eq(budgets_spend(fresh, SLICE("ann"), &client), -1);
	budgets_free(fresh);
}
END_TEST

START_TEST(an_account_has_its_own)
{
	for (int i = 0; i < FAILURES; i++)
		ck_assert_int_eq(spend("ann", "192.0.2.1"), 0);
	ck_assert_int_eq(spend("ann", "192.0.2.1"), -1);
	ck_assert_int_eq(spend("ann", "198.51.100.1"), -1);
	ck_assert_int_eq(spend("bob", "192.0.2.1"), 0);
}
END_TEST

START_TEST(what_comes_back_can_be_spent_again)
{
	for (int i = 0; i < FAILURES; i++)
		ck_assert_int_eq(spend("ann", "192.0.2.1"), 0);
	give_back("ann", "192.0.2.1");
	ck_assert_int_eq(spend("ann", "192.0.2.1"), 0);
	ck_assert_int_eq(spend("ann", "192.0.2.1"), -1);
	/* never more than there was */
	give_back("carl", "192.0.2.2");
	for (int i = 0; i < FAILURES; i++)
		ck_assert_int_eq(spend("carl", "192.0.2.2"), 0);
	ck_assert_int_eq(spend("carl", "192.0.2.2"), -1);
}
END_TEST

static const struct {
	const char *spender, *other;
	int rc; /* of the other, when the spender's address has nothing left */
} holders[] = {
	{ "192.0.2.1", "192.0.2.1", -1 },
	{ "192.0.2.1", "::ffff:192.0.2.1", -1 },
	{ "192.0.2.1", "192.0.2.2", 0 },
	{ "2001:db8::1", "2001:db8::2", -1 },
	{ "2001:db8::1", "2001:db8:0:1::1", 0 },
};

START_TEST(an_address_has_its_own)
{
	char name[32];

	for (int i = 0; i < FAILURES * BUDGETS_ADDRESS_FACTOR; i++) {
		snprintf(name, sizeof(name), "person%d", i);
		ck_assert_int_eq(spend(name, holders[_i].spender), 0);
	}
	ck_assert_int_eq(spend("ann", holders[_i].other), holders[_i].rc);
}
END_TEST

/* Else an address without a budget would use up the accounts'. */
START_TEST(a_refused_address_costs_the_account_nothing)
{
	char name[32];

	for (int i = 0; i < FAILURES * BUDGETS_ADDRESS_FACTOR; i++) {
		snprintf(name, sizeof(name), "person%d", i);
		ck_assert_int_eq(spend(name, "192.0.2.1"), 0);
	}
	for (int i = 0; i < FAILURES + 1; i++)
		ck_assert_int_eq(spend("ann", "192.0.2.1"), -1);
	ck_assert_int_eq(spend("ann", "192.0.2.2"), 0);
}
END_TEST

Suite *
suite_budgets(void)
{
	Suite *suite = suite_create("budgets");
	TCase *tcase = tcase_create("budgets");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, one_until_it_is_set);
	tcase_add_test(tcase, an_account_has_its_own);
	tcase_add_test(tcase, what_comes_back_can_be_spent_again);
	tcase_add_loop_test(tcase, an_address_has_its_own, 0, COUNT(holders));
	tcase_add_test(tcase, a_refused_address_costs_the_account_nothing);
	suite_add_tcase(suite, tcase);
	return suite;
}
