#include "ipc/chan.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "suites.h"

/* One end of a channel and what it has seen. */
struct end {
	struct chan *chan;
	unsigned ready, refused, starts, closed;
	uint32_t last; /* generation of the last ready or index of a start */
	const char *words; /* on_closed's */
	int fd;
	bool free_in_handler;
	char why[64];
};

static struct event_base *base;

static void
on_ready(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct end *end = arg;

	ck_assert_int_eq(fd, -1);
	end->ready++;
	end->last = body->ready.generation;
	if (end->free_in_handler) {
		end->chan = NULL;
		chan_free(chan);
	}
}

static void
on_refused(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct end *end = arg;

	end->refused++;
	snprintf(
	    end->why, sizeof(end->why), "%.*s", SLICE_ARG(body->refused.why));
}

static void
on_start(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct end *end = arg;

	end->starts++;
	end->last = body->setup_start.index;
}

static void
on_setup_conf(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct end *end = arg;

	end->fd = fd;
}

static void
on_closed(struct chan *chan, const char *words, void *arg)
{
	struct end *end = arg;

	end->closed++;
	end->words = words;
	end->chan = NULL;
	chan_free(chan);
}

static const struct chan_ops supervisor_ops = {
	.on = {
		[MSG_ready] = on_ready,
		[MSG_refused] = on_refused,
	},
	.on_closed = on_closed,
};

static const struct chan_ops signer_ops = {
	.on = {
		[MSG_setup_start] = on_start,
		[MSG_setup_conf] = on_setup_conf,
	},
	.on_closed = on_closed,
};

static struct end supervisor, signer;

static void
setup(void)
{
	int fds[2];

	base = event_base_new();
	chan_pair(fds);
	memset(&supervisor, 0, sizeof(supervisor));
	memset(&signer, 0, sizeof(signer));
	supervisor.fd = signer.fd = -1;
	supervisor.chan = chan_new(base, fds[0], ROLE_SUPERVISOR, ROLE_SIGNER,
	    &supervisor_ops, &supervisor);
	signer.chan = chan_new(
	    base, fds[1], ROLE_SIGNER, ROLE_SUPERVISOR, &signer_ops, &signer);
}

static void
teardown(void)
{
	chan_free(supervisor.chan);
	chan_free(signer.chan);
	event_base_free(base);
}

static void
turn(void)
{
	for (int i = 0; i < 4; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
}

/* The signer's end as a bare socket, to say what no chan would. */
static int
raw_signer(void)
{
	int fds[2];

	chan_free(supervisor.chan);
	chan_free(signer.chan);
	signer.chan = NULL;
	chan_pair(fds);
	supervisor.chan = chan_new(base, fds[0], ROLE_SUPERVISOR, ROLE_SIGNER,
	    &supervisor_ops, &supervisor);
	return fds[1];
}

static size_t
encode(unsigned char *buf, size_t size, enum msg_kind kind, const void *body)
{
	struct wire_out out;

	wire_out_init(&out, buf, size);
	msg_encode(&out, kind, body);
	ck_assert(!out.failed);
	return out.n;
}

static void
send_with_fds(int to, const void *p, size_t n, const int *fds, size_t nfds)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(4 * sizeof(int))];
	} control = { .room = { 0 } };
	struct iovec iov = { (void *)(uintptr_t)p, n };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = CMSG_SPACE(nfds * sizeof(int)),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(nfds * sizeof(int));
	memcpy(CMSG_DATA(cmsg), fds, nfds * sizeof(int));
	ck_assert_int_eq(sendmsg(to, &msg, 0), (ssize_t)n);
}

