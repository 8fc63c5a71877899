/*
 * The form for hosts: whose packets are whose, whatever a program does to
 * look like somebody else.
 */
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "ground.h"
#include "guard/ends.h"
#include "sock.h"
#include "suites.h"

#define ALICE 1
#define BOB 2

/* Alice may reach one place, bob two; root isn't asked about. */
static const char rules[] = "allow user u1 to { 9.9.9.9, 2001:db8:9::/48 }\n"
			    "allow user u2 to { 9.9.9.9, 8.8.8.8 }\n"
			    "deny to any\n";

struct attempt {
	const char *addr;
	int type, protocol;
	bool forge;    /* the process writes its own login first */
	int inherited; /* a socket that somebody else opened; 0: a new one */
};

static int
try_it(void *arg)
{
	const struct attempt *attempt = arg;
	/* raw IPv6 sockets take a port for a protocol */
	struct addr addr = place(
	    attempt->addr, attempt->type == SOCK_RAW ? 0 : 53);
	int fd = attempt->inherited;

	if (attempt->forge)
		become(BOB, 0);
	if (fd == 0)
		fd = sock_new(
		    &addr, attempt->type | SOCK_NONBLOCK, attempt->protocol);
	if (fd < 0)
		return errno;
	if (attempt->type == SOCK_STREAM)
		return sock_connect(fd, &addr);
	return sock_send_to(fd, &addr);
}

static const struct {
	const char *what;
	uint32_t login, uid;
	struct attempt attempt;
	int error;
} cases[] = {
	{ "alice", 1, 1, { "9.9.9.9", SOCK_DGRAM }, 0 },
	{ "alice, elsewhere", 1, 1, { "8.8.8.8", SOCK_DGRAM }, EPERM },
	{ "alice by TCP", 1, 1, { "9.9.9.9", SOCK_STREAM }, 0 },
	{ "alice by TCP, elsewhere", 1, 1, { "8.8.8.8", SOCK_STREAM }, EPERM },
	{ "bob", 2, 2, { "8.8.8.8", SOCK_DGRAM }, 0 },
	{ "bob, elsewhere", 2, 2, { "7.7.7.7", SOCK_DGRAM }, EPERM },
	{ "sudo", 1, 0, { "8.8.8.8", SOCK_DGRAM }, EPERM },
	{ "sudo, allowed", 1, 0, { "9.9.9.9", SOCK_DGRAM }, 0 },
	{ "sudo by TCP", 1, 0, { "8.8.8.8", SOCK_STREAM }, EPERM },
	{ "sudo -u bob", 1, 2, { "8.8.8.8", SOCK_DGRAM }, EPERM },
	{ "bob as alice", 2, 1, { "8.8.8.8", SOCK_DGRAM }, EPERM },
	{ "a daemon", NOBODY, 0, { "7.7.7.7", SOCK_DGRAM }, 0 },
	{ "alice without login", NOBODY, 1, { "8.8.8.8", SOCK_DGRAM }, EPERM },
	{ "alice without login, allowed", NOBODY, 1, { "9.9.9.9", SOCK_DGRAM },
	    0 },
	{ "forged login", NOBODY, 1, { "8.8.8.8", SOCK_DGRAM, 0, true },
	    EPERM },
	{ "mapped address", 1, 1, { "::ffff:8.8.8.8", SOCK_DGRAM }, EPERM },
	{ "alice by IPv6", 1, 1, { "2001:db8:9::9", SOCK_DGRAM }, 0 },
	{ "alice by IPv6, elsewhere", 1, 1, { "2001:db8:8::8", SOCK_DGRAM },
	    EPERM },
	{ "alice by TCP over IPv6", 1, 1, { "2001:db8:9::9", SOCK_STREAM }, 0 },
	{ "alice by TCP over IPv6, elsewhere", 1, 1,
	    { "2001:db8:8::8", SOCK_STREAM }, EPERM },
	{ "sudo by IPv6", 1, 0, { "2001:db8:8::8", SOCK_DGRAM }, EPERM },
	{ "ping6", 1, 0, { "2001:db8:8::8", SOCK_RAW, IPPROTO_ICMPV6 }, EPERM },
	{ "ping6, allowed", 1, 0, { "2001:db8:9::9", SOCK_RAW, IPPROTO_ICMPV6 },
	    0 },
	{ "UDP-Lite", 1, 0, { "8.8.8.8", SOCK_DGRAM, IPPROTO_UDPLITE }, EPERM },
	{ "UDP-Lite, allowed", 1, 0, { "9.9.9.9", SOCK_DGRAM, IPPROTO_UDPLITE },
	    0 },
	{ "ping", 1, 0, { "8.8.8.8", SOCK_RAW, IPPROTO_ICMP }, EPERM },
	{ "ping, allowed", 1, 0, { "9.9.9.9", SOCK_RAW, IPPROTO_ICMP }, 0 },
	{ "an own protocol", 1, 0, { "8.8.8.8", SOCK_RAW, 254 }, EPERM },
	{ "somebody without an account", NOBODY, 4, { "9.9.9.9", SOCK_DGRAM },
	    EPERM },
};

