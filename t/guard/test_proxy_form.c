/*
 * The form for the proxy's own machine: what a socket with a tag may do, and
 * one without.
 */
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ground.h"
#include "guard/events.h"
#include "guard/tags.h"
#include "sock.h"
#include "suites.h"

static const char rules[] = "allow user u1 to 8.8.8.8 port 53\n"
			    "deny to { 8.8.0.0/16, 2606:4700::/32 }\n"
			    "allow user u2 to internal\n";

static const struct {
	uint32_t account; /* 0: no tag */
	const char *addr;
	uint16_t port;
	int error;
} sent[] = {
	{ 1, "8.8.8.8", 53, 0 },
	{ 1, "8.8.8.8", 54, EPERM },
	{ 1, "8.8.4.4", 53, EPERM },
	{ 2, "8.8.8.8", 53, EPERM },
	{ 1, "9.9.9.9", 53, 0 },
	{ 1, "2606:4700::1", 53, EPERM },
	{ 1, "2606:4701::1", 53, 0 },
	{ 1, "64:ff9b::808:404", 53, EPERM },
	{ 1, "10.0.0.1", 53, EPERM },
	{ 2, "10.0.0.1", 53, 0 },
	{ 3, "9.9.9.9", 53, EPERM }, /* nobody knows account 3 */
	{ 0, "9.9.9.9", 53, EPERM },
};

START_TEST(sends)
{
	struct stand stand;
	struct addr addr = place(sent[_i].addr, sent[_i].port);
	struct tag tag = { .account = sent[_i].account };
	int fd;

	stand_start(&stand, GUARD_FORM_PROXY);
	stand_rules(&stand, rules, 2);
	fd = sock_new(&addr, SOCK_DGRAM, 0);
	if (tag.account)
		ck_assert_int_eq(
		    tags_set(stand.fds[GUARD_MAP_TAGS], fd, &tag), 0);
	ck_assert_int_eq(sock_send_to(fd, &addr), sent[_i].error);
	ck_assert_int_eq(sock_connect(fd, &addr), sent[_i].error);
	close(fd);
	stand_end(&stand);
}
END_TEST

START_TEST(without_rules_nothing_passes)
{
	struct addr addr = place("9.9.9.9", 53);
	struct tag tag = { .account = 1 };
	struct stand stand;
	int fd = sock_new(&addr, SOCK_DGRAM, 0);

	stand_start(&stand, GUARD_FORM_PROXY);
	ck_assert_int_eq(tags_set(stand.fds[GUARD_MAP_TAGS], fd, &tag), 0);
	ck_assert_int_eq(sock_send_to(fd, &addr), EPERM);
	stand_rules(&stand, "", 1);
	ck_assert_int_eq(sock_send_to(fd, &addr), 0);
	close(fd);
	stand_end(&stand);
}
END_TEST

START_TEST(a_tag_is_set_once)
{
	struct addr addr = place("9.9.9.9", 53);
	struct tag tag = { .account = 1 };
	struct stand stand;
	int fd = sock_new(&addr, SOCK_DGRAM, 0);

	stand_start(&stand, GUARD_FORM_PROXY);
	ck_assert_int_eq(tags_set(stand.fds[GUARD_MAP_TAGS], fd, &tag), 0);
	ck_assert_int_eq(tags_set(stand.fds[GUARD_MAP_TAGS], fd, &tag), -1);
	ck_assert_int_eq(errno, EEXIST);
	close(fd);
	stand_end(&stand);
}
END_TEST

START_TEST(a_pin_holds_to_one_place)
{
	struct addr addr = place("9.9.9.9", 53), port = place("9.9.9.9", 54),
		    other = place("9.9.9.8", 53), denied = place("8.8.4.4", 53);
	struct tag tag = { .account = 1, .pin = &addr };
	struct stand stand;
	int fd = sock_new(&addr, SOCK_DGRAM, 0),
	    fd2 = sock_new(&denied, SOCK_DGRAM, 0);

	stand_start(&stand, GUARD_FORM_PROXY);
	stand_rules(&stand, rules, 1);
	ck_assert_int_eq(tags_set(stand.fds[GUARD_MAP_TAGS], fd, &tag), 0);
	ck_assert_int_eq(sock_send_to(fd, &addr), 0);
	ck_assert_int_eq(sock_send_to(fd, &other), EPERM);
	ck_assert_int_eq(sock_send_to(fd, &port), EPERM);
	ck_assert_int_eq(sock_send_to(fd, &addr), 0);
	tag.pin = &denied;
	ck_assert_int_eq(tags_set(stand.fds[GUARD_MAP_TAGS], fd2, &tag), 0);
	ck_assert_int_eq(sock_send_to(fd2, &denied), EPERM);
	close(fd);
	close(fd2);
	stand_end(&stand);
}
END_TEST