static unsigned
open_descriptors(void)
{
	unsigned n = 0;

	for (int fd = 0; fd < 256; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			n++;
	return n;
}

START_TEST(messages_arrive_in_order)
{
	struct msg_ready ready;
	struct msg_refused refused = { .why = SLICE("no such thing") };

	for (uint32_t i = 1; i <= 5; i++) {
		ready.generation = i;
		ck_assert_int_eq(
		    chan_send(signer.chan, MSG_ready, &ready, -1), 0);
	}
	chan_send(signer.chan, MSG_refused, &refused, -1);
	turn();
	ck_assert_uint_eq(supervisor.ready, 5);
	ck_assert_uint_eq(supervisor.last, 5);
	ck_assert_str_eq(supervisor.why, "no such thing");
}
END_TEST

START_TEST(a_descriptor_comes_along)
{
	struct msg_setup_conf conf = { .generation = 1 };
	int pipes[2];
	char c = 0;

	ck_assert_int_eq(pipe(pipes), 0);
	ck_assert_int_eq(
	    chan_send(supervisor.chan, MSG_setup_conf, &conf, pipes[1]), 0);
	turn();
	ck_assert_int_ge(signer.fd, 0);
	ck_assert_int_ne(fcntl(signer.fd, F_GETFD) & FD_CLOEXEC, 0);
	ck_assert_int_eq(write(signer.fd, "x", 1), 1);
	ck_assert_int_eq(read(pipes[0], &c, 1), 1);
	ck_assert_int_eq(c, 'x');
	close(signer.fd);
	close(pipes[0]);
	close(pipes[1]); /* still ours */
}
END_TEST

START_TEST(a_full_queue_refuses_and_keeps_the_order)
{
	struct msg_setup_start start = { .index = 0 };
	uint32_t sent = 0;

	while (chan_send(supervisor.chan, MSG_setup_start, &start, -1) == 0)
		start.index = ++sent;
	ck_assert_uint_gt(sent, CHAN_QUEUE_MAX);
	ck_assert_uint_lt(sent, 2 * CHAN_QUEUE_MAX + 1000);
	while (signer.starts < sent)
		event_base_loop(base, EVLOOP_ONCE);
	ck_assert_uint_eq(signer.last, sent - 1);
	/* and there is room again */
	ck_assert_int_eq(
	    chan_send(supervisor.chan, MSG_setup_start, &start, -1), 0);
	turn();
	ck_assert_uint_eq(signer.starts, sent + 1);
}
END_TEST

START_TEST(a_queued_descriptor_is_a_copy)
{
	struct msg_setup_start start = { .index = 0 };
	struct msg_setup_conf conf = { .generation = 1 };
	unsigned before = open_descriptors();
	int pipes[2];

	ck_assert_int_eq(pipe(pipes), 0);
	for (int i = 0; i < 2000; i++)
		chan_send(supervisor.chan, MSG_setup_start, &start, -1);
	ck_assert_int_eq(
	    chan_send(supervisor.chan, MSG_setup_conf, &conf, pipes[1]), 0);
	close(pipes[1]);
	while (signer.fd < 0)
		event_base_loop(base, EVLOOP_ONCE);
	ck_assert_int_eq(write(signer.fd, "x", 1), 1);
	close(signer.fd);
	close(pipes[0]);
	ck_assert_uint_eq(open_descriptors(), before);
}
END_TEST

START_TEST(a_string_too_long_is_not_sent)
{
	static char text[WIRE_STR_MAX + 1];
	struct msg_refused refused = { .why = slice_from(
					   text, WIRE_STR_MAX + 1) };

	ck_assert_int_eq(chan_send(signer.chan, MSG_refused, &refused, -1), -1);
	refused.why.n--;
	ck_assert_int_eq(chan_send(signer.chan, MSG_refused, &refused, -1), 0);
	turn();
	ck_assert_uint_eq(supervisor.refused, 1);
}
END_TEST

START_TEST(the_end_is_told_after_what_was_said)
{
	struct msg_ready ready = { .generation = 3 };
	struct msg_setup_start unread = { .index = 1 };

	/* the signer dies with mail unread, which resets the socket */
	chan_send(supervisor.chan, MSG_setup_start, &unread, -1);
	chan_send(signer.chan, MSG_ready, &ready, -1);
	chan_free(signer.chan);
	signer.chan = NULL;
	turn();
	ck_assert_uint_eq(supervisor.ready, 1);
	ck_assert_uint_eq(supervisor.closed, 1);
	ck_assert_ptr_null(supervisor.words);
}
END_TEST

START_TEST(sending_to_nobody_fails)
{
	struct msg_setup_start start = { .index = 1 };

	chan_free(signer.chan);
	signer.chan = NULL;
	ck_assert_int_eq(
	    chan_send(supervisor.chan, MSG_setup_start, &start, -1), -1);
	ck_assert_int_eq(
	    chan_send(supervisor.chan, MSG_setup_start, &start, -1), -1);
	turn();
	ck_assert_uint_eq(supervisor.closed, 1);
}
END_TEST

START_TEST(a_handler_may_free_its_channel)
{
	struct msg_ready ready = { .generation = 1 };

	supervisor.free_in_handler = true;
	chan_send(signer.chan, MSG_ready, &ready, -1);
	chan_send(signer.chan, MSG_ready, &ready, -1);
	turn();
	ck_assert_uint_eq(supervisor.ready, 1);
	ck_assert_uint_eq(supervisor.closed, 0);
	ck_assert_uint_eq(signer.closed, 1);
}
END_TEST

/* What ends a peer. */
enum fault {
	GARBAGE,
	SHORT,
	LONG,
	FORBIDDEN,
	UNEXPECTED,
	STRAY_FD,
	TWO_FDS
};

static const struct {
	enum fault fault;
	const char *words;
} faults[] = {
	{ GARBAGE, "a message of an unknown kind" },
	{ SHORT, "a message without a kind" },
	{ LONG, "a message that is too long" },
	{ FORBIDDEN, "a message that it may not send" },
	{ UNEXPECTED, "a message that nobody expects" },
	{ STRAY_FD, "a descriptor where none belongs" },
	{ TWO_FDS, "a message with more than one descriptor" },
};

static void
commit(enum fault fault, int fd)
{
	static unsigned char packet[WIRE_MAX + 1];
	struct msg_ready ready = { .generation = 1 };
	struct msg_leaf_ask ask = { .id = 1, .host = SLICE("a.example") };
	struct msg_status_part part = { .id = 1 };
	int two[] = { 0, 1 };
	size_t n = encode(packet, sizeof(packet), MSG_ready, &ready);

	switch (fault) {
	case GARBAGE:
		ck_assert_int_gt(send(fd, "\xff\xff garbage", 10, 0), 0);
		break;
	case SHORT:
		ck_assert_int_gt(send(fd, packet, 1, 0), 0);
		break;
	case LONG:
		ck_assert_int_gt(send(fd, packet, sizeof(packet), 0), 0);
		break;
	case FORBIDDEN:
		n = encode(packet, sizeof(packet), MSG_leaf_ask, &ask);
		ck_assert_int_gt(send(fd, packet, n, 0), 0);
		break;
	case UNEXPECTED:
		n = encode(packet, sizeof(packet), MSG_status_part, &part);
		ck_assert_int_gt(send(fd, packet, n, 0), 0);
		break;
	case STRAY_FD:
		send_with_fds(fd, packet, n, two, 1);
		break;
	case TWO_FDS:
		send_with_fds(fd, packet, n, two, 2);
		break;
	}
}

START_TEST(a_fault_ends_the_peer)
{
	int fd = raw_signer();
	unsigned before = open_descriptors();

	commit(faults[_i].fault, fd);
	/* what comes after it is not heard */
	commit(SHORT, fd);
	turn();
	ck_assert_uint_eq(supervisor.closed, 1);
	ck_assert_ptr_nonnull(supervisor.words);
	ck_assert_str_eq(supervisor.words, faults[_i].words);
	ck_assert_uint_eq(supervisor.ready, 0);
	ck_assert_uint_eq(open_descriptors(), before - 1);
	close(fd);
}
END_TEST

START_TEST(flush_writes_all)
{
	int fd = raw_signer(), status = -1;
	unsigned char packet[64];
	struct msg_setup_start start = { .index = 1 };
	unsigned got = 0;

	for (int i = 0; i < 2000; i++)
		chan_send(supervisor.chan, MSG_setup_start, &start, -1);
	/* a reader of its own, since flush blocks */
	if (fork() == 0) {
		fcntl(fd, F_SETFL, 0);
		while (got < 2000 && recv(fd, packet, sizeof(packet), 0) > 0)
			got++;
		_exit(got == 2000 ? 0 : 1);
	}
	close(fd);
	chan_flush(supervisor.chan);
	chan_free(supervisor.chan);
	supervisor.chan = NULL;
	ck_assert_int_gt(wait(&status), 0);
	ck_assert_int_eq(status, 0);
}
END_TEST

Suite *
suite_chan(void)
{
	Suite *suite = suite_create("chan");
	TCase *tcase = tcase_create("chan");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 30);
	tcase_add_test(tcase, messages_arrive_in_order);
	tcase_add_test(tcase, a_descriptor_comes_along);
	tcase_add_test(tcase, a_full_queue_refuses_and_keeps_the_order);
	tcase_add_test(tcase, a_queued_descriptor_is_a_copy);
	tcase_add_test(tcase, a_string_too_long_is_not_sent);
	tcase_add_test(tcase, the_end_is_told_after_what_was_said);
	tcase_add_test(tcase, sending_to_nobody_fails);
	tcase_add_test(tcase, a_handler_may_free_its_channel);
	tcase_add_loop_test(
	    tcase, a_fault_ends_the_peer, 0, sizeof(faults) / sizeof(*faults));
	tcase_add_test(tcase, flush_writes_all);
	suite_add_tcase(suite, tcase);
	return suite;
}
