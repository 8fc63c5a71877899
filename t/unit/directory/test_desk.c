/*
 * Logins over a provider that answers when the test says so, and over a
 * real account file.
 */
#include "directory/desk.h"

#include <stdio.h>
#include <string.h>

#include "directory/file.h"
#include "suites.h"

#define RESULTS 1100

static struct desk *desk;
static struct event_base *base;
static struct file *file;

static struct {
	uint64_t peer, id, session;
	enum login_verdict verdict;
	uint32_t number, retry_s;
	char account[ACCOUNT_NAME_MAX + 1];
} results[RESULTS];
static size_t nresults;

static void
on_result(
    uint64_t peer, uint64_t id, const struct login_result *result, void *arg)
{
	size_t i = nresults++;

	ck_assert_uint_lt(i, RESULTS);
	results[i].peer = peer;
	results[i].id = id;
	results[i].session = result->session;
	results[i].verdict = result->verdict;
	results[i].number = result->number;
	results[i].retry_s = result->retry_s;
	snprintf(results[i].account, sizeof(results[i].account), "%.*s",
	    SLICE_ARG(result->account));
	if (base)
		event_base_loopbreak(base);
}

/* The provider: remembers ids, refuses when told to. */
static uint64_t started[RESULTS];
static size_t nstarted;
static bool busy;

static int
start(void *self, uint64_t id, struct slice account, struct slice password,
    const struct addr *client)
{
	ck_assert_uint_gt(password.n, 0);
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
	json_bool(json, "fake", true);
}

static const struct provider_ops fake = {
	.name = "fake",
	.start = start,
	.cancel = cancel,
	.status = status,
};

static void
setup(void)
{
	base = NULL;
	nresults = nstarted = 0;
	busy = false;
	desk = desk_new(on_result, &nresults);
	desk_set_provider(desk, (struct provider){ &fake, NULL });
	desk_set_limits(desk, 3, 4000);
}

static void
teardown(void)
{
	desk_free(desk);
}

static void
ask_from(
    uint64_t id, struct slice account, struct slice password, const char *from)
{
	struct addr client;

	ck_assert_int_eq(addr_parse(slice_of(from), &client), 0);
	desk_ask(desk, 7, id, &client, account, password);
}

static void
ask(uint64_t id, const char *account, const char *password)
{
	ask_from(id, slice_of(account), slice_of(password), "192.0.2.1");
}

static void
answer(uint64_t id, enum provider_verdict verdict, const char *account)
{
	struct provider_answer a = { .verdict = verdict,
		.account = slice_of(account) };

	desk_on_answer(id, &a, desk);
}

START_TEST(test_right)
{
	ask(5, "ALICE", "secret");
	ck_assert_uint_eq(nresults, 0);
	ck_assert_uint_eq(desk_under_way(desk), 1);
	answer(started[0], PROVIDER_OK, "Alice");
	ck_assert_uint_eq(nresults, 1);
	ck_assert_uint_eq(results[0].peer, 7);
	ck_assert_uint_eq(results[0].id, 5);
	ck_assert_int_eq(results[0].verdict, LOGIN_OK);
	ck_assert_str_eq(results[0].account, "Alice");
	ck_assert_uint_ne(results[0].session, 0);
	ck_assert_uint_ne(results[0].number, 0);
	ck_assert_uint_eq(desk_under_way(desk), 0);
	/* once more: another session, the same number */
	ask(6, "alice", "secret");
	answer(started[1], PROVIDER_OK, "Alice");
	ck_assert_uint_ne(results[1].session, results[0].session);
	ck_assert_uint_eq(results[1].number, results[0].number);
	/* a late answer finds nothing */
	answer(started[1], PROVIDER_OK, "Alice");
	ck_assert_uint_eq(nresults, 2);
}
END_TEST

static const struct {
	enum provider_verdict verdict;
	enum login_verdict result;
	uint32_t retry_s;
} verdicts[] = {
	{ PROVIDER_WRONG, LOGIN_WRONG, 0 },
	{ PROVIDER_NOT_NOW, LOGIN_NO_DIRECTORY, 2 },
};

