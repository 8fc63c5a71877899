#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <check.h>

#include "base/clock.h"
#include "base/name.h"
#include "bed.h"
#include "calls.h"
#include "net/io_linger.h"
#include "net/io_tls.h"
#include "suites.h"

static struct bed bed;

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

/* --- stage ----------------------------------------------------------------- */

static bool use_tcp;

static void
open_pair(int fd[2])
{
	if (use_tcp)
		bed_tcp_pair(fd);
	else
		bed_pair(fd);
}

/* An io that is a TLS server, with its peer. */
static void
open_server(struct seen *seen, struct peer *peer)
{
	SSL_CTX *ctx = bed_peer_client(&bed);
	int fd[2];

	open_pair(fd);
	seen_init(seen, &bed, fd[0]);
	seen->leaf = bed.leaf;
	peer_init(peer, fd[1]);
	peer_tls(peer, ctx, false, "origin.example");
	SSL_CTX_free(ctx);
	io_tls_accept(seen->io, bed.server);
}

static void
open_client(struct seen *seen, struct peer *peer)
{
	SSL_CTX *ctx = bed_peer_server(&bed, NULL);
	struct tls_connect_opts opts = { .alpn = TLS_ALPN_HTTP1 };
	struct host host;
	int fd[2];

	ck_assert_ptr_null(host_parse(SLICE("origin.example"), &host));
	opts.host = &host;
	open_pair(fd);
	seen_init(seen, &bed, fd[0]);
	peer_init(peer, fd[1]);
	peer_tls(peer, ctx, true, NULL);
	SSL_CTX_free(ctx);
	io_tls_connect(seen->io, bed.client, &opts);
}

static void
open_plain(struct seen *seen, struct peer *peer)
{
	int fd[2];

	open_pair(fd);
	seen_init(seen, &bed, fd[0]);
	peer_init(peer, fd[1]);
}

typedef void open_fn(struct seen *, struct peer *);
static open_fn *const openers[] = { open_plain, open_server, open_client };
#define NOPENERS (int)COUNT(openers)

/* The same with the handshake done. */
static void
open_ready(int which, struct seen *seen, struct peer *peer)
{
	openers[which](seen, peer);
	peer_run(peer, &bed, 60000, 60000);
	ck_assert(which == 0 || seen_has(seen, IO_SECURE));
}

static void
clear(struct seen *seen, struct peer *peer)
{
	seen_clear(seen);
	peer_clear(peer);
}

static void
say(struct peer *peer, size_t from, size_t n)
{
	char *bytes = malloc(n);

	fill_pattern(bytes, n, from);
	evbuffer_add(peer->sent, bytes, n);
	free(bytes);
}

static void
queue(struct seen *seen, size_t from, size_t n)
{
	char *bytes = malloc(n);

	fill_pattern(bytes, n, from);
	evbuffer_add(io_output(seen->io), bytes, n);
	io_kick(seen->io);
	free(bytes);
}

static void
finish_peer(struct peer *peer)
{
	if (peer->ssl != NULL) {
		SSL_shutdown(peer->ssl);
		while (peer_step(peer, 0, 60000))
			;
	}
	shutdown(peer->fd, SHUT_WR);
}

static void
reset_peer(struct peer *peer)
{
	struct linger now = { .l_onoff = 1 };

	setsockopt(peer->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(peer->fd);
	peer->fd = -1;
	peer->eof = true;
}

static void
wait_for(struct seen *seen, enum io_event event, unsigned ms)
{
	uint64_t until = clock_ms() + ms;
	const bool never = false;

	while (!seen_has(seen, event) && clock_ms() < until)
		bed_wait(&bed, &never, 10);
	ck_assert(seen_has(seen, event));
}

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

	openers[_i / NGAITS](&seen, &peer);
	seen.echo = true;
	say(&peer, 0, 1200);
	peer_run(&peer, &bed, gaits[_i % NGAITS].in, gaits[_i % NGAITS].out);
	check_pattern(peer.got, 1200);
	ck_assert(!seen_has(&seen, IO_ERROR));
	ck_assert_uint_eq(io_stats(seen.io)->in, 1200);
	ck_assert_uint_eq(io_stats(seen.io)->out, 1200);
	clear(&seen, &peer);
}
END_TEST

/* The io's own socket takes next to nothing at a time. */
START_TEST(test_small_buffers)
{
	struct seen seen;
	struct peer peer;

	openers[_i](&seen, &peer);
	bed_small_buffers(io_fd(seen.io));
	bed_small_buffers(peer.fd);
	seen.echo = true;
	say(&peer, 0, 200000);
	peer_run(&peer, &bed, 1000, 3000);
	check_pattern(peer.got, 200000);
	clear(&seen, &peer);
}
END_TEST

