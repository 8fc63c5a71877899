/*
 * pump: joins two ios, or hands their sockets to the kernel where both are
 * plain.  It never looks at a byte.
 */
#include "net/pump.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/must.h"
#include "net/flow.h"
#include "net/io_tls.h"
#include "net/splice.h"

/* One end of the pair, and what it sends to the other. */
struct side {
	struct pump *pump; /* borrowed */
	struct io *io;     /* owned; NULL in the kernel's mode */
	struct side *peer;
	uint64_t *count; /* of bytes to the peer */
	enum flow flow;
};

struct pump {
	struct side a, b;
	struct splice *splice; /* owned; NULL where ios are joined */
	struct event *timer;   /* owned; the first look, then idleness */
	uint64_t idle_ms;
	uint64_t last_ms; /* of what is gone */
	pump_fn *on_end;
	void *arg;
	struct pump_stats stats;
	const char *error;
	bool ended;
};

/* --- the end --------------------------------------------------------------- */

static void
let_go(struct pump *pump)
{
	pump->last_ms = pump_last_ms(pump);
	(void)pump_stats(pump);
	io_free(pump->a.io);
	io_free(pump->b.io);
	splice_free(pump->splice);
	pump->a.io = pump->b.io = NULL;
	pump->splice = NULL;
	event_del(pump->timer);
}

/* The owner may free the pump in its callback: nothing comes after this. */
static void
end(struct pump *pump, enum pump_end how, const char *error)
{
	if (pump->ended)
		return;
	pump->ended = true;
	pump->error = error;
	let_go(pump);
	pump->on_end(pump, how, pump->arg);
}

/* --- ios ------------------------------------------------------------------- */

static void
move(struct side *side)
{
	struct evbuffer *in = io_input(side->io);
	struct io *to = side->peer->io;

	if (evbuffer_get_length(in) == 0)
		return;
	*side->count += evbuffer_get_length(in);
	must(evbuffer_add_buffer(io_output(to), in) == 0);
	io_kick(to);
	if (io_full(to))
		io_pause(side->io, IO_PAUSE_PEER_FULL);
}

/* How far one way is, from what its two ios say. */
static enum flow
look(const struct side *side)
{
	struct io *to = side->peer->io;

	switch (io_end(side->io)) {
	case IO_END_NONE:
		return FLOW_OPEN;
	case IO_END_CLEAN:
		return io_finished(to) ? FLOW_PASSED : FLOW_ENDING;
	case IO_END_TRUNCATED:
		return evbuffer_get_length(io_output(to)) == 0 ? FLOW_CUT
							       : FLOW_ENDING;
	}
	return FLOW_OPEN;
}

static void
judge(struct pump *pump)
{
	const char *error = io_error(pump->a.io);

	if (error == NULL)
		error = io_error(pump->b.io);
	if (error != NULL) {
		end(pump, PUMP_ERROR, error);
		return;
	}
	switch (flow_judge(look(&pump->a), look(&pump->b))) {
	case FLOW_GO_ON:
		return;
	case FLOW_DONE:
		end(pump, PUMP_CLEAN, NULL);
		return;
	case FLOW_BROKEN:
		end(pump, PUMP_ERROR, "ended without close_notify");
		return;
	}
}

/* A clean end is passed on as one. A broken one isn't: the peer's stream is
 * closed without close_notify when all bytes are out. */
static void
pass_end(struct side *side)
{
	if (io_end(side->io) == IO_END_CLEAN)
		io_finish(side->peer->io);
	else
		io_watch_empty(side->peer->io);
}

static void
on_io(struct io *io, enum io_event event, void *arg)
{
	struct side *side = arg;

	switch (event) {
	case IO_DATA:
		move(side);
		return;
	case IO_DRAINED:
		io_resume(side->peer->io, IO_PAUSE_PEER_FULL);
		break;
	case IO_EOF:
		pass_end(side);
		break;
	case IO_HELLO:
	case IO_SECURE:
		return;
	case IO_ERROR:
		break;
	}
	judge(side->pump);
}

static void
join_ios(struct pump *pump)
{
	struct side *sides[] = { &pump->a, &pump->b };

	for (int i = 0; i < 2; i++) {
		io_set_callback(sides[i]->io, on_io, sides[i]);
		io_resume(sides[i]->io, IO_PAUSE_ALL);
		move(sides[i]);
	}
	for (int i = 0; i < 2; i++) {
		if (io_end(sides[i]->io) != IO_END_NONE)
			pass_end(sides[i]);
	}
}

