#include "suites.h"

#include <stdio.h>
#include <unistd.h>

#include "proxy/client.h"
#include "proxy/logins.h"

static struct account *
make(const char *name)
{
	return account_new(slice_of(name), 7, 9, SLICE("staff\nadmins\n"));
}

START_TEST(account_takes_groups_apart)
{
	struct account *account = make("alice");

	ck_assert_uint_eq(account->ngroups, 2);
	ck_assert(slice_eq_str(account->groups[0], "staff"));
	ck_assert(slice_eq_str(account->groups[1], "admins"));
	account_unref(account);
}
END_TEST

START_TEST(remembers_this_value_only)
{
	struct logins *logins = logins_new(8);
	struct account *account = make("alice");

	logins_remember(logins, SLICE("Basic YQ=="), account, 60000);
	ck_assert_ptr_eq(logins_get(logins, SLICE("Basic YQ==")), account);
	ck_assert_ptr_null(logins_get(logins, SLICE("Basic YQ=")));
	ck_assert_ptr_null(logins_get(logins, SLICE_EMPTY));
	logins_spread(logins, 0, 0);
	ck_assert_ptr_null(logins_get(logins, SLICE("Basic YQ==")));
	account_unref(account);
	logins_free(logins);
}
END_TEST

#define MANY 64

static unsigned
count_known(struct logins *logins)
{
	unsigned n = 0;
	char value[16];

	for (unsigned i = 0; i < MANY; i++) {
		snprintf(value, sizeof(value), "%u", i);
		n += logins_get(logins, slice_of(value)) != NULL;
	}
	return n;
}

/* Half of them a source's that has changed. */
START_TEST(spreads_what_a_source_said)
{
	struct logins *logins = logins_new(MANY);
	struct account *two[2] = { make("alice"), make("bob") };
	char value[16];
	unsigned n;

	two[0]->source = 5;
	two[1]->source = 6;
	for (unsigned i = 0; i < MANY; i++) {
		snprintf(value, sizeof(value), "%u", i);
		logins_remember(logins, slice_of(value), two[i % 2], 60000);
	}
	logins_spread(logins, 5, 4000);
	logins_spread(logins, 7, 0);
	logins_limit(logins, 120000);
	n = count_known(logins);
	ck_assert_uint_gt(n, MANY / 2);
	usleep(1500 * 1000);
	ck_assert_uint_lt(count_known(logins), n);
	ck_assert_uint_gt(count_known(logins), MANY / 2);
	usleep(2600 * 1000);
	ck_assert_uint_eq(count_known(logins), MANY / 2);
	logins_limit(logins, 0);
	ck_assert_uint_eq(count_known(logins), 0);
	account_unref(two[0]);
	account_unref(two[1]);
	logins_free(logins);
}
END_TEST

START_TEST(forgets_accounts_by_any_spelling)
{
	struct account *account = make("Alice"), *other = make("bob");
	struct client client = { .account = account };
	struct worker worker = { .logins = logins_new(8) };

	TAILQ_INIT(&worker.clients);
	TAILQ_INSERT_TAIL(&worker.clients, &client, next);
	logins_remember(worker.logins, SLICE("1"), account, 60000);
	logins_remember(worker.logins, SLICE("2"), other, 60000);
	logins_forget_accounts(&worker, SLICE("carol\nALICE\n"), false);
	ck_assert_ptr_null(logins_get(worker.logins, SLICE("1")));
	ck_assert_ptr_eq(logins_get(worker.logins, SLICE("2")), other);
	ck_assert(!account->gone);
	logins_forget_accounts(&worker, SLICE("alice\n"), true);
	ck_assert(account->gone);
	ck_assert(!other->gone);
	account_unref(account);
	account_unref(other);
	logins_free(worker.logins);
}
END_TEST

START_TEST(forgets_in_time)
{
	struct logins *logins = logins_new(8);
	struct account *account = make("alice");

	logins_remember(logins, SLICE("short"), account, 1);
	logins_remember(logins, SLICE("never"), account, 0);
	usleep(5000);
	ck_assert_ptr_null(logins_get(logins, SLICE("short")));
	ck_assert_ptr_null(logins_get(logins, SLICE("never")));
	account_unref(account);
	logins_free(logins);
}
END_TEST

START_TEST(the_oldest_leaves)
{
	struct logins *logins = logins_new(2);
	struct account *account = make("alice");

	logins_remember(logins, SLICE("1"), account, 60000);
	logins_remember(logins, SLICE("2"), account, 60000);
	logins_remember(logins, SLICE("3"), account, 60000);
	ck_assert_ptr_null(logins_get(logins, SLICE("1")));
	ck_assert_ptr_eq(logins_get(logins, SLICE("3")), account);
	account_unref(account);
	logins_free(logins);
}
END_TEST

Suite *
suite_logins(void)
{
	Suite *suite = suite_create("logins");
	TCase *tc = tcase_create("logins");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, account_takes_groups_apart);
	tcase_add_test(tc, remembers_this_value_only);
	tcase_add_test(tc, spreads_what_a_source_said);
	tcase_add_test(tc, forgets_accounts_by_any_spelling);
	tcase_add_test(tc, forgets_in_time);
	tcase_add_test(tc, the_oldest_leaves);
	suite_add_tcase(suite, tc);
	return suite;
}