/* Many small chains: one record, one send. */
START_TEST(test_coalesced)
{
	struct seen seen;
	struct peer peer;
	struct calls *calls = calls_seen();
	unsigned before;

	open_ready(_i, &seen, &peer);
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
	peer_run(&peer, &bed, 60000, 60000);
	check_pattern(peer.got, 1000);
	ck_assert_uint_eq(calls->send - before, 1);
	clear(&seen, &peer);
}
END_TEST

/* A request and its answer cost one recv and one send. */
START_TEST(test_calls)
{
	struct seen seen;
	struct peer peer;
	struct calls *calls = calls_seen(), before;

	open_ready(_i, &seen, &peer);
	seen.echo = true;
	say(&peer, 0, 1000);
	peer_run(&peer, &bed, 60000, 60000);
	before = *calls;
	for (size_t i = 1; i <= 10; i++) {
		say(&peer, i * 1000, 1000);
		peer_run(&peer, &bed, 60000, 60000);
	}
	check_pattern(peer.got, 11000);
	ck_assert_uint_eq(calls->recv - before.recv, 10);
	ck_assert_uint_eq(calls->send - before.send, 10);
	clear(&seen, &peer);
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

	open_ready(_i / NPAUSES, &seen, &peer);
	for (unsigned bit = 1; bit < IO_PAUSE_ALL; bit <<= 1) {
		if (why & bit)
			io_pause(seen.io, (enum io_pause)bit);
	}
	say(&peer, 0, 1000000);
	for (int i = 0; i < 200; i++) {
		peer_step(&peer, 60000, 60000);
		bed_settle(&bed);
	}
	ck_assert_uint_eq(evbuffer_get_length(seen.data), 0);
	ck_assert_uint_eq(evbuffer_get_length(io_input(seen.io)), 0);
	for (unsigned bit = 1; bit < IO_PAUSE_ALL; bit <<= 1) {
		ck_assert_uint_eq(evbuffer_get_length(seen.data), 0);
		if (why & bit)
			io_resume(seen.io, (enum io_pause)bit);
	}
	peer_run(&peer, &bed, 60000, 60000);
	check_pattern(seen.data, 1000000);
	clear(&seen, &peer);
}
END_TEST

/* What arrived while paused is found without a new edge. */
START_TEST(test_pause_last_bytes)
{
	struct seen seen;
	struct peer peer;

	open_ready(_i, &seen, &peer);
	io_pause(seen.io, IO_PAUSE_EXCHANGE);
	say(&peer, 0, 100);
	peer_run(&peer, &bed, 60000, 60000);
	ck_assert(!seen_has(&seen, IO_DATA));
	io_resume(seen.io, IO_PAUSE_EXCHANGE);
	bed_settle(&bed);
	check_pattern(seen.data, 100);
	clear(&seen, &peer);
}
END_TEST

/* An owner that doesn't take its input stops the reading at the mark. */
START_TEST(test_input_mark)
{
	struct seen seen;
	struct peer peer;
	size_t held;

	open_ready(_i, &seen, &peer);
	seen.keep = true;
	say(&peer, 0, 2000000);
	for (int i = 0; i < 200; i++) {
		peer_step(&peer, 60000, 60000);
		bed_settle(&bed);
	}
	held = evbuffer_get_length(io_input(seen.io));
	ck_assert_uint_ge(held, IO_MARK_HIGH);
	ck_assert_uint_lt(held, IO_MARK_HIGH + (128u << 10));
	seen.keep = false;
	evbuffer_add_buffer(seen.data, io_input(seen.io));
	io_kick(seen.io);
	peer_run(&peer, &bed, 60000, 60000);
	check_pattern(seen.data, 2000000);
	clear(&seen, &peer);
}
END_TEST

START_TEST(test_output_marks)
{
	struct seen seen;
	struct peer peer;

	open_ready(_i, &seen, &peer);
	queue(&seen, 0, 100);
	peer_run(&peer, &bed, 60000, 60000);
	ck_assert(!io_full(seen.io));
	ck_assert(!seen_has(&seen, IO_DRAINED)); /* never was above */
	queue(&seen, 100, 2000000);
	bed_settle(&bed);
	ck_assert(io_full(seen.io));
	ck_assert(!seen_has(&seen, IO_DRAINED));
	while (io_full(seen.io)) {
		peer_step(&peer, 60000, 0);
		bed_settle(&bed);
	}
	ck_assert(!seen_has(&seen, IO_DRAINED)); /* between the marks */
	peer_run(&peer, &bed, 60000, 60000);
	check_pattern(peer.got, 2000100);
	ck_assert_uint_eq(seen_count(&seen, IO_DRAINED), 1);
	clear(&seen, &peer);
}
END_TEST

