/*
 * io: how a stream ends, from either side, clean or not.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <check.h>

#include "io_stage.h"
#include "suites.h"

/* The peer ends first, and may still be answered. */
START_TEST(test_peer_ends)
{
	struct seen seen;
	struct peer peer;

	stage_open(_i, &seen, &peer);
	stage_say(&peer, 0, 50);
	while (peer_step(&peer, 60000, 60000))
		;
	stage_finish_peer(&peer);
	peer_run(&peer, &stage_bed, 60000, 60000);
	check_pattern(seen.data, 50);
	ck_assert_uint_eq(seen_count(&seen, IO_EOF), 1);
	ck_assert_int_eq(io_end(seen.io), IO_END_CLEAN);
	ck_assert(!io_finished(seen.io));
	stage_queue(&seen, 0, 300);
	peer_run(&peer, &stage_bed, 60000, 60000);
	check_pattern(peer.got, 300);
	ck_assert(!peer.eof);
	io_finish(seen.io);
	peer_run(&peer, &stage_bed, 60000, 60000);
	ck_assert(io_finished(seen.io));
	ck_assert(peer.eof);
	ck_assert(peer.ssl == NULL || peer.closed);
	ck_assert(!seen_has(&seen, IO_ERROR));
	stage_clear(&seen, &peer);
}
END_TEST

/* We end first, with bytes under way, and still hear the peer. */
START_TEST(test_we_end)
{
	struct seen seen;
	struct peer peer;

	stage_open(_i, &seen, &peer);
	stage_queue(&seen, 0, 1000000);
	io_finish(seen.io);
	ck_assert(!io_finished(seen.io));
	bed_settle(&stage_bed);
	ck_assert(!io_finished(seen.io)); /* the peer has not read yet */
	peer_run(&peer, &stage_bed, 60000, 60000);
	ck_assert(io_finished(seen.io));
	ck_assert(seen_has(&seen, IO_DRAINED));
	check_pattern(peer.got, 1000000);
	ck_assert(peer.eof);
	ck_assert(peer.ssl == NULL || peer.closed);
	ck_assert_int_eq(io_end(seen.io), IO_END_NONE);
	if (peer.ssl == NULL) { /* this peer's TLS reads no half-close */
		stage_say(&peer, 0, 400);
		peer_run(&peer, &stage_bed, 60000, 60000);
		check_pattern(seen.data, 400);
	}
	stage_finish_peer(&peer);
	peer_run(&peer, &stage_bed, 60000, 60000);
	ck_assert_int_eq(io_end(seen.io), IO_END_CLEAN);
	stage_clear(&seen, &peer);
}
END_TEST

/* A FIN is clean on a plain stream and a truncation of TLS, wherever it
 * comes: behind whole records or in the middle of one. */
START_TEST(test_fin)
{
	struct seen seen;
	struct peer peer;
	bool in_record = _i / NOPENERS == 1;
	enum io_end want = _i % NOPENERS == 0 ? IO_END_CLEAN : IO_END_TRUNCATED;

	stage_open(_i % NOPENERS, &seen, &peer);
	stage_say(&peer, 0, 500);
	if (in_record)
		peer_step(&peer, 0, 200);
	else
		while (peer_step(&peer, 0, 60000))
			;
	shutdown(peer.fd, SHUT_WR);
	bed_settle(&stage_bed);
	ck_assert_uint_eq(seen_count(&seen, IO_EOF), 1);
	ck_assert_int_eq(io_end(seen.io), want);
	ck_assert(!seen_has(&seen, IO_ERROR));
	if (!in_record)
		check_pattern(seen.data, 500);
	/* the other way is still good */
	stage_queue(&seen, 0, 100);
	peer_run(&peer, &stage_bed, 60000, 60000);
	check_pattern(peer.got, 100);
	stage_clear(&seen, &peer);
}
END_TEST

START_TEST(test_reset)
{
	struct seen seen;
	struct peer peer;

	stage_tcp = true;
	stage_open(_i, &seen, &peer);
	stage_reset_peer(&peer);
	stage_wait_for(&seen, IO_ERROR, 500);
	ck_assert_str_eq(io_error(seen.io), "connection reset by peer");
	ck_assert_uint_eq(seen.events[seen.n - 1], IO_ERROR);
	stage_tcp = false;
	stage_clear(&seen, &peer);
}
END_TEST

/* Bytes and what ends them, all there before the loop looks. */
START_TEST(test_bytes_and_end)
{
	struct seen seen;
	struct peer peer;
	bool reset = _i / NOPENERS == 1;

	stage_tcp = true;
	stage_open(_i % NOPENERS, &seen, &peer);
	stage_say(&peer, 0, 100);
	while (peer_step(&peer, 0, 60000))
		;
	if (reset)
		stage_reset_peer(&peer);
	else
		shutdown(peer.fd, SHUT_WR);
	/* the end is seen at once; a reset in that instant, by the tick */
	stage_wait_for(&seen, reset ? IO_ERROR : IO_EOF, reset ? 2500 : 200);
	check_pattern(seen.data, 100);
	stage_tcp = false;
	stage_clear(&seen, &peer);
}
END_TEST

/* A server that answers early and closes: the answer arrives first. */
START_TEST(test_early_answer)
{
	struct seen seen;
	struct peer peer;

	stage_tcp = true;
	stage_open(_i, &seen, &peer);
	stage_queue(&seen, 0, 4000000);
	bed_settle(&stage_bed);
	stage_say(&peer, 0, 100);
	while (peer_step(&peer, 0, 60000))
		;
	close(peer.fd); /* with bytes unread: a reset */
	peer.fd = -1;
	stage_wait_for(&seen, IO_ERROR, 2500);
	check_pattern(seen.data, 100);
	ck_assert_int_eq(seen.events[seen.n - 2], IO_DATA);
	stage_tcp = false;
	stage_clear(&seen, &peer);
}
END_TEST

Suite *
suite_io_ends(void)
{
	Suite *suite = suite_create("io_ends");
	TCase *tc = tcase_create("io_ends");

	tcase_add_checked_fixture(tc, stage_setup, stage_teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, test_peer_ends, 0, NOPENERS);
	tcase_add_loop_test(tc, test_we_end, 0, NOPENERS);
	tcase_add_loop_test(tc, test_fin, 0, 2 * NOPENERS);
	tcase_add_loop_test(tc, test_reset, 0, NOPENERS);
	tcase_add_loop_test(tc, test_bytes_and_end, 0, 2 * NOPENERS);
	tcase_add_loop_test(tc, test_early_answer, 0, NOPENERS);
	suite_add_tcase(suite, tc);
	return suite;
}
