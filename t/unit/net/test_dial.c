#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <check.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "base/clock.h"
#include "bed.h"
#include "dns.h"
#include "net/dial.h"
#include "net/dns_answer.h"
#include "suites.h"

/* 127.0.0.1 refuses, 127.0.0.2 is a black hole, 127.0.0.3 accepts. */
static const struct dns_record zone[] = {
	{ "good.example", DNS_TYPE_A, "127.0.0.3", 0 },
	{ "refuses.example", DNS_TYPE_A, "127.0.0.1", 0 },
	{ "hole.example", DNS_TYPE_A, "127.0.0.2", 0 },
	{ "empty.example", 16, "", 0 },
	{ "ladder.example", DNS_TYPE_A, "192.0.2.1", 0 },
	{ "ladder.example", DNS_TYPE_A, "192.0.2.2", 0 },
	{ "ladder.example", DNS_TYPE_A, "192.0.2.3", 0 },
	{ "ladder.example", DNS_TYPE_AAAA, "2001:db8::1", 0 },
	{ "ladder.example", DNS_TYPE_AAAA, "2001:db8::2", 0 },
	{ "folded.example", DNS_TYPE_AAAA, "64:ff9b::127.0.0.3", 0 },
	/* IPv6 comes first: nothing listens there */
	{ "second.example", DNS_TYPE_AAAA, "::1", 0 },
	{ "second.example", DNS_TYPE_A, "127.0.0.3", 0 },
};

static struct bed bed;
static struct dns dns;
static struct resolver *resolver;
static int good = -1, hole = -1, stuffing[4];
static uint16_t port;

struct result {
	bool done, free_now;
	unsigned calls;
	enum dial_ret ret;
	int fd;
	struct addr addr;
	struct addr shown[RESOLVE_ADDR_MAX];
	uint64_t shown_ms[RESOLVE_ADDR_MAX];
	size_t nshown;
	bool refuse_all;
	const char *refuse;   /* this one */
	bool later, later_no; /* answer a candidate afterwards; with no */
	bool never;           /* don't */
	int later_fd;
	struct dial *dial;
};

/* --- stage ----------------------------------------------------------------- */

static int
listen_at(const char *ip, uint16_t at, int backlog)
{
	struct sockaddr_storage ss;
	struct addr addr;
	socklen_t len;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	ck_assert_int_eq(addr_parse(slice_of(ip), &addr), 0);
	addr.port = at;
	len = addr_to_sockaddr(&addr, &ss);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&ss, len), 0);
	ck_assert_int_eq(listen(fd, backlog), 0);
	return fd;
}

/* A full backlog drops every further SYN. */
static void
open_hole(void)
{
	struct sockaddr_storage ss;
	struct addr addr;
	socklen_t len;

	hole = listen_at("127.0.0.2", port, 0);
	ck_assert_int_eq(addr_parse(SLICE("127.0.0.2"), &addr), 0);
	addr.port = port;
	len = addr_to_sockaddr(&addr, &ss);
	for (size_t i = 0; i < COUNT(stuffing); i++) {
		stuffing[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)connect(stuffing[i], (struct sockaddr *)&ss, len);
	}
}

static void
setup(void)
{
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);

	bed_init(&bed);
	dns_init(&dns, &bed, zone, COUNT(zone));
	resolver = resolver_new(bed.base, &dns.addr, 1, 2000);
	good = listen_at("127.0.0.3", 0, 16);
	ck_assert_int_eq(getsockname(good, (struct sockaddr *)&sin, &len), 0);
	port = ntohs(sin.sin_port);
	open_hole();
}

static void
teardown(void)
{
	for (size_t i = 0; i < COUNT(stuffing); i++)
		close(stuffing[i]);
	close(hole);
	close(good);
	resolver_free(resolver);
	dns_clear(&dns);
	bed_clear(&bed);
}

static void
on_later(evutil_socket_t fd, short what, void *arg)
{
	struct result *result = arg;
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	/* nothing was sent meanwhile */
	ck_assert_int_eq(
	    getpeername(result->later_fd, (struct sockaddr *)&ss, &len), -1);
	dial_candidate_ready(result->dial, -5, true); /* nobody's */
	dial_candidate_ready(result->dial, result->later_fd, !result->later_no);
}