START_TEST(test_watch_empty)
{
	struct seen seen;
	struct peer peer;

	open_ready(_i, &seen, &peer);
	queue(&seen, 0, 100);
	io_watch_empty(seen.io);
	ck_assert(!seen_has(&seen, IO_DRAINED));
	peer_run(&peer, &bed, 60000, 60000);
	ck_assert_uint_eq(seen_count(&seen, IO_DRAINED), 1);
	queue(&seen, 100, 100);
	peer_run(&peer, &bed, 60000, 60000);
	ck_assert_uint_eq(seen_count(&seen, IO_DRAINED), 1);
	clear(&seen, &peer);
}
END_TEST

/* One turn of the loop takes a bounded amount from one stream. */
START_TEST(test_budget)
{
	struct seen seen;
	struct peer peer;
	size_t had, most = 0;

	use_tcp = true;
	open_ready(0, &seen, &peer);
	say(&peer, 0, 4000000);
	while (evbuffer_get_length(seen.data) < 4000000) {
		while (peer_step(&peer, 0, 1000000))
			;
		had = evbuffer_get_length(seen.data);
		event_base_loop(bed.base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
		had = evbuffer_get_length(seen.data) - had;
		most = had > most ? had : most;
	}
	/* an edge and a tick may fall into one turn, each with its budget */
	ck_assert_uint_le(most, 2 * ((512u << 10) + (128u << 10)));
	check_pattern(seen.data, 4000000);
	use_tcp = false;
	clear(&seen, &peer);
}
END_TEST

/* --- ends ------------------------------------------------------------------ */

/* The peer ends first, and may still be answered. */
START_TEST(test_peer_ends)
{
	struct seen seen;
	struct peer peer;

	open_ready(_i, &seen, &peer);
	say(&peer, 0, 50);
	while (peer_step(&peer, 60000, 60000))
		;
	finish_peer(&peer);
	peer_run(&peer, &bed, 60000, 60000);
	check_pattern(seen.data, 50);
	ck_assert_uint_eq(seen_count(&seen, IO_EOF), 1);
	ck_assert_int_eq(io_end(seen.io), IO_END_CLEAN);
	ck_assert(!io_finished(seen.io));
	queue(&seen, 0, 300);
	peer_run(&peer, &bed, 60000, 60000);
	check_pattern(peer.got, 300);
	ck_assert(!peer.eof);
	io_finish(seen.io);
	peer_run(&peer, &bed, 60000, 60000);
	ck_assert(io_finished(seen.io));
	ck_assert(peer.eof);
	ck_assert(peer.ssl == NULL || peer.closed);
	ck_assert(!seen_has(&seen, IO_ERROR));
	clear(&seen, &peer);
}
END_TEST

/* We end first, with bytes under way, and still hear the peer. */
START_TEST(test_we_end)
{
	struct seen seen;
	struct peer peer;

	open_ready(_i, &seen, &peer);
	queue(&seen, 0, 1000000);
	io_finish(seen.io);
	ck_assert(!io_finished(seen.io));
	bed_settle(&bed);
	ck_assert(!io_finished(seen.io)); /* the peer has not read yet */
	peer_run(&peer, &bed, 60000, 60000);
	ck_assert(io_finished(seen.io));
	ck_assert(seen_has(&seen, IO_DRAINED));
	check_pattern(peer.got, 1000000);
	ck_assert(peer.eof);
	ck_assert(peer.ssl == NULL || peer.closed);
	ck_assert_int_eq(io_end(seen.io), IO_END_NONE);
	if (peer.ssl == NULL) { /* this peer's TLS reads no half-close */
		say(&peer, 0, 400);
		peer_run(&peer, &bed, 60000, 60000);
		check_pattern(seen.data, 400);
	}
	finish_peer(&peer);
	peer_run(&peer, &bed, 60000, 60000);
	ck_assert_int_eq(io_end(seen.io), IO_END_CLEAN);
	clear(&seen, &peer);
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

	open_ready(_i % NOPENERS, &seen, &peer);
	say(&peer, 0, 500);
	if (in_record)
		peer_step(&peer, 0, 200);
	else
		while (peer_step(&peer, 0, 60000))
			;
	shutdown(peer.fd, SHUT_WR);
	bed_settle(&bed);
	ck_assert_uint_eq(seen_count(&seen, IO_EOF), 1);
	ck_assert_int_eq(io_end(seen.io), want);
	ck_assert(!seen_has(&seen, IO_ERROR));
	if (!in_record)
		check_pattern(seen.data, 500);
	/* the other way is still good */
	queue(&seen, 0, 100);
	peer_run(&peer, &bed, 60000, 60000);
	check_pattern(peer.got, 100);
	clear(&seen, &peer);
}
END_TEST

START_TEST(test_reset)
{
	struct seen seen;
	struct peer peer;

	use_tcp = true;
	open_ready(_i, &seen, &peer);
	reset_peer(&peer);
	wait_for(&seen, IO_ERROR, 500);
	ck_assert_str_eq(io_error(seen.io), "connection reset by peer");
	ck_assert_uint_eq(seen.events[seen.n - 1], IO_ERROR);
	use_tcp = false;
	clear(&seen, &peer);
}
END_TEST

/* Bytes and what ends them, all there before the loop looks. */
START_TEST(test_bytes_and_end)
{
	struct seen seen;
	struct peer peer;
	bool reset = _i / NOPENERS == 1;

	use_tcp = true;
	open_ready(_i % NOPENERS, &seen, &peer);
	say(&peer, 0, 100);
	while (peer_step(&peer, 0, 60000))
		;
	if (reset)
		reset_peer(&peer);
	else
		shutdown(peer.fd, SHUT_WR);
	/* the end is seen at once; a reset in that instant, by the tick */
	wait_for(&seen, reset ? IO_ERROR : IO_EOF, reset ? 2500 : 200);
	check_pattern(seen.data, 100);
	use_tcp = false;
	clear(&seen, &peer);
}
END_TEST

/* A server that answers early and closes: the answer arrives first. */
START_TEST(test_early_answer)
{
	struct seen seen;
	struct peer peer;

	use_tcp = true;
	open_ready(_i, &seen, &peer);
	queue(&seen, 0, 4000000);
	bed_settle(&bed);
	say(&peer, 0, 100);
	while (peer_step(&peer, 0, 60000))
		;
	close(peer.fd); /* with bytes unread: a reset */
	peer.fd = -1;
	wait_for(&seen, IO_ERROR, 2500);
	check_pattern(seen.data, 100);
	ck_assert_int_eq(seen.events[seen.n - 2], IO_DATA);
	use_tcp = false;
	clear(&seen, &peer);
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

	use_tcp = frees[_i].event == IO_ERROR;
	openers[frees[_i].opener](&seen, &peer);
	seen.free_now = true;
	seen.free_at = frees[_i].event;
	if (frees[_i].event == IO_DRAINED)
		queue(&seen, 0, 1000000);
	say(&peer, 0, 100);
	peer_run(&peer, &bed, 60000, 60000);
	if (!seen.freed && frees[_i].event == IO_ERROR) {
		reset_peer(&peer);
		wait_for(&seen, IO_ERROR, 2500);
	} else if (!seen.freed) {
		finish_peer(&peer);
		peer_run(&peer, &bed, 60000, 60000);
	}
	ck_assert(seen.freed);
	while (peer_step(&peer, 60000, 60000))
		;
	ck_assert(peer.eof);
	use_tcp = false;
	clear(&seen, &peer);
}
END_TEST

/* Freed while a kick is pending, from outside. */
START_TEST(test_free_kicked)
{
	struct seen seen;
	struct peer peer;

	open_ready(_i, &seen, &peer);
	queue(&seen, 0, 100);
	seen_clear(&seen);
	bed_settle(&bed);
	peer_clear(&peer);
}
END_TEST

/* --- lingering ------------------------------------------------------------- */

/* All is sent, what still comes is thrown away, and the peer's end ends it. */
START_TEST(test_linger)
{
	struct seen seen;
	struct peer peer;
	size_t told;

	open_ready(_i, &seen, &peer);
	queue(&seen, 0, 500000);
	told = seen.n;
	io_finish_and_free(seen.io, 5000, NULL, NULL);
	seen.io = NULL;
	say(&peer, 0, 300000);
	peer_run(&peer, &bed, 60000, 60000);
	check_pattern(peer.got, 500000);
	ck_assert(peer.eof);
	ck_assert(peer.ssl == NULL || peer.closed);
	finish_peer(&peer);
	bed_settle(&bed);
	ck_assert_uint_eq(seen.n, told);
	/* gone: the socket is closed both ways */
	ck_assert_int_eq(send(peer.fd, "x", 1, MSG_NOSIGNAL), -1);
	clear(&seen, &peer);
}
END_TEST

/* What is there arrives, and its end is none: no close_notify, or a reset. */
START_TEST(test_linger_cut)
{
	struct seen seen;
	struct peer peer;

	use_tcp = true;
	open_ready(_i % NOPENERS, &seen, &peer);
	queue(&seen, 0, 5000);
	io_cut(seen.io, _i >= NOPENERS);
	io_finish_and_free(seen.io, 5000, NULL, NULL);
	seen.io = NULL;
	peer_run(&peer, &bed, 60000, 60000);
	check_pattern(peer.got, 5000);
	ck_assert(!peer.closed);
	ck_assert(peer.reset == (_i >= NOPENERS));
	ck_assert(peer.eof);
	use_tcp = false;
	finish_peer(&peer);
	bed_settle(&bed);
	clear(&seen, &peer);
}
END_TEST

START_TEST(test_linger_limit)
{
	struct seen seen;
	struct peer peer;
	const bool never = false;

	open_ready(_i, &seen, &peer);
	queue(&seen, 0, 4000000); /* the peer never reads */
	io_finish_and_free(seen.io, 10, NULL, NULL);
	seen.io = NULL;
	bed_wait(&bed, &never, 400);
	ck_assert_int_eq(send(peer.fd, "x", 1, MSG_NOSIGNAL), -1);
	clear(&seen, &peer);
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
	seen_init(&seen, &bed, fd[0]);
	peer_init(&peer, fd[1]);
	io_tls_accept(seen.io, bed.server);
	evbuffer_add(peer.sent, junk, sizeof(junk) - 1);
	evbuffer_add(peer.sent, big, 100000);
	while (peer_step(&peer, 0, 60000))
		;
	wait_for(&seen, IO_ERROR, 500);
	ck_assert_ptr_nonnull(io_error(seen.io));
	io_finish_and_free(seen.io, 5000, NULL, NULL);
	seen.io = NULL;
	while (!peer.eof)
		peer_run(&peer, &bed, 60000, 60000);
	ck_assert_uint_eq(evbuffer_get_length(peer.got), 7); /* an alert */
	ck_assert_int_eq(evbuffer_pullup(peer.got, 1)[0], 21);
	shutdown(peer.fd, SHUT_WR);
	bed_settle(&bed);
	ck_assert_int_eq(send(peer.fd, "x", 1, MSG_NOSIGNAL), -1);
	free(big);
	clear(&seen, &peer);
}
END_TEST

/* --- leaving --------------------------------------------------------------- */

START_TEST(test_dissolve)
{
	struct seen seen;
	struct peer peer;
	struct evbuffer *received = evbuffer_new(), *unsent = evbuffer_new();
	int fd;

	open_ready(0, &seen, &peer);
	seen.keep = true;
	say(&peer, 0, 100);
	peer_run(&peer, &bed, 60000, 60000);
	queue(&seen, 0, 50);
	fd = io_dissolve(seen.io, received, unsent);
	seen.io = NULL;
	bed_settle(&bed);
	check_pattern(received, 100);
	check_pattern(unsent, 50);
	ck_assert_int_eq(send(fd, "x", 1, 0), 1);
	close(fd);
	evbuffer_free(received);
	evbuffer_free(unsent);
	clear(&seen, &peer);
}
END_TEST

static void
add_tests(TCase *tc)
{
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
	tcase_add_loop_test(tc, test_peer_ends, 0, NOPENERS);
	tcase_add_loop_test(tc, test_we_end, 0, NOPENERS);
	tcase_add_loop_test(tc, test_fin, 0, 2 * NOPENERS);
	tcase_add_loop_test(tc, test_reset, 0, NOPENERS);
	tcase_add_loop_test(tc, test_bytes_and_end, 0, 2 * NOPENERS);
	tcase_add_loop_test(tc, test_early_answer, 0, NOPENERS);
	tcase_add_loop_test(tc, test_free, 0, (int)COUNT(frees));
	tcase_add_loop_test(tc, test_free_kicked, 0, NOPENERS);
	tcase_add_loop_test(tc, test_linger, 0, NOPENERS);
	tcase_add_loop_test(tc, test_linger_cut, 0, 2 * NOPENERS);
	tcase_add_loop_test(tc, test_linger_limit, 0, NOPENERS);
	tcase_add_test(tc, test_linger_after_error);
	tcase_add_test(tc, test_dissolve);
}

Suite *
suite_io(void)
{
	Suite *suite = suite_create("io");
	TCase *tc = tcase_create("io");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	add_tests(tc);
	suite_add_tcase(suite, tc);
	return suite;
}