START_TEST(test_not_right)
{
	ask(5, "alice", "secret");
	answer(started[0], verdicts[_i].verdict, NULL);
	ck_assert_int_eq(results[0].verdict, verdicts[_i].result);
	ck_assert_uint_eq(results[0].retry_s, verdicts[_i].retry_s);
	ck_assert_uint_eq(results[0].session, 0);
	ck_assert_uint_eq(results[0].number, 0);
	ck_assert_str_eq(results[0].account, "");
}
END_TEST

START_TEST(test_slowed)
{
	for (uint64_t i = 0; i < 4; i++) {
		ask(i, "alice", i % 2 ? "one" : "two");
		answer(started[i], PROVIDER_WRONG, NULL);
	}
	ask(9, "alice", "secret");
	ck_assert_uint_eq(nstarted, 4);
	ck_assert_int_eq(results[4].verdict, LOGIN_SLOWED);
	ck_assert_uint_eq(results[4].retry_s, 1);
	ask(10, "bob", "secret");
	ck_assert_uint_eq(nstarted, 5);
}
END_TEST

START_TEST(test_the_same_at_once_is_one_check)
{
	for (uint64_t i = 0; i < 30; i++)
		ask(i, i % 2 ? "alice" : "Alice", "secret");
	ask(90, "alice", "other");
	ask_from(91, SLICE("alice"), SLICE("secret"), "192.0.2.2");
	ck_assert_uint_eq(nstarted, 3);
	answer(started[0], PROVIDER_WRONG, NULL);
	ck_assert_uint_eq(nresults, 30);
	for (size_t i = 0; i < 30; i++)
		ck_assert_uint_eq(results[i].id, i);
	/* and one failure: two more are free */
	answer(started[1], PROVIDER_WRONG, NULL);
	answer(started[2], PROVIDER_WRONG, NULL);
	ask(92, "alice", "secret");
	ck_assert_uint_eq(nstarted, 4);
}
END_TEST

START_TEST(test_each_asker_has_its_session)
{
	ask(1, "alice", "secret");
	ask(2, "alice", "secret");
	answer(started[0], PROVIDER_OK, "alice");
	ck_assert_uint_eq(nresults, 2);
	ck_assert_uint_ne(results[0].session, results[1].session);
}
END_TEST

START_TEST(test_askers_are_bounded)
{
	for (uint64_t i = 0; i < LOGIN_ASKERS_MAX + 1; i++)
		ask(i, "alice", "secret");
	ck_assert_uint_eq(nresults, 1);
	ck_assert_uint_eq(results[0].id, LOGIN_ASKERS_MAX);
	ck_assert_int_eq(results[0].verdict, LOGIN_NO_DIRECTORY);
	answer(started[0], PROVIDER_OK, "alice");
	ck_assert_uint_eq(nresults, LOGIN_ASKERS_MAX + 1);
}
END_TEST

START_TEST(test_busy)
{
	busy = true;
	ask(1, "alice", "secret");
	ck_assert_int_eq(results[0].verdict, LOGIN_NO_DIRECTORY);
	ck_assert_uint_eq(results[0].retry_s, 2);
	ck_assert_uint_eq(desk_under_way(desk), 0);
	/* and it didn't count as a failure */
	busy = false;
	for (uint64_t i = 0; i < 3; i++)
		ask(i, "alice", i == 0 ? "x" : i == 1 ? "y" : "z");
	ck_assert_uint_eq(nstarted, 3);
}
END_TEST

/* Twelve may fail from an address: so many are asked about, and the others
 * wait for their turn. */
static void
ask_people(uint64_t first, uint64_t n, const char *password)
{
	char name[16];

	for (uint64_t i = first; i < first + n; i++) {
		snprintf(name, sizeof(name), "p%d", (int)i);
		ask(i, name, password);
	}
}

