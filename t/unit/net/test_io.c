/*
 * io: bytes in any interleaving, backpressure, freeing from within.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <check.h>

#include "calls.h"
#include "io_stage.h"
#include "suites.h"

/* --- bytes ----------------------------------------------------------------- */

static const struct {
	size_t in, out;
} gaits[] = { { 1, 1 }, { 1, 60000 }, { 60000, 1 }, { 2, 3 }, { 17, 5 },
	{ 60000, 60000 } };
#define NGAITS (int)COUNT(gaits)

/* Any interleaving of small reads and writes delivers the same bytes. */
START_TEST(test_interleave)
{
	struct seen seen;
	struct peer peer;

	stage_openers[_i / NGAITS](&seen, &peer);
	seen.echo = true;
	stage_say(&peer, 0, 1200);
	peer_run(
	    &peer, &stage_bed, gaits[_i % NGAITS].in, gaits[_i % NGAITS].out);
	check_pattern(peer.got, 1200);
	ck_assert(!seen_has(&seen, IO_ERROR));
	ck_assert_uint_eq(io_stats(seen.io)->in, 1200);
	ck_assert_uint_eq(io_stats(seen.io)->out, 1200);
	stage_clear(&seen, &peer);
}
END_TEST

/* The io's own socket takes next to nothing at a time. */
START_TEST(test_small_buffers)
{
	struct seen seen;
	struct peer peer;

	stage_openers[_i](&seen, &peer);
	bed_small_buffers(io_fd(seen.io));
	bed_small_buffers(peer.fd);
	seen.echo = true;
	stage_say(&peer, 0, 200000);
	peer_run(&peer, &stage_bed, 1000, 3000);
	check_pattern(peer.got, 200000);
	stage_clear(&seen, &peer);
}
END_TEST

/* Many small chains: one record, one send. */
START_TEST(test_coalesced)
{
	struct seen seen;
	struct peer peer;
	struct calls *calls = calls_seen();
	unsigned before;

	stage_open(_i, &seen, &peer);
	for (size_t i = 0; i < 10; i++) {
		struct evbuffer *chain = evbuffer_new();
		char bytes[100];

		fill_pattern(bytes, sizeof(bytes), i * sizeof(bytes));
		evbuffer_add(chain, bytes, sizeof(bytes));
		evbuffer_add_buffer(io_output(seen.io), chain);
		evbuffer_free(chain);
	}
	before = calls->send;
	io_kick(seen.io);
	peer_run(&peer, &stage_bed, 60000, 60000);
	check_pattern(peer.got, 1000);
	ck_assert_uint_eq(calls->send - before, 1);
	stage_clear(&seen, &peer);
}
END_TEST

/* A request and its answer cost one recv and one send. */
START_TEST(test_calls)
{
	struct seen seen;
	struct peer peer;
	struct calls *calls = calls_seen(), before;

	stage_open(_i, &seen, &peer);
	seen.echo = true;
	stage_say(&peer, 0, 1000);
	peer_run(&peer, &stage_bed, 60000, 60000);
	before = *calls;
	for (size_t i = 1; i <= 10; i++) {
		stage_say(&peer, i * 1000, 1000);
		peer_run(&peer, &stage_bed, 60000, 60000);
	}
	check_pattern(peer.got, 11000);
	ck_assert_uint_eq(calls->recv - before.recv, 10);
	ck_assert_uint_eq(calls->send - before.send, 10);
	stage_clear(&seen, &peer);
}
END_TEST

/* --- backpressure ---------------------------------------------------------- */

static const unsigned pauses[] = { IO_PAUSE_PEER_FULL, IO_PAUSE_VERDICT,
	IO_PAUSE_EXCHANGE, IO_PAUSE_PEER_FULL | IO_PAUSE_VERDICT };
#define NPAUSES (int)COUNT(pauses)

/* Paused means that nothing grows; each reason is released on its own. */
START_TEST(test_pause)
{
	struct seen seen;
	struct peer peer;
	unsigned why = pauses[_i % NPAUSES];

	stage_open(_i / NPAUSES, &seen, &peer);
	for (unsigned bit = 1; bit < IO_PAUSE_ALL; bit <<= 1) {
		if (why & bit)
			io_pause(seen.io, (enum io_pause)bit);
	}
	stage_say(&peer, 0, 1000000);
	for (int i = 0; i < 200; i++) {
		peer_step(&peer, 60000, 60000);
		bed_settle(&stage_bed);
	}
	ck_assert_uint_eq(evbuffer_get_length(seen.data), 0);
	ck_assert_uint_eq(evbuffer_get_length(io_input(seen.io)), 0);
	for (unsigned bit = 1; bit < IO_PAUSE_ALL; bit <<= 1) {
		ck_assert_uint_eq(evbuffer_get_length(seen.data), 0);
		if (why & bit)
			io_resume(seen.io, (enum io_pause)bit);
	}
	peer_run(&peer, &stage_bed, 60000, 60000);
	check_pattern(seen.data, 1000000);
	stage_clear(&seen, &peer);
}
END_TEST

