/*
 * The directory as a process: what it is given, what it answers.
 */
#include "directory/directory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "suites.h"
#include "t/unit/role/stage.h"

static struct stage stage;

static struct {
	uint64_t id, session;
	enum login_verdict verdict;
	uint32_t number;
	char account[64];
	unsigned answers;
	bool closed;
} login;

static void
on_login_done(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	const struct msg_login_done *done = &body->login_done;

	login.id = done->id;
	login.session = done->session;
	login.verdict = (enum login_verdict)done->verdict;
	login.number = done->number;
	snprintf(login.account, sizeof(login.account), "%.*s",
	    SLICE_ARG(done->account));
	ck_assert_uint_eq(done->groups.n, 0);
	login.answers++;
	stage_heard(arg);
}

static void
on_closed(struct chan *chan, const char *words, void *arg)
{
	login.closed = true;
	stage_heard(arg);
}

/* Not waited for: they come when they come. */
static void
on_names(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	ck_assert_int_ge(fd, 0);
	close(fd);
}

/* Comes by itself, when the account file has changed. */
static void
on_stale(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
}

static const struct chan_ops worker_ops = {
	.on = { [MSG_login_done] = on_login_done,
	    [MSG_logins_stale] = on_stale,
	    [MSG_accounts_stale] = on_stale,
	    [MSG_setup_names] = on_names },
	.on_closed = on_closed,
};

static void
send_accounts(uint32_t generation, const char *text)
{
	struct msg_setup_accounts setup = { .generation = generation };

	stage_send_file(&stage, MSG_setup_accounts, &setup,
	    stage_write(&stage, "accounts", slice_of(text)));
}

static void
send_conf(uint32_t generation, bool with_accounts)
{
	char conf[512];

	snprintf(conf, sizeof(conf), "%s%s%spages \"%s\"\nallow to any\n",
	    with_accounts ? "accounts file \"" : "",
	    with_accounts ? stage.dir : "",
	    with_accounts ? "/accounts\"\n" : "", stage.dir);
	stage_write(&stage, "proxy.conf", slice_of(conf));
	stage_send_conf(&stage, generation);
}

static void
setup(void)
{
	memset(&login, 0, sizeof(login));
	stage_open(&stage, ROLE_DIRECTORY, directory_main, &worker_ops);
}

static void
teardown(void)
{
	ck_assert_int_eq(stage_close(&stage), 0);
}

static void
start(void)
{
	send_accounts(1, "Alice:" BCRYPT_SECRET "\n");
	send_conf(1, true);
	stage_start(&stage);
	ck_assert_str_eq(stage.said, "ready 1");
}

static void
ask(uint64_t id, const char *account, const char *password)
{
	struct msg_login_ask question = { .id = id,
		.account = slice_of(account),
		.password = slice_of(password) };

	addr_parse(SLICE("192.0.2.1"), &question.client);
	ck_assert_int_eq(
	    chan_send(stage.worker, MSG_login_ask, &question, -1), 0);
}

static void
assert_login(const char *account, const char *password, enum login_verdict want)
{
	ask(1, account, password);
	stage_wait(&stage, 1);
	ck_assert_int_eq(login.verdict, want);
}

START_TEST(test_answers)
{
	start();
	ask(77, "alice", "secret");
	stage_wait(&stage, 1);
	ck_assert_uint_eq(login.id, 77);
	ck_assert_int_eq(login.verdict, LOGIN_OK);
	ck_assert_str_eq(login.account, "Alice");
	ck_assert_uint_ne(login.session, 0);
	ck_assert_uint_ne(login.number, 0);
	assert_login("alice", "other", LOGIN_WRONG);
	ck_assert_uint_eq(login.session, 0);
	assert_login("bob", "secret", LOGIN_WRONG);
	stage_status(&stage);
	ck_assert_ptr_nonnull(strstr(stage.said, "\"logins_ok\":1"));
	ck_assert_ptr_nonnull(strstr(stage.said, "\"logins_wrong\":2"));
	ck_assert_ptr_nonnull(strstr(stage.said, "\"accounts\":1"));
}
END_TEST

