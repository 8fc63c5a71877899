#include "ipc/peers.h"

#include <sys/socket.h>

#include <unistd.h>

#include "suites.h"

static struct event_base *base;
static struct peers *peers;
static unsigned asked, gone;
static uint64_t last_asker, last_gone, last_id;

static void
on_login_ask(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct peer *peer = arg;

	ck_assert_ptr_eq(peer->arg, &asked);
	asked++;
	last_asker = peer->id;
	last_id = body->login_ask.id;
}

static const struct chan_ops ops = {
	.on = { [MSG_login_ask] = on_login_ask },
	.on_closed = peers_on_closed,
};

static void
on_gone(uint64_t id, void *arg)
{
	ck_assert_ptr_eq(arg, &asked);
	gone++;
	last_gone = id;
}

/* --- the worker's end ------------------------------------------------- */

static unsigned answers, ends;

static void
on_login_done(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	answers++;
}

static void
on_end(struct chan *chan, const char *words, void *arg)
{
	ends++;
}

static const struct chan_ops worker_ops = {
	.on = { [MSG_login_done] = on_login_done },
	.on_closed = on_end,
};

static void
setup(void)
{
	base = event_base_new();
	peers = peers_new(
	    base, ROLE_DIRECTORY, ROLE_PROXY, &ops, on_gone, &asked);
	asked = gone = answers = ends = 0;
}

static void
teardown(void)
{
	peers_free(peers);
	event_base_free(base);
}

static void
settle(void)
{
	for (int i = 0; i < 10; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
}

/* The worker's end of a channel at that index. */
static struct chan *
join(unsigned index)
{
	int fds[2];

	chan_pair(fds);
	peers_set(peers, ROLE_PROXY, index, fds[0]);
	return chan_new(
	    base, fds[1], ROLE_PROXY, ROLE_DIRECTORY, &worker_ops, NULL);
}

static void
ask(struct chan *worker, uint64_t id)
{
	struct msg_login_ask question = { .id = id };

	ck_assert_int_eq(chan_send(worker, MSG_login_ask, &question, -1), 0);
	settle();
}

static int
answer(uint64_t peer)
{
	struct msg_login_done done = { .id = 1 };
	int ret = peers_send(peers, peer, MSG_login_done, &done);

	settle();
	return ret;
}

START_TEST(test_apart)
{
	struct chan *one = join(0), *two = join(5);
	uint64_t first;

	ask(one, 11);
	ck_assert_uint_eq(last_id, 11);
	first = last_asker;
	ck_assert_uint_ne(first, 0);
	ask(two, 12);
	ck_assert_uint_eq(last_id, 12);
	ck_assert_uint_ne(last_asker, first);
	ck_assert_int_eq(answer(first), 0);
	ck_assert_uint_eq(answers, 1);
	ck_assert_int_eq(answer(99), -1);
	chan_free(one);
	chan_free(two);
}
END_TEST

START_TEST(test_gone)
{
	struct chan *worker = join(0);
	uint64_t first;

	ask(worker, 1);
	first = last_asker;
	chan_free(worker);
	settle();
	ck_assert_uint_eq(gone, 1);
	ck_assert_uint_eq(last_gone, first);
	ck_assert_int_eq(answer(first), -1);
	/* another at that index is another */
	worker = join(0);
	ask(worker, 2);
	ck_assert_uint_ne(last_asker, first);
	ck_assert_int_eq(answer(first), -1);
	ck_assert_uint_eq(answers, 0);
	chan_free(worker);
}
END_TEST

START_TEST(test_replaced)
{
	struct chan *old = join(0), *fresh;

	ask(old, 1);
	fresh = join(0);
	ck_assert_uint_eq(gone, 1);
	settle();
	ck_assert_uint_eq(ends, 1);
	ask(fresh, 2);
	ck_assert_uint_eq(asked, 2);
	chan_free(old);
	chan_free(fresh);
}
END_TEST

/* What is no message ends that channel and leaves the other alone. */
START_TEST(test_corrupt)
{
	struct chan *good = join(0);
	int fds[2];

	chan_pair(fds);
	peers_set(peers, ROLE_PROXY, 1, fds[0]);
	ck_assert_int_eq(send(fds[1], "\xff\xff\xff", 3, 0), 3);
	settle();
	ck_assert_uint_eq(gone, 1);
	close(fds[1]);
	ask(good, 3);
	ck_assert_uint_eq(asked, 1);
	chan_free(good);
}
END_TEST

static const struct {
	unsigned index;
	bool taken;
} indices[] = {
	{ PEERS_MAX - 1, true },
	{ PEERS_MAX, false },
	{ PEERS_MAX + 1, false },
	{ 4000000000u, false },
};

START_TEST(test_indices_are_bounded)
{
	struct chan *worker = join(indices[_i].index);

	settle();
	ck_assert_uint_eq(ends, indices[_i].taken ? 0 : 1);
	chan_free(worker);
}
END_TEST

Suite *
suite_peers(void)
{
	Suite *suite = suite_create("peers");
	TCase *tc = tcase_create("peers");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_apart);
	tcase_add_test(tc, test_gone);
	tcase_add_test(tc, test_replaced);
	tcase_add_test(tc, test_corrupt);
	tcase_add_loop_test(tc, test_indices_are_bounded, 0,
	    (int)(sizeof(indices) / sizeof(indices[0])));
	suite_add_tcase(suite, tc);
	return suite;
}