START_TEST(whose_packets)
{
	struct attempt attempt = cases[_i].attempt;
	struct stand stand;
	int error;

	stand_start(&stand, GUARD_FORM_HOST);
	stand_rules(&stand, rules, 3);
	error = as_user(cases[_i].login, cases[_i].uid, try_it, &attempt);
	ck_assert_msg(error == cases[_i].error, "%s: %s", cases[_i].what,
	    strerror(error));
	stand_end(&stand);
}
END_TEST

/* --- sockets that are connected, and by whom they are used --------------------------- */

/* What alice's process does between two orders of ours. */
struct orders {
	int go, done; /* descriptors */
};

static void
wait_for_order(const struct orders *orders)
{
	char byte;

	if (write(orders->done, "x", 1) != 1 || read(orders->go, &byte, 1) != 1)
		_exit(200);
}

/* connect() is asked about once, each packet afterwards anew. */
static int
send_connected(void *arg)
{
	struct addr addr = place("9.9.9.9", 53);
	int fd = socket(AF_INET, SOCK_DGRAM, 0), error;

	error = sock_connect(fd, &addr);
	if (error != 0 || send(fd, "x", 1, 0) != 1)
		return 201;
	wait_for_order(arg);
	if (send(fd, "x", 1, 0) == 1 || errno != EPERM)
		return 202;
	addr = place("8.8.8.8", 53);
	if (sock_connect(fd, &addr) != EPERM)
		return 203;
	/* another connection of the same socket, after it was let go of */
	addr = place("9.9.9.9", 53);
	wait_for_order(arg);
	return sock_connect(fd, &addr);
}

START_TEST(connected_datagrams)
{
	int go[2], done[2], status;
	struct orders orders;
	struct stand stand;
	char byte;
	pid_t pid;

	ck_assert(pipe(go) == 0 && pipe(done) == 0);
	orders = (struct orders){ go[0], done[1] };
	stand_start(&stand, GUARD_FORM_HOST);
	stand_rules(&stand, rules, 3);
	pid = fork();
	if (pid == 0) {
		become(ALICE, ALICE);
		_exit(send_connected(&orders));
	}
	ck_assert_int_eq(read(done[0], &byte, 1), 1);
	stand_rules(&stand, "deny to any\n", 3);
	ck_assert_int_eq(write(go[1], "x", 1), 1);
	ck_assert_int_eq(read(done[0], &byte, 1), 1);
	stand_rules(&stand, rules, 3);
	ck_assert_int_eq(write(go[1], "x", 1), 1);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
	stand_end(&stand);
}
END_TEST

/* A socket of ICMP's that needs no privilege, where the system gives it. */
static int
ping_without_privilege(void *arg)
{
	struct addr addr = place(arg, 0);
	struct sockaddr_storage ss;
	socklen_t len = addr_to_sockaddr(&addr, &ss);
	unsigned char echo[8] = { 8, 0, 0, 0, 0, 1, 0, 1 };
	int fd = socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);

	if (fd < 0)
		return 200;
	return sendto(fd, echo, sizeof(echo), 0, (struct sockaddr *)&ss, len) <
		0
	    ? errno
	    : 0;
}