/* What arrived while paused is found without a new edge. */
START_TEST(test_pause_last_bytes)
{
	struct seen seen;
	struct peer peer;

	stage_open(_i, &seen, &peer);
	io_pause(seen.io, IO_PAUSE_EXCHANGE);
	stage_say(&peer, 0, 100);
	peer_run(&peer, &stage_bed, 60000, 60000);
	ck_assert(!seen_has(&seen, IO_DATA));
	io_resume(seen.io, IO_PAUSE_EXCHANGE);
	bed_settle(&stage_bed);
	check_pattern(seen.data, 100);
	stage_clear(&seen, &peer);
}
END_TEST

/* An owner that doesn't take its input stops the reading at the mark. */
START_TEST(test_input_mark)
{
	struct seen seen;
	struct peer peer;
	size_t held;

	stage_open(_i, &seen, &peer);
	seen.keep = true;
	stage_say(&peer, 0, 2000000);
	for (int i = 0; i < 200; i++) {
		peer_step(&peer, 60000, 60000);
		bed_settle(&stage_bed);
	}
	held = evbuffer_get_length(io_input(seen.io));
	ck_assert_uint_ge(held, IO_MARK_HIGH);
	ck_assert_uint_lt(held, IO_MARK_HIGH + (128u << 10));
	seen.keep = false;
	evbuffer_add_buffer(seen.data, io_input(seen.io));
	io_kick(seen.io);
	peer_run(&peer, &stage_bed, 60000, 60000);
	check_pattern(seen.data, 2000000);
	stage_clear(&seen, &peer);
}
END_TEST

START_TEST(test_output_marks)
{
	struct seen seen;
	struct peer peer;

	stage_open(_i, &seen, &peer);
	stage_queue(&seen, 0, 100);
	peer_run(&peer, &stage_bed, 60000, 60000);
	ck_assert(!io_full(seen.io));
	ck_assert(!seen_has(&seen, IO_DRAINED)); /* never was above */
	stage_queue(&seen, 100, 2000000);
	bed_settle(&stage_bed);
	ck_assert(io_full(seen.io));
	ck_assert(!seen_has(&seen, IO_DRAINED));
	while (io_full(seen.io)) {
		peer_step(&peer, 60000, 0);
		bed_settle(&stage_bed);
	}
	ck_assert(!seen_has(&seen, IO_DRAINED)); /* between the marks */
	peer_run(&peer, &stage_bed, 60000, 60000);
	check_pattern(peer.got, 2000100);
	ck_assert_uint_eq(seen_count(&seen, IO_DRAINED), 1);
	stage_clear(&seen, &peer);
}
END_TEST

START_TEST(test_watch_empty)
{
	struct seen seen;
	struct peer peer;

	stage_open(_i, &seen, &peer);
	stage_queue(&seen, 0, 100);
	io_watch_empty(seen.io);
	ck_assert(!seen_has(&seen, IO_DRAINED));
	peer_run(&peer, &stage_bed, 60000, 60000);
	ck_assert_uint_eq(seen_count(&seen, IO_DRAINED), 1);
	stage_queue(&seen, 100, 100);
	peer_run(&peer, &stage_bed, 60000, 60000);
	ck_assert_uint_eq(seen_count(&seen, IO_DRAINED), 1);
	stage_clear(&seen, &peer);
}
END_TEST

