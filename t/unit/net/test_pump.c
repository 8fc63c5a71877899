#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <check.h>

#include "base/clock.h"
#include "bed.h"
#include "net/flow.h"
#include "net/io_tls.h"
#include "net/pump.h"
#include "suites.h"

static struct bed bed;

static void
setup(void)
{
	signal(SIGPIPE, SIG_IGN);
	bed_init(&bed);
}

static void
teardown(void)
{
	bed_clear(&bed);
}

/* --- the truth table ------------------------------------------------------- */

START_TEST(test_flow)
{
	/* rows and columns: open, ending, passed, cut */
	static const char want[] = "...!"
				   "...!"
				   "..+!"
				   "!!!!";
	static const char told[] = {
		[FLOW_GO_ON] = '.', [FLOW_DONE] = '+', [FLOW_BROKEN] = '!'
	};
	enum flow_verdict verdict = flow_judge(
	    (enum flow)(_i / 4), (enum flow)(_i % 4));

	ck_assert_int_eq(told[verdict], want[_i]);
}
END_TEST

/* --- stage ----------------------------------------------------------------- */

enum kind {
	PLAIN,
	TLS_SERVER,
	TLS_CLIENT
};

/* Which kind of stream the pump has on each side. */
static const struct {
	enum kind a, b;
} modes[] = {
	{ PLAIN, PLAIN },
	{ TLS_SERVER, PLAIN },
	{ PLAIN, TLS_CLIENT },
	{ TLS_SERVER, TLS_CLIENT },
};
#define NMODES (int)COUNT(modes)

struct end {
	struct seen seen; /* before the pump takes over */
	struct peer peer;
	int fd; /* the io's; for looking */
};

struct stage {
	struct end a, b;
	struct pump *pump;
	bool done, free_now;
	unsigned calls;
	enum pump_end how;
};

static void
open_end(struct end *end, enum kind kind, bool tcp)
{
	struct tls_connect_opts opts = { .alpn = TLS_ALPN_HTTP1 };
	struct host host;
	SSL_CTX *ctx = NULL;
	int fd[2];

	if (tcp)
		bed_tcp_pair(fd);
	else
		bed_pair(fd);
	seen_init(&end->seen, &bed, fd[0]);
	end->fd = fd[0];
	end->seen.leaf = bed.leaf;
	end->seen.keep = true;
	peer_init(&end->peer, fd[1]);
	if (kind == TLS_SERVER) {
		ctx = bed_peer_client(&bed);
		peer_tls(&end->peer, ctx, false, "origin.example");
		io_tls_accept(end->seen.io, bed.server);
	} else if (kind == TLS_CLIENT) {
		ctx = bed_peer_server(&bed, NULL);
		peer_tls(&end->peer, ctx, true, NULL);
		ck_assert_ptr_null(host_parse(SLICE("origin.example"), &host));
		opts.host = &host;
		io_tls_connect(end->seen.io, bed.client, &opts);
	}
	SSL_CTX_free(ctx);
	peer_run(&end->peer, &bed, 60000, 60000);
	ck_assert(kind == PLAIN || seen_has(&end->seen, IO_SECURE));
}

static void
on_end(struct pump *pump, enum pump_end how, void *arg)
{
	struct stage *stage = arg;

	stage->done = true;
	stage->calls++;
	stage->how = how;
	if (stage->free_now) {
		pump_free(pump);
		stage->pump = NULL;
	}
}

static void
join(struct stage *stage, unsigned idle_ms)
{
	stage->pump = pump_new(bed.base, stage->a.seen.io, stage->b.seen.io,
	    idle_ms, on_end, stage);
	stage->a.seen.io = stage->b.seen.io = NULL;
}

static void
open_stage(struct stage *stage, int mode, bool tcp)
{
	memset(stage, 0, sizeof(*stage));
	open_end(&stage->a, modes[mode].a, tcp);
	open_end(&stage->b, modes[mode].b, tcp);
}

static void
run(struct stage *stage, size_t in, size_t out)
{
	int idle = 0;

	while (idle < 4) {
		bool moved = peer_step(&stage->a.peer, in, out);

		bed_settle(&bed);
		moved |= peer_step(&stage->b.peer, in, out);
		bed_settle(&bed);
		idle = moved ? 0 : idle + 1;
	}
}

static void
close_stage(struct stage *stage)
{
	pump_free(stage->pump);
	seen_clear(&stage->a.seen);
	seen_clear(&stage->b.seen);
	peer_clear(&stage->a.peer);
	peer_clear(&stage->b.peer);
}

static void
say(struct peer *peer, size_t from, size_t n)
{
	char *bytes = malloc(n);

	fill_pattern(bytes, n, from);
	evbuffer_add(peer->sent, bytes, n);
	free(bytes);
}

/* The peer says that it will send no more. */
static void
finish(struct peer *peer, bool clean)
{
	if (peer->ssl != NULL && clean) {
		SSL_shutdown(peer->ssl);
		while (peer_step(peer, 0, 60000))
			;
	}
	if (peer->ssl == NULL || !clean)
		shutdown(peer->fd, SHUT_WR);
}