/* --- connections that are there ------------------------------------------------------ */

struct connection {
	int listener, client, server;
};

static void
open_connection(struct connection *c, const struct stand *stand,
    const char *where, const struct tag *tag)
{
	struct addr addr = place(where, 0);
	struct sockaddr_storage ss;
	socklen_t len = addr_to_sockaddr(&addr, &ss);
	int tags = stand->fds[GUARD_MAP_TAGS];

	c->listener = socket(ss.ss_family, SOCK_STREAM, 0);
	ck_assert_int_eq(tags_set_self(tags, c->listener), 0);
	ck_assert_int_eq(bind(c->listener, (struct sockaddr *)&ss, len), 0);
	ck_assert_int_eq(listen(c->listener, 5), 0);
	getsockname(c->listener, (struct sockaddr *)&ss, &len);
	c->client = socket(ss.ss_family, SOCK_STREAM, 0);
	ck_assert_int_eq(tags_set(tags, c->client, tag), 0);
	ck_assert_int_eq(connect(c->client, (struct sockaddr *)&ss, len), 0);
	c->server = accept(c->listener, NULL, NULL);
	ck_assert_int_ge(c->server, 0);
}

static void
close_connection(struct connection *c)
{
	close(c->listener);
	close(c->client);
	close(c->server);
}

static const char *const families[] = { "127.0.0.1", "::1" };

START_TEST(a_reload_cuts_what_is_open)
{
	struct tag tag = { .account = 1 };
	struct connection c;
	struct stand stand;

	stand_start(&stand, GUARD_FORM_PROXY);
	stand_rules(&stand, "allow user u1 to internal\n", 1);
	open_connection(&c, &stand, families[_i], &tag);
	ck_assert(sock_arrives(c.client, c.server));
	/* accepted sockets have the listener's tag */
	ck_assert(sock_arrives(c.server, c.client));
	stand_rules(&stand, "deny user u1 to internal\n", 1);
	ck_assert(!sock_arrives(c.client, c.server));
	stand_rules(&stand, "allow user u1 to internal\n", 1);
	/* what waited is sent again */
	ck_assert(sock_arrives(c.client, c.server));
	close_connection(&c);
	stand_end(&stand);
}
END_TEST

/* What a program left in the queue of a socket that it closed. */
START_TEST(a_closed_socket_is_judged_too)
{
	struct timeval moment = { .tv_usec = 200000 };
	struct tag tag = { .account = 1 };
	static char data[1 << 20];
	struct connection c;
	struct stand stand;
	size_t before = 0, after = 0;
	ssize_t n;

	stand_start(&stand, GUARD_FORM_PROXY);
	stand_rules(&stand, "allow user u1 to internal\n", 1);
	open_connection(&c, &stand, "127.0.0.1", &tag);
	fcntl(c.client, F_SETFL, O_NONBLOCK);
	while (send(c.client, data, sizeof(data), MSG_NOSIGNAL) > 0)
		;
	close(c.client);
	stand_rules(&stand, "deny user u1 to internal\n", 1);
	setsockopt(c.server, SOL_SOCKET, SO_RCVTIMEO, &moment, sizeof(moment));
	while ((n = recv(c.server, data, sizeof(data), 0)) > 0)
		before += (size_t)n;
	/* what had arrived was there; nothing comes after it, nor the end */
	ck_assert_int_eq(n, -1);
	ck_assert_uint_gt(before, 0);
	stand_rules(&stand, "allow user u1 to internal\n", 1);
	moment.tv_sec = 3;
	setsockopt(c.server, SOL_SOCKET, SO_RCVTIMEO, &moment, sizeof(moment));
	while ((n = recv(c.server, data, sizeof(data), 0)) > 0)
		after += (size_t)n;
	ck_assert_int_eq(n, 0);
	ck_assert_uint_gt(after, 0);
	close(c.listener);
	close(c.server);
	stand_end(&stand);
}
END_TEST

/* --- events ------------------------------------------------------------------------------ */

struct seen {
	unsigned n;
	struct guard_event last;
	uint32_t lost;
};

static void
on_event(const struct guard_event *event, void *arg)
{
	struct seen *seen = arg;

	seen->n++;
	seen->lost += event->lost;
	seen->last = *event;
}