START_TEST(ping_sockets)
{
	int fd = open("/proc/sys/net/ipv4/ping_group_range", O_WRONLY);
	static char allowed[] = "9.9.9.9", denied[] = "8.8.8.8";
	struct stand stand;

	/* of this network namespace */
	if (fd < 0 || write(fd, "0 100000", 8) != 8) {
		printf("ping sockets: skipped, the system gives none\n");
		return;
	}
	close(fd);
	stand_start(&stand, GUARD_FORM_HOST);
	stand_rules(&stand, rules, 3);
	ck_assert_int_eq(
	    as_user(ALICE, ALICE, ping_without_privilege, allowed), 0);
	ck_assert_int_eq(
	    as_user(ALICE, ALICE, ping_without_privilege, denied), EPERM);
	stand_end(&stand);
}
END_TEST

/* Who connects is asked about, not who opened the socket. */
START_TEST(a_socket_handed_over)
{
	struct attempt attempt = { "8.8.8.8", SOCK_DGRAM, 0, false, 0 };
	struct stand stand;

	stand_start(&stand, GUARD_FORM_HOST);
	stand_rules(&stand, rules, 3);
	attempt.inherited = socket(AF_INET, SOCK_DGRAM, 0);
	ck_assert_int_gt(attempt.inherited, 0);
	ck_assert_int_eq(try_it(&attempt), 0);
	ck_assert_int_eq(as_user(ALICE, ALICE, try_it, &attempt), EPERM);
	ck_assert_int_eq(as_user(BOB, BOB, try_it, &attempt), 0);
	stand_end(&stand);
}
END_TEST

/* A header of the program's own making. */
static int
send_made_header(void *arg)
{
	struct addr addr = place("8.8.8.8", 53);
	unsigned char packet[28] = { 0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0,
		198, 51, 100, 1, 8, 8, 8, 8, 1, 1, 0, 53, 0, 8, 0, 0 };
	struct sockaddr_storage ss;
	socklen_t len;
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);

	/* the address that the system is told isn't the one in the header */
	addr = place("9.9.9.9", 0);
	len = addr_to_sockaddr(&addr, &ss);
	if (fd < 0)
		return errno;
	return sendto(fd, packet, sizeof(packet), 0, (struct sockaddr *)&ss,
		   len) < 0
	    ? errno
	    : 0;
}

START_TEST(made_headers)
{
	struct stand stand;

	stand_start(&stand, GUARD_FORM_HOST);
	stand_rules(&stand, rules, 3);
	ck_assert_int_eq(as_user(ALICE, 0, send_made_header, NULL), EPERM);
	ck_assert_int_eq(as_user(NOBODY, 0, send_made_header, NULL), 0);
	stand_end(&stand);
}
END_TEST

/* A source route: the header says where it goes first, an option where then. */
static int
send_source_route(void *arg)
{
	static const unsigned char route[8] = { 131, 7, 4, 8, 8, 8, 8, 0 };
	struct addr addr = place("9.9.9.9", 53);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (setsockopt(fd, IPPROTO_IP, IP_OPTIONS, route, sizeof(route)) < 0)
		return errno;
	return sock_send_to(fd, &addr);
}

START_TEST(source_routes)
{
	struct stand stand;

	stand_start(&stand, GUARD_FORM_HOST);
	stand_rules(&stand, rules, 3);
	ck_assert_int_eq(as_user(ALICE, ALICE, send_source_route, NULL), EPERM);
	stand_end(&stand);
}
END_TEST

/* Root inside a user namespace is still who made it. */
static int
send_from_namespace(void *arg)
{
	struct addr addr = place("8.8.8.8", 53);
	int fd, n;
	char text[32];

	if (unshare(CLONE_NEWUSER) < 0)
		return 200;
	n = snprintf(text, sizeof(text), "0 %u 1", ALICE);
	fd = open("/proc/self/uid_map", O_WRONLY);
	if (fd < 0 || write(fd, text, (size_t)n) != n || getuid() != 0)
		return 201;
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	return sock_send_to(fd, &addr);
}