START_TEST(test_turns)
{
	size_t answered = 0;

	ask_people(0, 100, "secret");
	ck_assert_uint_eq(nstarted, 12);
	ck_assert_uint_eq(nresults, 0);
	ck_assert_uint_eq(desk_under_way(desk), 100);
	ask_from(500, SLICE("x"), SLICE("secret"), "192.0.2.9");
	ck_assert_uint_eq(nstarted, 13);
	/* one that gets in makes room for two, in the order of arrival */
	answer(started[0], PROVIDER_OK, "p0");
	ck_assert_uint_eq(nstarted, 15);
	while (++answered < nstarted)
		answer(started[answered], PROVIDER_OK, "p");
	ck_assert_uint_eq(nstarted, 101);
	ck_assert_uint_eq(nresults, 101);
	for (size_t i = 0; i < nresults; i++)
		ck_assert_int_eq(results[i].verdict, LOGIN_OK);
	ck_assert_uint_eq(results[100].id, 99);
	ck_assert_uint_eq(desk_under_way(desk), 0);
}
END_TEST

/* Who only guesses gets no more room; those who waited are told how long. */
START_TEST(test_guesses_wait_in_vain)
{
	ask_people(0, 100, "guess");
	for (size_t i = 0; i < nstarted; i++)
		answer(started[i], PROVIDER_WRONG, NULL);
	ck_assert_uint_lt(nstarted, 15);
	ck_assert_uint_eq(nresults, 100);
	ck_assert_int_eq(results[99].verdict, LOGIN_SLOWED);
	ck_assert_uint_ge(results[99].retry_s, 1);
	ck_assert_uint_eq(desk_under_way(desk), 0);
}
END_TEST

/* Where nobody can tell, they all get their turn, and nothing is held
 * against the address. */
START_TEST(test_turns_while_nobody_can_tell)
{
	ask_people(0, 100, "secret");
	for (size_t i = 0; i < nstarted; i++)
		answer(started[i], PROVIDER_NOT_NOW, NULL);
	ck_assert_uint_eq(nstarted, 100);
	ck_assert_uint_eq(nresults, 100);
	ask_people(200, 100, "secret");
	busy = true;
	answer(started[100], PROVIDER_OK, "p");
	/* those who waited are refused, as a fresh one would be */
	ck_assert_uint_eq(nresults, 189);
	ck_assert_int_eq(results[188].verdict, LOGIN_NO_DIRECTORY);
	ck_assert_uint_eq(results[188].retry_s, 2);
	ck_assert_uint_eq(desk_under_way(desk), 11);
}
END_TEST

START_TEST(test_who_waits_is_joined_and_forgotten)
{
	ask_people(0, 13, "secret");
	ask(50, "p12", "secret");
	ck_assert_uint_eq(nstarted, 12);
	answer(started[0], PROVIDER_OK, "p0");
	answer(started[12], PROVIDER_OK, "p12");
	ck_assert_uint_eq(nresults, 3);
	ck_assert_uint_eq(results[1].id, 12);
	ck_assert_uint_eq(results[2].id, 50);
	ask_people(100, 20, "secret");
	ck_assert_uint_eq(nstarted, 16);
	desk_forget_peer(desk, 7);
	answer(started[1], PROVIDER_OK, "p1");
	/* nobody is asked about who waited for a worker that is gone */
	ck_assert_uint_eq(nstarted, 16);
	ck_assert_uint_eq(desk_under_way(desk), 13);
}
END_TEST

/* Of `logins` at once, one address has half. */
START_TEST(test_the_house_is_full)
{
	desk_set_limits(desk, 3, 40);
	ask_people(0, 21, "secret");
	ck_assert_uint_eq(nresults, 1);
	ck_assert_int_eq(results[0].verdict, LOGIN_NO_DIRECTORY);
	ck_assert_uint_eq(results[0].retry_s, 2);
	ask_from(90, SLICE("x"), SLICE("secret"), "192.0.2.9");
	ck_assert_uint_eq(nstarted, 13);
}
END_TEST

