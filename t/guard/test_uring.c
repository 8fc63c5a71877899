/*
 * What a program has the kernel do for it (io_uring) is the program's: in the
 * call, in a worker thread of the kernel's, and in one that polls.
 */
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <errno.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ground.h"
#include "sock.h"
#include "suites.h"

#define ALICE 1

static const char rules[] = "allow user u1 to 9.9.9.9\ndeny to any\n";

struct ring {
	int fd;
	struct io_uring_params params;
	unsigned char *sq, *cq; /* mapped, for good */
	struct io_uring_sqe *sqes;
};

static int
ring_open(struct ring *ring, unsigned flags)
{
	struct io_uring_params *p = &ring->params;

	memset(ring, 0, sizeof(*ring));
	p->flags = flags;
	p->sq_thread_idle = 100;
	ring->fd = (int)syscall(SYS_io_uring_setup, 2, p);
	if (ring->fd < 0)
		return -1;
	ring->sq = mmap(NULL, p->sq_off.array + p->sq_entries * 4,
	    PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, IORING_OFF_SQ_RING);
	ring->cq = mmap(NULL,
	    p->cq_off.cqes + p->cq_entries * sizeof(struct io_uring_cqe),
	    PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, IORING_OFF_CQ_RING);
	ring->sqes = mmap(NULL, p->sq_entries * sizeof(*ring->sqes),
	    PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, IORING_OFF_SQES);
	return ring->sq == MAP_FAILED || ring->cq == MAP_FAILED ||
		ring->sqes == MAP_FAILED
	    ? -1
	    : 0;
}

static unsigned *
word(unsigned char *ring, unsigned offset)
{
	return (unsigned *)(void *)(ring + offset);
}

/* Does one thing and returns what came of it. */
static int
ring_do(struct ring *ring, const struct io_uring_sqe *sqe)
{
	const struct io_uring_params *p = &ring->params;
	unsigned *tail = word(ring->sq, p->sq_off.tail);
	unsigned *head = word(ring->cq, p->cq_off.head);
	unsigned at = *tail & (p->sq_entries - 1);
	struct io_uring_cqe *cqes = (void *)(ring->cq + p->cq_off.cqes);
	unsigned flags = IORING_ENTER_GETEVENTS;
	int res;

	ring->sqes[at] = *sqe;
	word(ring->sq, p->sq_off.array)[at] = at;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (p->flags & IORING_SETUP_SQPOLL)
		flags |= IORING_ENTER_SQ_WAKEUP;
	if (syscall(SYS_io_uring_enter, ring->fd, 1, 1, flags, NULL, 0) < 0)
		return -errno;
	res = cqes[*head & (p->cq_entries - 1)].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return res;
}

/* Of datagrams: a TCP connection would be waited for. */
struct way {
	const char *addr;
	unsigned setup, flags; /* IORING_SETUP_…, IOSQE_… */
	int opcode;
};

#define NO_RING 250

static int
try_ring(void *arg)
{
	const struct way *way = arg;
	struct addr addr = place(way->addr, 53);
	struct sockaddr_storage ss;
	socklen_t len = addr_to_sockaddr(&addr, &ss);
	struct iovec iov = { (char[]){ "x" }, 1 };
	struct msghdr msg = { .msg_name = &ss,
		.msg_namelen = len,
		.msg_iov = &iov,
		.msg_iovlen = 1 };
	struct io_uring_sqe sqe = { .opcode = (__u8)way->opcode,
		.flags = (__u8)way->flags,
		.fd = socket(AF_INET, SOCK_DGRAM, 0) };
	struct ring ring;
	int res;

	if (ring_open(&ring, way->setup) < 0)
		return NO_RING;
	if (way->opcode == IORING_OP_CONNECT) {
		sqe.addr = (uintptr_t)&ss;
		sqe.off = len;
	} else {
		sqe.addr = (uintptr_t)&msg;
		sqe.len = 1;
	}
	res = ring_do(&ring, &sqe);
	return res >= 0 ? 0 : -res;
}

static const struct {
	const char *what;
	unsigned setup, flags;
	int opcode;
} ways[] = {
	{ "connect", 0, 0, IORING_OP_CONNECT },
	{ "connect by a worker", 0, IOSQE_ASYNC, IORING_OP_CONNECT },
	{ "connect by a poller", IORING_SETUP_SQPOLL, 0, IORING_OP_CONNECT },
	{ "sendmsg", 0, 0, IORING_OP_SENDMSG },
	{ "sendmsg by a worker", 0, IOSQE_ASYNC, IORING_OP_SENDMSG },
	{ "sendmsg by a poller", IORING_SETUP_SQPOLL, 0, IORING_OP_SENDMSG },
};

/* As root after sudo: not the user, the login counts. */
START_TEST(a_ring)
{
	struct way allowed = { "9.9.9.9", ways[_i].setup, ways[_i].flags,
		ways[_i].opcode };
	struct way denied = allowed;
	struct stand stand;
	int error;

	denied.addr = "8.8.8.8";
	stand_start(&stand, GUARD_FORM_HOST);
	stand_rules(&stand, rules, 1);
	error = as_user(ALICE, 0, try_ring, &allowed);
	if (error == NO_RING) {
		printf("io_uring: skipped, there is none\n");
	} else {
		ck_assert_msg(error == 0, "%s, allowed: %s", ways[_i].what,
		    strerror(error));
		error = as_user(ALICE, 0, try_ring, &denied);
		ck_assert_msg(error == EPERM, "%s, denied: %s", ways[_i].what,
		    strerror(error));
		ck_assert_int_eq(as_user(NOBODY, 0, try_ring, &denied), 0);
	}
	stand_end(&stand);
}
END_TEST

Suite *
suite_uring(void)
{
	Suite *suite = suite_create("io_uring");
	TCase *tcase = tcase_create("io_uring");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, a_ring, 0, sizeof(ways) / sizeof(*ways));
	suite_add_tcase(suite, tcase);
	return suite;
}