/* --- the kernel ------------------------------------------------------------ */

static void
on_splice_end(const char *error, void *arg)
{
	end(arg, error != NULL ? PUMP_ERROR : PUMP_CLEAN, error);
}

static bool
fit_for_kernel(const struct io *io)
{
	return !io_is_tls(io) && io_error(io) == NULL &&
	    io_end(io) == IO_END_NONE && !io_finishing(io);
}

static void
join_sockets(struct pump *pump, struct event_base *base)
{
	struct evbuffer *to_a = evbuffer_new(), *to_b = evbuffer_new();
	struct evbuffer *from_a = evbuffer_new(), *from_b = evbuffer_new();
	int a, b;

	must(to_a != NULL && to_b != NULL && from_a != NULL && from_b != NULL);
	a = io_dissolve(pump->a.io, from_a, to_a);
	b = io_dissolve(pump->b.io, from_b, to_b);
	pump->a.io = pump->b.io = NULL;
	must(evbuffer_add_buffer(to_b, from_a) == 0);
	must(evbuffer_add_buffer(to_a, from_b) == 0);
	evbuffer_free(from_a);
	evbuffer_free(from_b);
	pump->splice = splice_new(base, a, b, to_a, to_b, on_splice_end, pump);
}

/* --- life ------------------------------------------------------------------ */

static void
look_in(struct pump *pump, uint64_t ms)
{
	struct timeval tv = { (time_t)(ms / 1000),
		(suseconds_t)(ms % 1000 * 1000) };

	must(evtimer_add(pump->timer, &tv) == 0);
}

/* Idleness is looked at when it may have come, not armed anew at each byte.
 * The first look is at once: both may have ended before they were joined. */
static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct pump *pump = arg;
	uint64_t idle = clock_ms() - pump_last_ms(pump);

	if (pump->idle_ms != 0 && idle >= pump->idle_ms) {
		end(pump, PUMP_IDLE, "idle for too long");
		return;
	}
	if (pump->idle_ms != 0)
		look_in(pump, pump->idle_ms - idle);
	if (pump->splice == NULL)
		judge(pump);
}

static void
init_side(struct pump *pump, struct side *side, struct io *io,
    struct side *peer, uint64_t *count)
{
	side->pump = pump;
	side->io = io;
	side->peer = peer;
	side->count = count;
}

struct pump *
pump_new(struct event_base *base, struct io *a, struct io *b, uint64_t idle_ms,
    pump_fn *on_end, void *arg)
{
	struct pump *pump = mem_zalloc(sizeof(*pump));

	pump->on_end = on_end;
	pump->arg = arg;
	pump->idle_ms = idle_ms;
	pump->timer = evtimer_new(base, on_timer, pump);
	must(pump->timer != NULL);
	init_side(pump, &pump->a, a, &pump->b, &pump->stats.to_b);
	init_side(pump, &pump->b, b, &pump->a, &pump->stats.to_a);
	if (fit_for_kernel(a) && fit_for_kernel(b))
		join_sockets(pump, base);
	else
		join_ios(pump);
	look_in(pump, 0);
	return pump;
}

void
pump_free(struct pump *pump)
{
	if (pump == NULL)
		return;
	let_go(pump);
	event_free(pump->timer);
	free(pump);
}

void
pump_cancel(struct pump *pump, const char *why)
{
	end(pump, PUMP_CANCELLED, why);
}

const struct pump_stats *
pump_stats(struct pump *pump)
{
	if (pump->splice != NULL) {
		pump->stats.to_a = splice_stats(pump->splice)->to_a;
		pump->stats.to_b = splice_stats(pump->splice)->to_b;
	}
	return &pump->stats;
}

uint64_t
pump_last_ms(const struct pump *pump)
{
	uint64_t a, b;

	if (pump->splice != NULL)
		return splice_stats(pump->splice)->last_ms;
	if (pump->a.io == NULL)
		return pump->last_ms;
	a = io_stats(pump->a.io)->last_ms;
	b = io_stats(pump->b.io)->last_ms;
	return a > b ? a : b;
}

const char *
pump_error(const struct pump *pump)
{
	return pump->error;
}