/* One turn of the loop takes a bounded amount from one stream. */
START_TEST(test_budget)
{
	struct seen seen;
	struct peer peer;
	size_t had, most = 0;

	stage_tcp = true;
	stage_open(0, &seen, &peer);
	stage_say(&peer, 0, 4000000);
	while (evbuffer_get_length(seen.data) < 4000000) {
		while (peer_step(&peer, 0, 1000000))
			;
		had = evbuffer_get_length(seen.data);
		event_base_loop(stage_bed.base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
		had = evbuffer_get_length(seen.data) - had;
		most = had > most ? had : most;
	}
	/* an edge and a tick may fall into one turn, each with its budget */
	ck_assert_uint_le(most, 2 * ((512u << 10) + (128u << 10)));
	check_pattern(seen.data, 4000000);
	stage_tcp = false;
	stage_clear(&seen, &peer);
}
END_TEST

/* --- freeing --------------------------------------------------------------- */

static const struct {
	int opener;
	enum io_event event;
} frees[] = {
	{ 0, IO_DATA },
	{ 0, IO_EOF },
	{ 0, IO_DRAINED },
	{ 0, IO_ERROR },
	{ 1, IO_HELLO },
	{ 1, IO_SECURE },
	{ 1, IO_DATA },
	{ 1, IO_EOF },
	{ 1, IO_DRAINED },
	{ 1, IO_ERROR },
	{ 2, IO_SECURE },
	{ 2, IO_DATA },
	{ 2, IO_EOF },
	{ 2, IO_DRAINED },
	{ 2, IO_ERROR },
};

/* io_free inside any callback, and nothing is told after it. */
START_TEST(test_free)
{
	struct seen seen;
	struct peer peer;

	stage_tcp = frees[_i].event == IO_ERROR;
	stage_openers[frees[_i].opener](&seen, &peer);
	seen.free_now = true;
	seen.free_at = frees[_i].event;
	if (frees[_i].event == IO_DRAINED)
		stage_queue(&seen, 0, 1000000);
	stage_say(&peer, 0, 100);
	peer_run(&peer, &stage_bed, 60000, 60000);
	if (!seen.freed && frees[_i].event == IO_ERROR) {
		stage_reset_peer(&peer);
		stage_wait_for(&seen, IO_ERROR, 2500);
	} else if (!seen.freed) {
		stage_finish_peer(&peer);
		peer_run(&peer, &stage_bed, 60000, 60000);
	}
	ck_assert(seen.freed);
	while (peer_step(&peer, 60000, 60000))
		;
	ck_assert(peer.eof);
	stage_tcp = false;
	stage_clear(&seen, &peer);
}
END_TEST

/* Freed while a kick is pending, from outside. */
START_TEST(test_free_kicked)
{
	struct seen seen;
	struct peer peer;

	stage_open(_i, &seen, &peer);
	stage_queue(&seen, 0, 100);
	seen_clear(&seen);
	bed_settle(&stage_bed);
	peer_clear(&peer);
}
END_TEST

/* --- leaving --------------------------------------------------------------- */

START_TEST(test_dissolve)
{
	struct seen seen;
	struct peer peer;
	struct evbuffer *received = evbuffer_new(), *unsent = evbuffer_new();
	int fd;

	stage_open(0, &seen, &peer);
	seen.keep = true;
	stage_say(&peer, 0, 100);
	peer_run(&peer, &stage_bed, 60000, 60000);
	stage_queue(&seen, 0, 50);
	fd = io_dissolve(seen.io, received, unsent);
	seen.io = NULL;
	bed_settle(&stage_bed);
	check_pattern(received, 100);
	check_pattern(unsent, 50);
	ck_assert_int_eq(send(fd, "x", 1, 0), 1);
	close(fd);
	evbuffer_free(received);
	evbuffer_free(unsent);
	stage_clear(&seen, &peer);
}
END_TEST

Suite *
suite_io(void)
{
	Suite *suite = suite_create("io");
	TCase *tc = tcase_create("io");

	tcase_add_checked_fixture(tc, stage_setup, stage_teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, test_interleave, 0, NOPENERS * NGAITS);
	tcase_add_loop_test(tc, test_small_buffers, 0, NOPENERS);
	tcase_add_loop_test(tc, test_coalesced, 0, NOPENERS);
	tcase_add_loop_test(tc, test_calls, 0, NOPENERS);
	tcase_add_loop_test(tc, test_pause, 0, NOPENERS * NPAUSES);
	tcase_add_loop_test(tc, test_pause_last_bytes, 0, NOPENERS);
	tcase_add_loop_test(tc, test_input_mark, 0, NOPENERS);
	tcase_add_loop_test(tc, test_output_marks, 0, NOPENERS);
	tcase_add_loop_test(tc, test_watch_empty, 0, NOPENERS);
	tcase_add_test(tc, test_budget);
	tcase_add_loop_test(tc, test_free, 0, (int)COUNT(frees));
	tcase_add_loop_test(tc, test_free_kicked, 0, NOPENERS);
	tcase_add_test(tc, test_dissolve);
	suite_add_tcase(suite, tc);
	return suite;
}