static enum dial_candidate
on_candidate(const struct addr *addr, int fd, void *arg)
{
	struct result *result = arg;
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	char text[ADDR_TEXT_SIZE];

	/* shown before anything is sent */
	ck_assert_int_eq(getpeername(fd, (struct sockaddr *)&ss, &len), -1);
	ck_assert_int_eq(errno, ENOTCONN);
	result->shown_ms[result->nshown] = clock_ms();
	result->shown[result->nshown++] = *addr;
	if (result->refuse_all ||
	    (result->refuse != NULL &&
		strcmp(addr_text(text, addr), result->refuse) == 0))
		return DIAL_SKIP;
	if (!result->later)
		return DIAL_GO;
	result->later_fd = fd;
	if (!result->never)
		event_base_once(
		    bed.base, -1, EV_TIMEOUT, on_later, result, NULL);
	return DIAL_LATER;
}

static void
on_done(struct dial *dial, enum dial_ret ret, int fd, const struct addr *addr,
    void *arg)
{
	struct result *result = arg;

	result->done = true;
	result->calls++;
	result->ret = ret;
	result->fd = fd;
	ck_assert((fd != -1) == (ret == DIAL_OK));
	ck_assert((addr != NULL) == (ret == DIAL_OK));
	if (addr != NULL)
		result->addr = *addr;
	if (result->free_now)
		dial_free(dial);
}

static struct dial *
start(const char *name, unsigned timeout_ms, struct result *result)
{
	struct host host;

	ck_assert_ptr_null(host_parse(slice_of(name), &host));
	result->dial = dial_start(bed.base, resolver, &host, port, timeout_ms,
	    on_candidate, on_done, result);
	return result->dial;
}

static struct dial *
dial(const char *name, unsigned timeout_ms, struct result *result)
{
	struct dial *d = start(name, timeout_ms, result);

	ck_assert(!result->done);
	ck_assert_uint_eq(result->nshown, 0); /* nothing within the call */
	bed_wait(&bed, &result->done, 5000);
	ck_assert_uint_eq(result->calls, 1);
	return d;
}

/* --- tests ----------------------------------------------------------------- */

static const struct {
	const char *name;
	enum dial_ret ret;
	size_t shown;
	const char *error;
} ends[] = {
	{ "good.example", DIAL_OK, 1, NULL },
	{ "127.0.0.3", DIAL_OK, 1, NULL },
	{ "second.example", DIAL_OK, 2, NULL },
	{ "refuses.example", DIAL_CONNECT, 1, "connection refused" },
	{ "127.0.0.1", DIAL_CONNECT, 1, "connection refused" },
	{ "empty.example", DIAL_RESOLVE, 0, NULL },
	{ "nothing.example", DIAL_RESOLVE, 0, NULL },
	{ "hole.example", DIAL_TIMEOUT, 1, "timed out" },
	{ "127.0.0.2", DIAL_TIMEOUT, 1, "timed out" },
};

START_TEST(test_end)
{
	struct result result = { .fd = -1 };
	unsigned ms = ends[_i].ret == DIAL_TIMEOUT ? 600 : 4000;
	struct dial *d = dial(ends[_i].name, ms, &result);

	ck_assert_int_eq(result.ret, ends[_i].ret);
	ck_assert_uint_eq(result.nshown, ends[_i].shown);
	if (ends[_i].error != NULL)
		ck_assert_str_eq(dial_error(d), ends[_i].error);
	if (ends[_i].ret == DIAL_RESOLVE)
		ck_assert_int_ne(dial_resolve_ret(d), RESOLVE_OK);
	if (result.fd != -1)
		close(result.fd);
	dial_free(d);
}
END_TEST

START_TEST(test_socket)
{
	struct result result = { .fd = -1, .free_now = true };
	int nodelay = 0;
	socklen_t len = sizeof(nodelay);

	dial("good.example", 4000, &result);
	ck_assert_int_eq(result.ret, DIAL_OK);
	ck_assert_int_eq(result.addr.port, port);
	ck_assert(fcntl(result.fd, F_GETFL) & O_NONBLOCK);
	ck_assert(fcntl(result.fd, F_GETFD) & FD_CLOEXEC);
	getsockopt(result.fd, IPPROTO_TCP, TCP_NODELAY, &nodelay, &len);
	ck_assert_int_ne(nodelay, 0);
	close(result.fd);
}
END_TEST

static const struct dns_record hole_and_good[] = {
	{ "either.example", DNS_TYPE_A, "127.0.0.2", 0 },
	{ "either.example", DNS_TYPE_AAAA, "::ffff:127.0.0.2", 0 },
	{ "either.example", DNS_TYPE_A, "127.0.0.3", 0 },
};

/* A black hole costs one stagger, not its time-out. */
START_TEST(test_stagger)
{
	struct result result = { .fd = -1 };
	uint64_t waited;
	struct dial *d;

	dns.zone = hole_and_good;
	dns.nzone = COUNT(hole_and_good);
	d = dial("either.example", 3000, &result);
	ck_assert_int_eq(result.ret, DIAL_OK);
	ck_assert_uint_ge(result.nshown, 2);
	waited = result.shown_ms[1] - result.shown_ms[0];
	ck_assert_uint_ge(waited, 150);
	ck_assert_uint_lt(waited, 2500);
	close(result.fd);
	dial_free(d);
}
END_TEST