/* The file alone, as after `sallyport user`. */
START_TEST(test_changed_file)
{
	start();
	send_accounts(1, "bob:" SHA512_SECRET "\n");
	stage_status(&stage);
	assert_login("bob", "secret", LOGIN_OK);
	assert_login("alice", "secret", LOGIN_WRONG);
	/* a bad one is refused, the last good one stays */
	send_accounts(1, "carol:secret\n");
	stage_status(&stage);
	assert_login("bob", "secret", LOGIN_OK);
}
END_TEST

START_TEST(test_reload)
{
	start();
	send_accounts(2, "bob:" SHA512_SECRET "\n");
	stage_status(&stage);
	assert_login("alice", "secret", LOGIN_OK); /* until the rest is there */
	send_conf(2, true);
	stage_wait(&stage, 1);
	ck_assert_str_eq(stage.said, "ready 2");
	assert_login("bob", "secret", LOGIN_OK);
}
END_TEST

START_TEST(test_bad_reload)
{
	start();
	send_accounts(2, "bob:" SHA512_SECRET "\nbob:" SHA512_SECRET "\n");
	send_conf(2, true);
	stage_wait(&stage, 1);
	ck_assert_str_eq(stage.said,
	    "refused 2: account file: line 2: account \"bob\" stands in line "
	    "1 already");
	assert_login("alice", "secret", LOGIN_OK);
	stage_status(&stage);
	ck_assert_ptr_nonnull(strstr(stage.said, "\"generation\":1"));
}
END_TEST

START_TEST(test_missing_file)
{
	start();
	send_conf(2, true);
	stage_wait(&stage, 1);
	ck_assert_str_eq(
	    stage.said, "refused 2: the account file did not come");
}
END_TEST

START_TEST(test_without_accounts)
{
	send_conf(1, false);
	stage_start(&stage);
	ck_assert_str_eq(stage.said, "ready 1");
	assert_login("alice", "secret", LOGIN_NO_DIRECTORY);
}
END_TEST

START_TEST(test_bad_at_start)
{
	send_accounts(1, "nothing\n");
	send_conf(1, true);
	stage_wait(&stage, 1);
	ck_assert_str_eq(stage.said,
	    "refused 1: account file: line 1: there is no ':' between name "
	    "and hash");
	ck_assert_int_eq(stage_close(&stage), 1);
	setup();
}
END_TEST

/* A worker that ends before its answer, and the one in its place. */
START_TEST(test_fresh_worker)
{
	start();
	ask(1, "alice", "secret");
	chan_flush(stage.worker);
	stage_new_worker(&stage, &worker_ops);
	ask(2, "alice", "secret");
	stage_wait(&stage, 1);
	ck_assert_uint_eq(login.id, 2);
	ck_assert_int_eq(login.verdict, LOGIN_OK);
}
END_TEST

static unsigned
logins_under_way(void)
{
	static const char member[] = "\"logins_under_way\":";
	const char *at = strstr(stage.said, member);

	ck_assert_ptr_nonnull(at);
	return (unsigned)strtoul(at + sizeof(member) - 1, NULL, 10);
}

/* What is under way when the end comes is answered first. */
START_TEST(test_drain_answers)
{
	struct msg_drain drain = { .deadline_ms = UINT64_MAX };

	start();
	ask(1, "alice", "secret");
	ask(2, "alice", "other");
	chan_flush(stage.worker);
	/* the channels are read in any order: until it has both questions */
	do
		stage_status(&stage);
	while (logins_under_way() + login.answers < 2);
	stage_send(&stage, MSG_drain, &drain);
	while (!login.closed)
		stage_wait(&stage, 1);
	ck_assert_uint_eq(login.answers, 2);
}
END_TEST

Suite *
suite_directory(void)
{
	Suite *suite = suite_create("directory");
	TCase *tc = tcase_create("process");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_answers);
	tcase_add_test(tc, test_changed_file);
	tcase_add_test(tc, test_reload);
	tcase_add_test(tc, test_bad_reload);
	tcase_add_test(tc, test_missing_file);
	tcase_add_test(tc, test_without_accounts);
	tcase_add_test(tc, test_bad_at_start);
	tcase_add_test(tc, test_fresh_worker);
	tcase_add_test(tc, test_drain_answers);
	suite_add_tcase(suite, tc);
	return suite;
}
