/*
 * The account file as a provider: what becomes of a check whose account, or
 * whose file, is gone before the hash is known.
 */
#include "directory/file.h"

#include "suites.h"

static struct event_base *base;
static struct file *file;
static unsigned answers;
static enum provider_verdict verdict;

static void
on_answer(uint64_t id, const struct provider_answer *answer, void *arg)
{
	ck_assert_uint_eq(id, 7);
	answers++;
	verdict = answer->verdict;
	event_base_loopbreak(base);
}

static struct accounts *
accounts_of(const char *text)
{
	char why[ACCOUNTS_WHY_SIZE];
	struct accounts *accounts = accounts_parse(slice_of(text), why);

	ck_assert_ptr_nonnull(accounts);
	return accounts;
}

static const char both[] = "jdoe:" BCRYPT_SECRET "\nroe:" BCRYPT_SECRET "\n";
static const char other[] = "roe:" BCRYPT_SECRET "\n";

static const struct {
	const char *then; /* the accounts in force at the answer; NULL: none */
	enum provider_verdict verdict;
} rows[] = {
	{ both, PROVIDER_OK },
	{ other, PROVIDER_WRONG },
	{ NULL, PROVIDER_WRONG },
};

START_TEST(test_changed_meanwhile)
{
	struct provider provider;

	base = event_base_new();
	file = file_new(base, 1, on_answer, NULL);
	provider = file_provider(file);
	file_set_accounts(file, accounts_of(both));
	answers = 0;
	ck_assert_int_eq(provider.ops->start(provider.self, 7, SLICE("jdoe"),
			     SLICE("secret"), NULL),
	    0);
	file_set_accounts(
	    file, rows[_i].then ? accounts_of(rows[_i].then) : NULL);
	event_base_dispatch(base);
	ck_assert_uint_eq(answers, 1);
	ck_assert_int_eq(verdict, rows[_i].verdict);
	file_free(file);
	event_base_free(base);
}
END_TEST

Suite *
suite_file(void)
{
	Suite *suite = suite_create("file");
	TCase *tc = tcase_create("file");

	tcase_add_loop_test(tc, test_changed_meanwhile, 0, COUNT(rows));
	suite_add_tcase(suite, tc);
	return suite;
}