static bool
ended_cleanly(const struct peer *peer)
{
	return peer->ssl != NULL ? peer->closed : peer->eof;
}

/* --- tests ----------------------------------------------------------------- */

static const struct {
	size_t in, out;
} gaits[] = { { 1, 1 }, { 3, 60000 }, { 60000, 2 }, { 60000, 60000 } };
#define NGAITS (int)COUNT(gaits)

/* Bytes both ways, in any gait; then one end, more bytes, the other end. */
START_TEST(test_both_ways)
{
	struct stage stage;
	size_t in = gaits[_i % NGAITS].in, out = gaits[_i % NGAITS].out;

	open_stage(&stage, _i / NGAITS, false);
	join(&stage, 0);
	say(&stage.a.peer, 0, 350);
	say(&stage.b.peer, 0, 450);
	run(&stage, in, out);
	finish(&stage.a.peer, true);
	run(&stage, in, out);
	ck_assert(ended_cleanly(&stage.b.peer));
	ck_assert(!ended_cleanly(&stage.a.peer));
	ck_assert(!stage.done);
	say(&stage.b.peer, 450, 200);
	run(&stage, in, out);
	finish(&stage.b.peer, true);
	run(&stage, in, out);
	ck_assert(ended_cleanly(&stage.a.peer));
	check_pattern(stage.b.peer.got, 350);
	check_pattern(stage.a.peer.got, 650);
	ck_assert_uint_eq(stage.calls, 1);
	ck_assert_int_eq(stage.how, PUMP_CLEAN);
	ck_assert_ptr_null(pump_error(stage.pump));
	ck_assert_uint_eq(pump_stats(stage.pump)->to_b, 350);
	ck_assert_uint_eq(pump_stats(stage.pump)->to_a, 650);
	close_stage(&stage);
}
END_TEST

/* What stands in the buffers at the start goes first. */
START_TEST(test_early)
{
	struct stage stage;
	char bytes[100];

	open_stage(&stage, _i, false);
	say(&stage.a.peer, 0, 500);
	run(&stage, 60000, 60000);
	ck_assert_uint_eq(evbuffer_get_length(io_input(stage.a.seen.io)), 500);
	fill_pattern(bytes, sizeof(bytes), 0);
	evbuffer_add(io_output(stage.a.seen.io), bytes, sizeof(bytes));
	join(&stage, 0);
	say(&stage.a.peer, 500, 100);
	say(&stage.b.peer, 100, 50);
	run(&stage, 60000, 60000);
	check_pattern(stage.b.peer.got, 600);
	check_pattern(stage.a.peer.got, 150);
	close_stage(&stage);
}
END_TEST

#define LARGE (4u << 20)

/* A sink that doesn't read stops the source; then everything arrives. */
START_TEST(test_backpressure)
{
	struct stage stage;
	size_t left;

	open_stage(&stage, _i, false);
	join(&stage, 0);
	say(&stage.a.peer, 0, LARGE);
	for (int i = 0; i < 2000; i++) {
		peer_step(&stage.a.peer, 60000, 60000);
		bed_settle(&bed);
	}
	left = evbuffer_get_length(stage.a.peer.sent);
	if (stage.a.peer.ssl != NULL)
		left += (size_t)BIO_pending(SSL_get_wbio(stage.a.peer.ssl));
	ck_assert_uint_gt(left, LARGE - (2u << 20));
	ck_assert(!stage.done);
	run(&stage, 60000, 60000);
	check_pattern(stage.b.peer.got, LARGE);
	close_stage(&stage);
}
END_TEST