START_TEST(user_namespaces)
{
	struct stand stand;
	int error;

	stand_start(&stand, GUARD_FORM_HOST);
	stand_rules(&stand, rules, 3);
	error = as_user(ALICE, ALICE, send_from_namespace, NULL);
	if (error == 200)
		printf("user namespaces: skipped, there are none\n");
	else
		ck_assert_int_eq(error, EPERM);
	stand_end(&stand);
}
END_TEST

/* --- other kinds of sockets --------------------------------------------------------- */

static int
open_mptcp(void *arg)
{
	int fd = socket(AF_INET, SOCK_STREAM, 262);

	return fd < 0 ? errno : 0;
}

START_TEST(mptcp)
{
	struct stand stand;
	int before = open_mptcp(NULL);

	if (before != 0) {
		printf("mptcp: skipped, the kernel has none\n");
		return;
	}
	stand_start(&stand, GUARD_FORM_HOST);
	stand_rules(&stand, rules, 3);
	ck_assert_int_eq(as_user(ALICE, ALICE, open_mptcp, NULL), EPERM);
	ck_assert_int_eq(as_user(ALICE, 0, open_mptcp, NULL), EPERM);
	ck_assert_int_eq(as_user(NOBODY, 0, open_mptcp, NULL), 0);
	stand_end(&stand);
}
END_TEST

static int
open_packet(void *arg)
{
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	return fd < 0 ? errno : 0;
}

START_TEST(other_families)
{
	struct stand stand;
	const char *why;

	stand_start(&stand, GUARD_FORM_HOST);
	stand_rules(&stand, rules, 3);
	if (guard_has_families(stand.guard, &why)) {
		ck_assert_int_eq(
		    as_user(ALICE, 0, open_packet, NULL), EAFNOSUPPORT);
		ck_assert_int_eq(as_user(NOBODY, 0, open_packet, NULL), 0);
	} else {
		printf("other families: skipped, %s\n", why);
	}
	stand_end(&stand);
}
END_TEST

/* --- what was there before --------------------------------------------------------------- */

struct early {
	int go, done; /* descriptors */
};

static int
send_later(void *arg)
{
	struct early *early = arg;
	struct addr addr = place("8.8.8.8", 53);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	char byte;

	if (sock_connect(fd, &addr) != 0 || send(fd, "x", 1, 0) != 1 ||
	    write(early->done, "x", 1) != 1 || read(early->go, &byte, 1) != 1)
		return 200;
	return send(fd, "x", 1, 0) == 1 ? 0 : errno;
}

START_TEST(sockets_that_were_open)
{
	int go[2], done[2], status;
	struct early early;
	struct stand stand;
	char byte;
	pid_t pid;

	ck_assert(pipe(go) == 0 && pipe(done) == 0);
	early = (struct early){ go[0], done[1] };
	pid = fork();
	if (pid == 0) {
		become(ALICE, 0);
		_exit(send_later(&early));
	}
	ck_assert_int_eq(read(done[0], &byte, 1), 1);
	stand_start(&stand, GUARD_FORM_HOST);
	stand_rules(&stand, rules, 3);
	ck_assert_int_eq(write(go[1], "x", 1), 1);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), EPERM);
	stand_end(&stand);
}
END_TEST

/* --- who is at the other end ------------------------------------------------------------- */

struct meeting {
	struct sockaddr_in at, from;
};

/* Connects and is gone at once. */
static int
visit(void *arg)
{
	struct meeting *meeting = arg;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (connect(fd, (struct sockaddr *)&meeting->at, sizeof(meeting->at)) <
	    0)
		return errno;
	if (send(fd, "x", 1, 0) != 1)
		return errno;
	close(fd);
	return 0;
}

static void
fill_key(struct guard_local_key *key, const struct sockaddr_in *from,
    const struct sockaddr_in *to, uint64_t netns)
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

	memset(key, 0, sizeof(*key));
	key->netns = netns;
	memcpy(key->from, mapped, 12);
	memcpy(key->from + 12, &from->sin_addr, 4);
	memcpy(key->to, mapped, 12);
	memcpy(key->to + 12, &to->sin_addr, 4);
	key->from_port = ntohs(from->sin_port);
	key->to_port = ntohs(to->sin_port);
}

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

