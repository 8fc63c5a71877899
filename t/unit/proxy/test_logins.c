#include "suites.h"

#include <unistd.h>

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
	logins_forget(logins);
	ck_assert_ptr_null(logins_get(logins, SLICE("Basic YQ==")));
	account_unref(account);
	logins_free(logins);
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

	tcase_add_test(tc, account_takes_groups_apart);
	tcase_add_test(tc, remembers_this_value_only);
	tcase_add_test(tc, forgets_in_time);
	tcase_add_test(tc, the_oldest_leaves);
	suite_add_tcase(suite, tc);
	return suite;
}