/* The same wrong password over and over is no guessing: others from there
 * aren't slowed. */
START_TEST(test_an_old_password_is_one_failure)
{
	char name[16];

	for (uint64_t i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "p%d", (int)i % 10);
		ask(i, name, "old");
		if (nresults <= i)
			answer(started[nstarted - 1], PROVIDER_WRONG, NULL);
	}
	ck_assert_int_eq(results[99].verdict, LOGIN_SLOWED);
	ask(200, "other", "secret");
	ck_assert_uint_eq(nresults, 100);
}
END_TEST

START_TEST(test_no_provider)
{
	desk_set_provider(desk, (struct provider){ NULL, NULL });
	ask(1, "alice", "secret");
	ck_assert_int_eq(results[0].verdict, LOGIN_NO_DIRECTORY);
}
END_TEST

START_TEST(test_forgotten_peer)
{
	ask(1, "alice", "secret");
	desk_forget_peer(desk, 7);
	ask(2, "alice", "secret"); /* joins the check that goes on */
	ck_assert_uint_eq(nstarted, 1);
	answer(started[0], PROVIDER_OK, "alice");
	ck_assert_uint_eq(nresults, 1);
	ck_assert_uint_eq(results[0].id, 2);
}
END_TEST

static char long_password[PASSWORD_MAX_LEN + 1];

static const struct {
	struct slice account, password;
} hopeless[] = {
	{ { "", 0 }, { "secret", 6 } },
	{ { "alice", 5 }, { "", 0 } },
	{ { "al\0ice", 6 }, { "secret", 6 } },
	{ { "ali:ce", 6 }, { "secret", 6 } },
	{ { "alice\n", 6 }, { "secret", 6 } },
	{ { "\xff", 1 }, { "secret", 6 } },
	{ { "alice", 5 }, { "sec\0ret", 7 } },
	{ { "alice", 5 }, { long_password, sizeof(long_password) } },
};

START_TEST(test_hopeless)
{
	memset(long_password, 'x', sizeof(long_password));
	ask_from(1, hopeless[_i].account, hopeless[_i].password, "192.0.2.1");
	ck_assert_uint_eq(nstarted, 0);
	ck_assert_uint_eq(nresults, 1);
	ck_assert_int_eq(results[0].verdict, LOGIN_WRONG);
	/* from one address, no more than others may */
	for (uint64_t i = 2; i < 50; i++)
		ask_from(i, hopeless[_i].account, hopeless[_i].password,
		    "192.0.2.1");
	ck_assert_uint_eq(nresults, 49);
	ck_assert_int_eq(results[48].verdict, LOGIN_SLOWED);
	ck_assert_uint_ge(results[48].retry_s, 1);
}
END_TEST

START_TEST(test_longest_password_is_asked)
{
	memset(long_password, 'x', sizeof(long_password));
	ask_from(1, SLICE("alice"), slice_from(long_password, PASSWORD_MAX_LEN),
	    "192.0.2.1");
	ck_assert_uint_eq(nstarted, 1);
}
END_TEST

/* --- over a file ---------------------------------------------------------- */

static void
on_answer(uint64_t id, const struct provider_answer *a, void *arg)
{
	desk_on_answer(id, a, desk);
}

static void
set_accounts(const char *text)
{
	char why[ACCOUNTS_WHY_SIZE];
	struct accounts *accounts = accounts_parse(slice_of(text), why);

	ck_assert_ptr_nonnull(accounts);
	file_set_accounts(file, accounts);
}

static void
setup_file(void)
{
	setup();
	base = event_base_new();
	file = file_new(base, 2, on_answer, NULL);
	desk_set_provider(desk, file_provider(file));
	set_accounts("Alice:" BCRYPT_SECRET "\nbob:" SHA512_SECRET "\n");
}

static void
teardown_file(void)
{
	file_free(file);
	teardown();
	event_base_free(base);
}

