#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <check.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "bed.h"
#include "net/listen.h"
#include "suites.h"

static struct bed bed;

struct hall {
	struct listen *listen;
	struct addr addr;
	struct addr client, local;
	int fds[64];
	size_t n;
	bool free_now, pause_now, some;
};

static void
on_accept(
    int fd, const struct addr *client, const struct addr *local, void *arg)
{
	struct hall *hall = arg;

	hall->fds[hall->n++] = fd;
	hall->client = *client;
	hall->local = *local;
	hall->some = true;
	if (hall->pause_now)
		listen_pause(hall->listen);
	if (hall->free_now) {
		listen_free(hall->listen);
		hall->listen = NULL;
	}
}

static void
open_hall(struct hall *hall, const char *ip)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	int fd;

	memset(hall, 0, sizeof(*hall));
	ck_assert_int_eq(addr_parse(slice_of(ip), &hall->addr), 0);
	fd = listen_open(&hall->addr, 32);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&ss, &len), 0);
	ck_assert_int_eq(
	    addr_from_sockaddr((struct sockaddr *)&ss, &hall->addr), 0);
	hall->listen = listen_new(bed.base, fd, on_accept, hall);
}

static void
close_hall(struct hall *hall)
{
	listen_free(hall->listen);
	for (size_t i = 0; i < hall->n; i++)
		close(hall->fds[i]);
}

static int
knock(const struct hall *hall)
{
	struct sockaddr_storage ss;
	socklen_t len = addr_to_sockaddr(&hall->addr, &ss);
	int fd = socket(ss.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (connect(fd, (struct sockaddr *)&ss, len) == -1)
		ck_assert_int_eq(errno, EINPROGRESS);
	return fd;
}

static void
setup(void)
{
	bed_init(&bed);
}

static void
teardown(void)
{
	bed_clear(&bed);
}

START_TEST(test_accept)
{
	struct hall hall;
	int nodelay = 0, fd;
	socklen_t len = sizeof(nodelay);

	open_hall(&hall, _i == 0 ? "127.0.0.1" : "::1");
	fd = knock(&hall);
	bed_wait(&bed, &hall.some, 1000);
	ck_assert_uint_eq(hall.n, 1);
	ck_assert(addr_eq(&hall.local, &hall.addr));
	ck_assert(addr_same_ip(&hall.client, &hall.addr));
	ck_assert_int_ne(hall.client.port, 0);
	ck_assert(fcntl(hall.fds[0], F_GETFL) & O_NONBLOCK);
	ck_assert(fcntl(hall.fds[0], F_GETFD) & FD_CLOEXEC);
	getsockopt(hall.fds[0], IPPROTO_TCP, TCP_NODELAY, &nodelay, &len);
	ck_assert_int_ne(nodelay, 0);
	close(fd);
	close_hall(&hall);
}
END_TEST

/* Several processes may share a port; another kind of owner may not. */
START_TEST(test_reuse)
{
	struct hall hall;
	struct addr nowhere;
	int fd;

	open_hall(&hall, "127.0.0.1");
	fd = listen_open(&hall.addr, 1);
	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_int_eq(addr_parse(SLICE("192.0.2.1"), &nowhere), 0);
	ck_assert_int_eq(listen_open(&nowhere, 1), -1);
	ck_assert_int_eq(errno, EADDRNOTAVAIL);
	close_hall(&hall);
}
END_TEST

START_TEST(test_pause)
{
	struct hall hall;
	int fds[5];
	const bool never = false;

	open_hall(&hall, "127.0.0.1");
	hall.pause_now = true;
	for (size_t i = 0; i < COUNT(fds); i++)
		fds[i] = knock(&hall);
	bed_wait(&bed, &never, 50);
	ck_assert_uint_eq(hall.n, 1); /* not even the rest of the batch */
	hall.pause_now = false;
	listen_resume(hall.listen);
	bed_wait(&bed, &never, 50);
	ck_assert_uint_eq(hall.n, COUNT(fds));
	for (size_t i = 0; i < COUNT(fds); i++)
		close(fds[i]);
	close_hall(&hall);
}
END_TEST

START_TEST(test_free_inside)
{
	struct hall hall;
	int fds[3];
	const bool never = false;

	open_hall(&hall, "127.0.0.1");
	hall.free_now = true;
	for (size_t i = 0; i < COUNT(fds); i++)
		fds[i] = knock(&hall);
	bed_wait(&bed, &never, 50);
	ck_assert_uint_eq(hall.n, 1);
	for (size_t i = 0; i < COUNT(fds); i++)
		close(fds[i]);
	close_hall(&hall);
}
END_TEST

/* Out of descriptors: it waits, doesn't spin, and goes on. */
START_TEST(test_exhausted)
{
	struct hall hall;
	struct rlimit limit, none = { 0, 0 };
	const bool never = false;
	int fd, fd2, fd3;
	size_t had;

	open_hall(&hall, "127.0.0.1");
	fd = knock(&hall);
	fd2 = knock(&hall);
	getrlimit(RLIMIT_NOFILE, &limit);
	none.rlim_max = limit.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	for (int i = 0; i < 20; i++) {
		struct timeval tv = { 0, 5000 };

		event_base_loopexit(bed.base, &tv);
		event_base_loop(bed.base, EVLOOP_ONCE);
	}
	ck_assert_uint_eq(hall.n, 0);
	setrlimit(RLIMIT_NOFILE, &limit);
	bed_wait(&bed, &hall.some, 2000);
	ck_assert_uint_ge(hall.n, 1);
	/* paused meanwhile, it stays so */
	listen_pause(hall.listen);
	had = hall.n;
	fd3 = knock(&hall);
	bed_wait(&bed, &never, 300);
	ck_assert_uint_eq(hall.n, had);
	close(fd);
	close(fd2);
	close(fd3);
	close_hall(&hall);
}
END_TEST

Suite *
suite_listen(void)
{
	Suite *suite = suite_create("listen");
	TCase *tc = tcase_create("listen");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 20);
	tcase_add_loop_test(tc, test_accept, 0, 2);
	tcase_add_test(tc, test_reuse);
	tcase_add_test(tc, test_pause);
	tcase_add_test(tc, test_free_inside);
	tcase_add_test(tc, test_exhausted);
	suite_add_tcase(suite, tc);
	return suite;
}