/* The kernel's note names the login; the socket has no owner any more. */
static void
check_ends(
    const struct stand *stand, const struct meeting *meeting, uint32_t wanted)
{
	struct addr from = { .port = 0 }, at = { .port = 0 };
	uint32_t uid = 0;

	ck_assert_int_eq(
	    addr_from_sockaddr((const struct sockaddr *)&meeting->from, &from),
	    0);
	ck_assert_int_eq(
	    addr_from_sockaddr((const struct sockaddr *)&meeting->at, &at), 0);
	ck_assert_int_eq(
	    ends_ask_map(stand->fds[GUARD_MAP_LOCALS], &from, &at, &uid), 0);
	ck_assert_uint_eq(uid, wanted);
	ck_assert_int_eq(ends_ask_socket(&from, &at, &uid), -1);
	from.port ^= 1;
	ck_assert_int_eq(
	    ends_ask_map(stand->fds[GUARD_MAP_LOCALS], &from, &at, &uid), -1);
}

static const struct {
	uint32_t login, uid;
} visitors[] = { { 1, 1 }, { 1, 0 }, { NOBODY, 0 } };

START_TEST(local_clients_are_known)
{
	struct meeting meeting = { .at = { .sin_family = AF_INET,
				       .sin_addr = { htonl(0x7f000001) } } };
	socklen_t len = sizeof(meeting.at), size = sizeof(uint64_t);
	int listener = socket(AF_INET, SOCK_STREAM, 0), fd;
	struct guard_local_key key;
	struct guard_local local;
	struct stand stand;
	uint64_t netns = 0;

	stand_start(&stand, GUARD_FORM_HOST);
	stand_rules(&stand, "allow to any\n", 3);
	ck_assert_int_eq(
	    bind(listener, (struct sockaddr *)&meeting.at, sizeof(meeting.at)),
	    0);
	ck_assert_int_eq(listen(listener, 5), 0);
	getsockname(listener, (struct sockaddr *)&meeting.at, &len);
	ck_assert_int_eq(
	    getsockopt(listener, SOL_SOCKET, SO_NETNS_COOKIE, &netns, &size),
	    0);
	for (int i = 0; i < 20; i++) {
		ck_assert_int_eq(as_user(visitors[_i].login, visitors[_i].uid,
				     visit, &meeting),
		    0);
		/* it has sent, closed and ended by now */
		fd = accept(listener, (struct sockaddr *)&meeting.from, &len);
		ck_assert_int_ge(fd, 0);
		fill_key(&key, &meeting.from, &meeting.at, netns);
		ck_assert_int_eq(bpf_map_lookup_elem(
				     stand.fds[GUARD_MAP_LOCALS], &key, &local),
		    0);
		ck_assert_uint_eq(local.loginuid, visitors[_i].login);
		ck_assert_uint_eq(local.uid, visitors[_i].uid);
		check_ends(&stand, &meeting,
		    visitors[_i].login == NOBODY ? visitors[_i].uid
						 : visitors[_i].login);
		close(fd);
	}
	close(listener);
	stand_end(&stand);
}
END_TEST

Suite *
suite_host_form(void)
{
	Suite *suite = suite_create("host form");
	TCase *tcase = tcase_create("host form");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(
	    tcase, whose_packets, 0, sizeof(cases) / sizeof(*cases));
	tcase_add_test(tcase, connected_datagrams);
	tcase_add_test(tcase, ping_sockets);
	tcase_add_test(tcase, a_socket_handed_over);
	tcase_add_test(tcase, made_headers);
	tcase_add_test(tcase, source_routes);
	tcase_add_test(tcase, user_namespaces);
	tcase_add_test(tcase, mptcp);
	tcase_add_test(tcase, other_families);
	tcase_add_test(tcase, sockets_that_were_open);
	tcase_add_loop_test(tcase, local_clients_are_known, 0, 3);
	suite_add_tcase(suite, tcase);
	return suite;
}