static const struct {
	const char *account, *password;
	enum login_verdict verdict;
	const char *canonical;
} over_file[] = {
	{ "Alice", "secret", LOGIN_OK, "Alice" },
	{ "aLICE", "secret", LOGIN_OK, "Alice" },
	{ "bob", "secret", LOGIN_OK, "bob" },
	{ "Alice", "Secret", LOGIN_WRONG, "" },
	{ "bob", "secret ", LOGIN_WRONG, "" },
	{ "carol", "secret", LOGIN_WRONG, "" }, /* the dummy's password */
};

START_TEST(test_over_file)
{
	ask(1, over_file[_i].account, over_file[_i].password);
	ck_assert_uint_eq(nresults, 0);
	event_base_dispatch(base);
	ck_assert_uint_eq(nresults, 1);
	ck_assert_int_eq(results[0].verdict, over_file[_i].verdict);
	ck_assert_str_eq(results[0].account, over_file[_i].canonical);
}
END_TEST

static const struct {
	const char *text;
	enum login_verdict verdict;
} reloads[] = {
	{ "alice:" BCRYPT_SECRET "\n", LOGIN_OK },
	{ "alice:" SHA512_SECRET "\n", LOGIN_WRONG }, /* password changed */
	{ "bob:" BCRYPT_SECRET "\n", LOGIN_WRONG },
	{ "", LOGIN_WRONG },
};

START_TEST(test_reload_during_a_check)
{
	ask(1, "alice", "secret");
	set_accounts(reloads[_i].text);
	event_base_dispatch(base);
	ck_assert_int_eq(results[0].verdict, reloads[_i].verdict);
}
END_TEST

START_TEST(test_cancelled)
{
	struct provider provider = file_provider(file);

	ck_assert_int_eq(provider.ops->start(
			     file, 77, SLICE("alice"), SLICE("secret"), NULL),
	    0);
	provider.ops->cancel(file, 77);
	ask(1, "bob", "secret");
	event_base_dispatch(base);
	ck_assert_uint_eq(nresults, 1);
	ck_assert_str_eq(results[0].account, "bob");
}
END_TEST

START_TEST(test_status)
{
	struct json json;

	json_init(&json);
	json_open(&json, NULL);
	desk_status(desk, &json);
	json_close(&json);
	ck_assert(slice_search(slice_from(json.p, json.n),
		      SLICE("\"accounts\":2")) < json.n);
	json_clear(&json);
}
END_TEST

Suite *
suite_desk(void)
{
	Suite *suite = suite_create("desk");
	TCase *tc = tcase_create("desk");
	TCase *over = tcase_create("over a file");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_right);
	tcase_add_loop_test(tc, test_not_right, 0, (int)COUNT(verdicts));
	tcase_add_test(tc, test_slowed);
	tcase_add_test(tc, test_the_same_at_once_is_one_check);
	tcase_add_test(tc, test_each_asker_has_its_session);
	tcase_add_test(tc, test_askers_are_bounded);
	tcase_add_test(tc, test_busy);
	tcase_add_test(tc, test_turns);
	tcase_add_test(tc, test_guesses_wait_in_vain);
	tcase_add_test(tc, test_turns_while_nobody_can_tell);
	tcase_add_test(tc, test_who_waits_is_joined_and_forgotten);
	tcase_add_test(tc, test_the_house_is_full);
	tcase_add_test(tc, test_an_old_password_is_one_failure);
	tcase_add_test(tc, test_no_provider);
	tcase_add_test(tc, test_forgotten_peer);
	tcase_add_loop_test(tc, test_hopeless, 0, (int)COUNT(hopeless));
	tcase_add_test(tc, test_longest_password_is_asked);
	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(over, setup_file, teardown_file);
	tcase_set_timeout(over, 30);
	tcase_add_loop_test(over, test_over_file, 0, (int)COUNT(over_file));
	tcase_add_loop_test(
	    over, test_reload_during_a_check, 0, (int)COUNT(reloads));
	tcase_add_test(over, test_cancelled);
	tcase_add_test(over, test_status);
	suite_add_tcase(suite, over);
	return suite;
}
