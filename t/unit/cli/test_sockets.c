#include "cli/sockets.h"

#include <sys/socket.h>

#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "suites.h"

#define WORKERS 3

static struct listener listeners[4];
static struct conf conf;
static struct sockets *sockets;

static struct addr
loopback(uint16_t port)
{
	struct addr addr;

	ck_assert_int_eq(addr_parse(SLICE("127.0.0.1"), &addr), 0);
	addr.port = port;
	return addr;
}

/* Ports that were free a moment ago: bound once, by the system's choice. */
static uint16_t
free_port(void)
{
	struct sockaddr_storage sa;
	struct addr addr = loopback(0);
	socklen_t len = addr_to_sockaddr(&addr, &sa);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sa, len), 0);
	len = sizeof(sa);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
	close(fd);
	ck_assert_int_eq(addr_from_sockaddr((struct sockaddr *)&sa, &addr), 0);
	return addr.port;
}

static void
configure(size_t n, const uint16_t *ports)
{
	memset(&conf, 0, sizeof(conf));
	for (size_t i = 0; i < n; i++)
		listeners[i].addr = loopback(ports[i]);
	conf.listeners.v = listeners;
	conf.listeners.n = n;
}

static void
setup(void)
{
	sockets = sockets_new(WORKERS);
}

static void
teardown(void)
{
	sockets_free(sockets);
}

static int
connects(uint16_t port)
{
	struct sockaddr_storage sa;
	struct addr addr = loopback(port);
	socklen_t len = addr_to_sockaddr(&addr, &sa);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int ret = connect(fd, (struct sockaddr *)&sa, len);

	close(fd);
	return ret == 0;
}

START_TEST(every_worker_gets_a_socket_on_one_port)
{
	uint16_t any = 0;

	configure(1, &any);
	ck_assert_ptr_null(sockets_open(sockets, &conf));
	ck_assert_uint_eq(sockets_count(sockets), 1);
	ck_assert_uint_eq(sockets_addr(sockets, 0)->port, 0);
	ck_assert_uint_ne(sockets_bound(sockets, 0)->port, 0);
	for (unsigned i = 0; i < WORKERS; i++) {
		struct sockaddr_storage sa;
		socklen_t len = sizeof(sa);
		struct addr addr;

		ck_assert_int_eq(getsockname(sockets_fd(sockets, 0, i),
				     (struct sockaddr *)&sa, &len),
		    0);
		addr_from_sockaddr((struct sockaddr *)&sa, &addr);
		ck_assert(addr_eq(&addr, sockets_bound(sockets, 0)));
	}
}
END_TEST

START_TEST(a_second_look_opens_only_what_is_new)
{
	uint16_t ports[2] = { free_port(), free_port() };
	int first;

	configure(1, ports);
	ck_assert_ptr_null(sockets_open(sockets, &conf));
	first = sockets_fd(sockets, 0, 0);
	configure(2, ports);
	ck_assert_ptr_null(sockets_open(sockets, &conf));
	ck_assert_uint_eq(sockets_count(sockets), 2);
	ck_assert_int_eq(sockets_fd(sockets, 0, 0), first);
	configure(1, ports + 1);
	sockets_keep_only(sockets, &conf);
	ck_assert_uint_eq(sockets_count(sockets), 1);
	ck_assert(!connects(ports[0]));
	ck_assert(connects(ports[1]));
}
END_TEST

/* A port that somebody else has, without SO_REUSEPORT. */
START_TEST(what_cannot_be_opened_is_said_and_undone)
{
	struct sockaddr_storage sa;
	uint16_t ports[2] = { free_port(), free_port() };
	struct addr taken = loopback(ports[1]);
	socklen_t len = addr_to_sockaddr(&taken, &sa);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	const char *why;

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sa, len), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	configure(2, ports);
	why = sockets_open(sockets, &conf);
	ck_assert_ptr_nonnull(why);
	ck_assert_ptr_nonnull(strstr(why, "cannot listen on 127.0.0.1:"));
	ck_assert_ptr_nonnull(strstr(why, "in use"));
	ck_assert_uint_eq(sockets_count(sockets), 0);
	ck_assert(!connects(ports[0]));
	close(fd);
}
END_TEST

START_TEST(a_worker_that_stays_away_gives_its_share_back)
{
	uint16_t any = 0;
	struct pollfd polls[2];

	configure(1, &any);
	ck_assert_ptr_null(sockets_open(sockets, &conf));
	sockets_close_worker(sockets, 1);
	ck_assert_int_eq(sockets_fd(sockets, 0, 1), -1);
	for (int i = 0; i < 20; i++)
		ck_assert(connects(sockets_bound(sockets, 0)->port));
	polls[0] = (struct pollfd){ sockets_fd(sockets, 0, 0), POLLIN, 0 };
	polls[1] = (struct pollfd){ sockets_fd(sockets, 0, 2), POLLIN, 0 };
	ck_assert_int_eq(poll(polls, 2, 1000), 2);
	sockets_reopen_worker(sockets, 1);
	ck_assert_int_ge(sockets_fd(sockets, 0, 1), 0);
}
END_TEST

Suite *
suite_sockets(void)
{
	Suite *suite = suite_create("sockets");
	TCase *tcase = tcase_create("sockets");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, every_worker_gets_a_socket_on_one_port);
	tcase_add_test(tcase, a_second_look_opens_only_what_is_new);
	tcase_add_test(tcase, what_cannot_be_opened_is_said_and_undone);
	tcase_add_test(tcase, a_worker_that_stays_away_gives_its_share_back);
	suite_add_tcase(suite, tcase);
	return suite;
}