/* A reset on either side ends both. */
START_TEST(test_reset)
{
	struct stage stage;
	struct linger now = { .l_onoff = 1 };
	struct end *victim, *other;

	open_stage(&stage, _i / 2, true);
	join(&stage, 0);
	victim = _i % 2 ? &stage.a : &stage.b;
	other = _i % 2 ? &stage.b : &stage.a;
	setsockopt(victim->peer.fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(victim->peer.fd);
	victim->peer.fd = -1;
	victim->peer.eof = true;
	bed_wait(&bed, &stage.done, 1000);
	ck_assert_uint_eq(stage.calls, 1);
	ck_assert_int_eq(stage.how, PUMP_ERROR);
	ck_assert_str_eq(pump_error(stage.pump), "connection reset by peer");
	while (peer_step(&other->peer, 60000, 60000))
		;
	ck_assert(other->peer.eof);
	ck_assert(!other->peer.closed);
	close_stage(&stage);
}
END_TEST

/* TLS that breaks off is not told as a clean end. */
START_TEST(test_truncated)
{
	struct stage stage;

	open_stage(&stage, _i == 0 ? 1 : 3, false);
	join(&stage, 0);
	say(&stage.a.peer, 0, 300);
	while (peer_step(&stage.a.peer, 60000, 60000))
		;
	finish(&stage.a.peer, false);
	run(&stage, 60000, 60000);
	ck_assert_uint_eq(stage.calls, 1);
	ck_assert_int_eq(stage.how, PUMP_ERROR);
	ck_assert_str_eq(pump_error(stage.pump), "ended without close_notify");
	check_pattern(stage.b.peer.got, 300);
	ck_assert(!stage.b.peer.closed);
	close_stage(&stage);
}
END_TEST

START_TEST(test_idle)
{
	struct stage stage;
	uint64_t start;

	open_stage(&stage, _i, false);
	join(&stage, 800);
	start = clock_ms();
	for (int i = 0; i < 4; i++) { /* bytes put the end off */
		usleep(250 * 1000);
		say(&stage.a.peer, 0, 1);
		run(&stage, 60000, 60000);
		ck_assert(!stage.done);
	}
	bed_wait(&bed, &stage.done, 10000);
	ck_assert_int_eq(stage.how, PUMP_IDLE);
	ck_assert_uint_ge(clock_ms() - start, 1750);
	ck_assert_str_eq(pump_error(stage.pump), "idle for too long");
	close_stage(&stage);
}
END_TEST

START_TEST(test_free)
{
	struct stage stage;

	open_stage(&stage, _i, false);
	join(&stage, 0);
	say(&stage.a.peer, 0, 300);
	run(&stage, 60000, 60000);
	pump_free(stage.pump);
	stage.pump = NULL;
	run(&stage, 60000, 60000);
	ck_assert(!stage.done);
	ck_assert(stage.a.peer.eof);
	ck_assert(stage.b.peer.eof);
	close_stage(&stage);
}
END_TEST

START_TEST(test_free_in_end)
{
	struct stage stage;

	open_stage(&stage, _i, false);
	stage.free_now = true;
	join(&stage, 0);
	finish(&stage.a.peer, true);
	finish(&stage.b.peer, true);
	run(&stage, 60000, 60000);
	ck_assert_uint_eq(stage.calls, 1);
	ck_assert_int_eq(stage.how, PUMP_CLEAN);
	close_stage(&stage);
}
END_TEST

START_TEST(test_cancel)
{
	struct stage stage;

	open_stage(&stage, _i, false);
	join(&stage, 0);
	pump_cancel(stage.pump, "the account was closed");
	ck_assert_int_eq(stage.how, PUMP_CANCELLED);
	pump_cancel(stage.pump, "again");
	ck_assert_uint_eq(stage.calls, 1);
	ck_assert_str_eq(pump_error(stage.pump), "the account was closed");
	run(&stage, 60000, 60000);
	ck_assert(stage.a.peer.eof);
	close_stage(&stage);
}
END_TEST

/* One side had ended before it was joined. */
START_TEST(test_ended_before)
{
	struct stage stage;

	open_stage(&stage, _i, false);
	say(&stage.a.peer, 0, 200);
	run(&stage, 60000, 60000);
	finish(&stage.a.peer, true);
	run(&stage, 60000, 60000);
	ck_assert_int_eq(io_end(stage.a.seen.io), IO_END_CLEAN);
	join(&stage, 0);
	run(&stage, 60000, 60000);
	ck_assert(ended_cleanly(&stage.b.peer));
	check_pattern(stage.b.peer.got, 200);
	finish(&stage.b.peer, true);
	run(&stage, 60000, 60000);
	ck_assert_int_eq(stage.how, PUMP_CLEAN);
	close_stage(&stage);
}
END_TEST

/* Without descriptors for a pipe the bytes go through memory. */
START_TEST(test_no_pipe)
{
	struct stage stage;
	struct rlimit limit, none = { 0, 0 };

	open_stage(&stage, 0, false);
	join(&stage, 0);
	getrlimit(RLIMIT_NOFILE, &limit);
	none.rlim_max = limit.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	say(&stage.a.peer, 0, 300000);
	run(&stage, 60000, 60000);
	setrlimit(RLIMIT_NOFILE, &limit);
	check_pattern(stage.b.peer.got, 300000);
	close_stage(&stage);
}
END_TEST

Suite *
suite_pump(void)
{
	Suite *suite = suite_create("pump");
	TCase *tc = tcase_create("pump");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, test_flow, 0, 16);
	tcase_add_loop_test(tc, test_both_ways, 0, NMODES * NGAITS);
	tcase_add_loop_test(tc, test_early, 0, NMODES);
	tcase_add_loop_test(tc, test_backpressure, 0, NMODES);
	tcase_add_loop_test(tc, test_reset, 0, 2 * NMODES);
	tcase_add_loop_test(tc, test_truncated, 0, 2);
	tcase_add_loop_test(tc, test_idle, 0, NMODES);
	tcase_add_loop_test(tc, test_free, 0, NMODES);
	tcase_add_loop_test(tc, test_free_in_end, 0, NMODES);
	tcase_add_loop_test(tc, test_cancel, 0, NMODES);
	tcase_add_loop_test(tc, test_ended_before, 0, NMODES);
	tcase_add_test(tc, test_no_pipe);
	suite_add_tcase(suite, tc);
	return suite;
}