/* Milliseconds from the first that was shown to the last. */
static uint64_t
refuse_ladder(void)
{
	struct result result = { .refuse_all = true };
	struct dial *d = dial("ladder.example", 4000, &result);
	static const bool v4[] = { false, true, false, true, true };

	ck_assert_int_eq(result.ret, DIAL_REFUSED);
	ck_assert_uint_eq(result.nshown, COUNT(v4));
	for (size_t i = 0; i < COUNT(v4); i++)
		ck_assert_int_eq(addr_is_v4(&result.shown[i]), v4[i]);
	dial_free(d);
	return result.shown_ms[4] - result.shown_ms[0];
}

START_TEST(test_order)
{
	uint64_t took = refuse_ladder();

	/* nobody waits for what was refused, but maybe for a CPU */
	for (int i = 0; i < 5 && took >= 200; i++)
		took = refuse_ladder();
	ck_assert_uint_lt(took, 200);
}
END_TEST

START_TEST(test_one_refused)
{
	struct result result = { .fd = -1, .refuse = "::1" };
	struct dial *d = dial("second.example", 4000, &result);

	ck_assert_int_eq(result.ret, DIAL_OK);
	ck_assert(addr_is_v4(&result.addr));
	close(result.fd);
	dial_free(d);
}
END_TEST

START_TEST(test_unfolded)
{
	struct result result = { .refuse_all = true };
	struct dial *d = dial("folded.example", 4000, &result);
	char text[ADDR_TEXT_SIZE];

	ck_assert_uint_eq(result.nshown, 1);
	ck_assert_str_eq(addr_text(text, &result.shown[0]), "127.0.0.3");
	dial_free(d);
}
END_TEST

static const struct {
	const char *name;
	bool no;
	enum dial_ret ret;
	size_t shown;
} laters[] = {
	{ "good.example", false, DIAL_OK, 1 },
	{ "good.example", true, DIAL_REFUSED, 1 },
	{ "second.example", false, DIAL_OK, 2 },
	{ "second.example", true, DIAL_REFUSED, 2 },
	{ "127.0.0.1", false, DIAL_CONNECT, 1 },
	{ "127.0.0.3", true, DIAL_REFUSED, 1 },
};

START_TEST(test_later)
{
	struct result result = {
		.fd = -1, .later = true, .later_no = laters[_i].no
	};
	struct dial *d = dial(laters[_i].name, 4000, &result);

	ck_assert_int_eq(result.ret, laters[_i].ret);
	ck_assert_uint_eq(result.nshown, laters[_i].shown);
	if (result.fd != -1)
		close(result.fd);
	dial_free(d);
}
END_TEST

/* The owner never says: the time for all runs out, and the socket closes. */
START_TEST(test_never)
{
	struct result result = { .fd = -1, .later = true, .never = true };
	struct dial *d = dial("127.0.0.3", 200, &result);

	ck_assert_int_eq(result.ret, DIAL_TIMEOUT);
	ck_assert_int_eq(fcntl(result.later_fd, F_GETFD), -1);
	dial_free(d);
}
END_TEST

/* Freed at every stage: resolving, connecting, waiting for the stagger. */
START_TEST(test_free)
{
	static const char *const names[] = { "silent.example", "127.0.0.2",
		"hole.example", "second.example" };
	struct result result = { .fd = -1 };
	struct dial *d = start(names[_i / 3], 1000, &result);

	for (int i = 0; i < _i % 3; i++)
		event_base_loop(bed.base, EVLOOP_NONBLOCK);
	if (result.fd != -1)
		close(result.fd);
	dial_free(d);
	result.done = false;
	bed_wait(&bed, &result.done, 50);
	ck_assert(!result.done);
}
END_TEST

Suite *
suite_dial(void)
{
	Suite *suite = suite_create("dial");
	TCase *tc = tcase_create("dial");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 20);
	tcase_add_loop_test(tc, test_end, 0, (int)COUNT(ends));
	tcase_add_test(tc, test_socket);
	tcase_add_test(tc, test_stagger);
	tcase_add_test(tc, test_order);
	tcase_add_test(tc, test_one_refused);
	tcase_add_test(tc, test_unfolded);
	tcase_add_loop_test(tc, test_later, 0, (int)COUNT(laters));
	tcase_add_test(tc, test_never);
	tcase_add_loop_test(tc, test_free, 0, 12);
	suite_add_tcase(suite, tc);
	return suite;
}
