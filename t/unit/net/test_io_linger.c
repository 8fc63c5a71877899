/*
 * io_linger: what is still to be written when its owner has gone.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <check.h>

#include "base/clock.h"
#include "io_stage.h"
#include "net/io_linger.h"
#include "net/io_tls.h"
#include "suites.h"

/* All is sent, what still comes is thrown away, and the peer's end ends it. */
START_TEST(test_linger)
{
	struct seen seen;
	struct peer peer;
	size_t told;

	stage_open(_i, &seen, &peer);
	stage_queue(&seen, 0, 500000);
	told = seen.n;
	io_finish_and_free(seen.io, 5000, NULL, NULL);
	seen.io = NULL;
	stage_say(&peer, 0, 300000);
	peer_run(&peer, &stage_bed, 60000, 60000);
	check_pattern(peer.got, 500000);
	ck_assert(peer.eof);
	ck_assert(peer.ssl == NULL || peer.closed);
	stage_finish_peer(&peer);
	bed_settle(&stage_bed);
	ck_assert_uint_eq(seen.n, told);
	/* gone: the socket is closed both ways */
	ck_assert_int_eq(send(peer.fd, "x", 1, MSG_NOSIGNAL), -1);
	stage_clear(&seen, &peer);
}
END_TEST

/* What is there arrives, and its end is none: no close_notify, or a reset. */
START_TEST(test_linger_cut)
{
	struct seen seen;
	struct peer peer;

	stage_tcp = true;
	stage_open(_i % NOPENERS, &seen, &peer);
	stage_queue(&seen, 0, 5000);
	io_cut(seen.io, _i >= NOPENERS);
	io_finish_and_free(seen.io, 5000, NULL, NULL);
	seen.io = NULL;
	peer_run(&peer, &stage_bed, 60000, 60000);
	check_pattern(peer.got, 5000);
	ck_assert(!peer.closed);
	ck_assert(peer.reset == (_i >= NOPENERS));
	ck_assert(peer.eof);
	stage_tcp = false;
	stage_finish_peer(&peer);
	bed_settle(&stage_bed);
	stage_clear(&seen, &peer);
}
END_TEST

START_TEST(test_linger_limit)
{
	struct seen seen;
	struct peer peer;
	const bool never = false;

	stage_open(_i, &seen, &peer);
	stage_queue(&seen, 0, 4000000); /* the peer never reads */
	io_finish_and_free(seen.io, 10, NULL, NULL);
	seen.io = NULL;
	bed_wait(&stage_bed, &never, 400);
	ck_assert_int_eq(send(peer.fd, "x", 1, MSG_NOSIGNAL), -1);
	stage_clear(&seen, &peer);
}
END_TEST

/* Bytes that are no TLS: an error, and the alert reaches who sent them, even
 * with more of them unread. */
START_TEST(test_linger_after_error)
{
	static const char junk[] = "\x16\x03\x01\x00\x05hello";
	struct seen seen;
	struct peer peer;
	char *big = calloc(1, 100000);
	int fd[2];

	bed_tcp_pair(fd);
	seen_init(&seen, &stage_bed, fd[0]);
	peer_init(&peer, fd[1]);
	io_tls_accept(seen.io, stage_bed.server);
	evbuffer_add(peer.sent, junk, sizeof(junk) - 1);
	evbuffer_add(peer.sent, big, 100000);
	while (peer_step(&peer, 0, 60000))
		;
	stage_wait_for(&seen, IO_ERROR, 500);
	ck_assert_ptr_nonnull(io_error(seen.io));
	io_finish_and_free(seen.io, 5000, NULL, NULL);
	seen.io = NULL;
	while (!peer.eof)
		peer_run(&peer, &stage_bed, 60000, 60000);
	ck_assert_uint_eq(evbuffer_get_length(peer.got), 7); /* an alert */
	ck_assert_int_eq(evbuffer_pullup(peer.got, 1)[0], 21);
	shutdown(peer.fd, SHUT_WR);
	bed_settle(&stage_bed);
	ck_assert_int_eq(send(peer.fd, "x", 1, MSG_NOSIGNAL), -1);
	free(big);
	stage_clear(&seen, &peer);
}
END_TEST

Suite *
suite_io_linger(void)
{
	Suite *suite = suite_create("io_linger");
	TCase *tc = tcase_create("io_linger");

	tcase_add_checked_fixture(tc, stage_setup, stage_teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, test_linger, 0, NOPENERS);
	tcase_add_loop_test(tc, test_linger_cut, 0, 2 * NOPENERS);
	tcase_add_loop_test(tc, test_linger_limit, 0, NOPENERS);
	tcase_add_test(tc, test_linger_after_error);
	suite_add_tcase(suite, tc);
	return suite;
}