START_TEST(denials_are_told_and_limited)
{
	struct seen seen = { .n = 0 };
	struct tag tag = { .account = 1, .session = 4711 };
	struct stand stand;
	struct events *events;
	struct addr addr = place("8.8.4.4", 1);
	uint64_t counts[GUARD_COUNT_MAX];
	int fd = sock_new(&addr, SOCK_DGRAM, 0);

	stand_start(&stand, GUARD_FORM_PROXY);
	stand_rules(&stand, rules, 1);
	tables_set_rate(stand.tables, 10, 100);
	events = events_new(stand.fds[GUARD_MAP_EVENTS], on_event, &seen);
	ck_assert_ptr_nonnull(events);
	ck_assert_int_eq(tags_set(stand.fds[GUARD_MAP_TAGS], fd, &tag), 0);
	/* the same place again is one event */
	for (int i = 0; i < 50; i++)
		ck_assert_int_eq(sock_send_to(fd, &addr), EPERM);
	events_drain(events);
	ck_assert_uint_eq(seen.n, 1);
	ck_assert_uint_eq(seen.last.account, 1);
	ck_assert_uint_eq(seen.last.session, 4711);
	ck_assert_uint_eq(seen.last.port, 1);
	ck_assert_uint_eq(seen.last.protocol, IPPROTO_UDP);
	ck_assert_uint_eq(seen.last.hook, GUARD_HOOK_SENDMSG);
	ck_assert_uint_eq(seen.last.why, GUARD_WHY_RULE);
	ck_assert_uint_eq(seen.last.rule, 1);
	ck_assert_mem_eq(seen.last.ip, addr.ip, 16);
	/* many places are as many as the bucket holds, and the rest a number */
	for (unsigned i = 2; i < 502; i++) {
		addr.port = (uint16_t)i;
		ck_assert_int_eq(sock_send_to(fd, &addr), EPERM);
	}
	events_drain(events);
	ck_assert_uint_ge(seen.n, 10);
	ck_assert_uint_lt(seen.n, 60);
	usleep(150000);
	addr.port = 600;
	ck_assert_int_eq(sock_send_to(fd, &addr), EPERM);
	events_drain(events);
	ck_assert_uint_eq(seen.n + seen.lost, 502);
	tables_counts(stand.tables, counts);
	ck_assert_uint_eq(counts[GUARD_WHY_RULE], 502);
	ck_assert_uint_eq(counts[GUARD_COUNT_LOST], seen.lost);
	events_free(events);
	close(fd);
	stand_end(&stand);
}
END_TEST

START_TEST(observing_denies_nothing)
{
	struct seen seen = { .n = 0 };
	struct tag tag = { .account = 1 };
	struct addr addr = place("8.8.4.4", 1);
	struct stand stand;
	struct events *events;
	int fd = sock_new(&addr, SOCK_DGRAM, 0);

	stand_start(&stand, GUARD_FORM_PROXY);
	stand_rules(&stand, rules, 1);
	tables_set_mode(stand.tables, GUARD_MODE_OBSERVE);
	events = events_new(stand.fds[GUARD_MAP_EVENTS], on_event, &seen);
	ck_assert_int_eq(tags_set(stand.fds[GUARD_MAP_TAGS], fd, &tag), 0);
	ck_assert_int_eq(sock_send_to(fd, &addr), 0);
	events_drain(events);
	ck_assert_uint_eq(seen.n, 1);
	ck_assert_uint_eq(seen.last.observed, 1);
	tables_set_mode(stand.tables, GUARD_MODE_ENFORCE);
	ck_assert_int_eq(sock_send_to(fd, &addr), EPERM);
	events_free(events);
	close(fd);
	stand_end(&stand);
}
END_TEST

Suite *
suite_proxy_form(void)
{
	Suite *suite = suite_create("proxy form");
	TCase *tcase = tcase_create("proxy form");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, sends, 0, sizeof(sent) / sizeof(*sent));
	tcase_add_test(tcase, without_rules_nothing_passes);
	tcase_add_test(tcase, a_tag_is_set_once);
	tcase_add_test(tcase, a_pin_holds_to_one_place);
	tcase_add_loop_test(tcase, a_reload_cuts_what_is_open, 0, 2);
	tcase_add_test(tcase, a_closed_socket_is_judged_too);
	tcase_add_test(tcase, denials_are_told_and_limited);
	tcase_add_test(tcase, observing_denies_nothing);
	suite_add_tcase(suite, tcase);
	return suite;
}
