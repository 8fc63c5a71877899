/*
 * io: the drive loop over one socket.
 *
 * The event only notes what the kernel said and calls drive(); everything
 * that moves bytes or tells the owner happens in there, so that there is one
 * place where the io can go away.  It never blocks, never recurses, never
 * looks into the bytes.
 */
#include "net/io.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/must.h"
#include "net/io_read.h"
#include "net/io_state.h"

#define BUDGET (512u << 10) /* bytes each way per turn, then the others */
#define TICK_MS 1000

static void drive(struct io *io);

/* --- telling, failing ------------------------------------------------------ */

void
io_tell(struct io *io, enum io_event event)
{
	if (!io->dead)
		io->on_event(io, event, io->arg);
}

void
io_fail(struct io *io, const char *why)
{
	if (io->dead || io->error != NULL)
		return;
	io->error = why;
	event_del(&io->ready);
	event_del(&io->tick);
	must(evbuffer_drain(io->out, evbuffer_get_length(io->out)) == 0);
	io_tell(io, IO_ERROR);
}

bool
io_alive(const struct io *io)
{
	return !io->dead && io->error == NULL;
}

void
io_progress(struct io *io, uint64_t *count, size_t n)
{
	*count += n;
	io->stats.last_ms = clock_ms();
}

void
io_drive_in(struct io *io, unsigned ms)
{
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	must(evtimer_add(&io->tick, &tv) == 0);
}

/* --- handshake ------------------------------------------------------------- */

static void
shake(struct io *io)
{
	switch (sock_handshake(&io->sock)) {
	case TLS_OK:
		io->more = true;
		io->stats.last_ms = clock_ms();
		io_tell(io, IO_SECURE);
		return;
	case TLS_PARKED:
		if (!io->parked) {
			io->parked = true;
			io_tell(io, IO_HELLO);
		}
		return;
	case TLS_WANT:
		return;
	case TLS_END:
	case TLS_CUT:
		io_fail(
		    io, "the peer closed the connection in the TLS handshake");
		return;
	case TLS_FAIL:
		io_fail(io, io->sock.error);
		return;
	}
}

/* May bytes of the application flow? */
bool
io_is_open(const struct io *io)
{
	return io_alive(io) && (io->sock.tls == NULL || io->sock.secure);
}

/* --- writing --------------------------------------------------------------- */

/* A write that fails is not yet the end: what the peer said before it closed
 * (an early answer) is read first. */
static bool
write_some(struct io *io)
{
	enum tls_ret ret;
	size_t put;

	ret = sock_write(&io->sock, io->out, &put);
	if (ret == TLS_OK) {
		io->budget_out -= put < io->budget_out ? put : io->budget_out;
		io_progress(io, &io->stats.out, put);
		return true;
	}
	if (ret == TLS_WANT)
		return false;
	io->unsendable = io->sock.error;
	must(evbuffer_drain(io->out, evbuffer_get_length(io->out)) == 0);
	sock_doubt(&io->sock);
	io->more = true;
	return false;
}

/* close_notify, then FIN; both wait for all that is queued. A reset comes with
 * the close. */
static void
finish(struct io *io)
{
	if (!io->finishing || io->finished || !io_is_open(io) ||
	    io->unsendable != NULL || evbuffer_get_length(io->out) > 0)
		return;
	if (io->cut && !io->reset)
		sock_cut(&io->sock);
	else if (!io->cut && sock_finish(&io->sock) == TLS_WANT)
		return;
	io->finished = true;
	io_tell(io, IO_DRAINED);
}

static void
flush(struct io *io)
{
	size_t left = evbuffer_get_length(io->out);

	io->above_low |= left > IO_MARK_LOW;
	while (io->sock.writable && io->budget_out > 0 && left > 0 &&
	    write_some(io))
		left = evbuffer_get_length(io->out);
	left = evbuffer_get_length(io->out);
	if (io->budget_out == 0 && io->sock.writable && left > 0)
		io_drive_in(io, 0);
	if (io->unsendable == NULL &&
	    ((io->above_low && left <= IO_MARK_LOW) ||
		(io->watch_empty && left == 0))) {
		io->above_low = false;
		io->watch_empty = io->watch_empty && left > 0;
		io_tell(io, IO_DRAINED);
	}
}

/* --- the loop -------------------------------------------------------------- */

static void
destroy(struct io *io)
{
	if (io->on_gone != NULL)
		io->on_gone(io->gone_arg);
	event_del(&io->ready);
	event_del(&io->tick);
	if (io->linger != NULL)
		event_free(io->linger);
	sock_clear(&io->sock);
	evbuffer_free(io->in);
	evbuffer_free(io->out);
	free(io);
}

static void
turn(struct io *io)
{
	if (io_alive(io) && io->sock.tls != NULL && !io->sock.secure)
		shake(io);
	do {
		if (io_is_open(io) && io->unsendable == NULL)
			flush(io);
	} while (io_read(io));
	if (io_alive(io) && io->unsendable != NULL)
		io_fail(io, io->unsendable);
	finish(io);
}

static void
drive(struct io *io)
{
	must(!io->busy);
	io->busy = true;
	do {
		io->again = false;
		turn(io);
	} while (io->again && io_alive(io));
	io->busy = false;
	/* a lingering io is nobody's: it goes when both ways are done */
	if (io->linger != NULL && io->finished && io->end != IO_END_NONE)
		io->dead = true;
	if (io->dead) {
		destroy(io);
		return;
	}
	if (io->sock.unsure && io->error == NULL &&
	    !evtimer_pending(&io->tick, NULL))
		io_drive_in(io, TICK_MS);
}

static void
on_ready(evutil_socket_t fd, short what, void *arg)
{
	struct io *io = arg;

	sock_note(&io->sock, what);
	if (io->sock.readable)
		io->more = true;
	/* a kick (what is 0) gets no new budget: two ios that kick each other
	 * must come to an end before the loop has looked at all others */
	if (what != 0)
		io->budget_in = io->budget_out = BUDGET;
	drive(io);
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct io *io = arg;

	if (io->sock.unsure) {
		sock_doubt(&io->sock);
		io->more = true;
	}
	io->budget_in = io->budget_out = BUDGET;
	drive(io);
}

/* --- life ------------------------------------------------------------------ */

struct io *
io_new(struct event_base *base, int fd, io_fn *on_event, void *arg)
{
	struct io *io = mem_zalloc(sizeof(*io));

	must(event_base_get_features(base) & EV_FEATURE_ET);
	must(event_base_get_features(base) & EV_FEATURE_EARLY_CLOSE);
	io->base = base;
	sock_init(&io->sock, fd);
	io->on_event = on_event;
	io->arg = arg;
	io->in = evbuffer_new();
	io->out = evbuffer_new();
	must(io->in != NULL && io->out != NULL);
	io->chunk = IO_CHUNK_MIN;
	io->budget_in = io->budget_out = BUDGET;
	io->stats.last_ms = clock_ms();
	must(event_assign(&io->ready, base, fd,
		 EV_READ | EV_WRITE | EV_CLOSED | EV_ET | EV_PERSIST, on_ready,
		 io) == 0);
	must(evtimer_assign(&io->tick, base, on_tick, io) == 0);
	if (event_add(&io->ready, NULL) == -1) {
		io->unsendable = "out of event memory";
		io_kick(io);
	}
	return io;
}

void
io_free(struct io *io)
{
	if (io == NULL)
		return;
	if (!io->busy) {
		destroy(io);
		return;
	}
	io->dead = true;
	event_del(&io->ready);
	event_del(&io->tick);
	sock_close(&io->sock);
}

void
io_set_callback(struct io *io, io_fn *on_event, void *arg)
{
	io->on_event = on_event;
	io->arg = arg;
}

int
io_fd(const struct io *io)
{
	return io->sock.fd;
}

struct evbuffer *
io_input(struct io *io)
{
	return io->in;
}

struct evbuffer *
io_output(struct io *io)
{
	return io->out;
}

bool
io_full(const struct io *io)
{
	return evbuffer_get_length(io->out) >= IO_MARK_HIGH;
}

void
io_kick(struct io *io)
{
	if (io->busy)
		io->again = true;
	else if (io->error == NULL)
		event_active(&io->ready, 0, 0);
}

void
io_pause(struct io *io, enum io_pause why)
{
	io->paused |= why;
}

void
io_resume(struct io *io, enum io_pause why)
{
	io->paused &= ~(unsigned)why;
	if (io->paused == 0 && io->more)
		io_kick(io);
}

void
io_finish(struct io *io)
{
	io->finishing = true;
	io_kick(io);
}

void
io_cut(struct io *io, bool reset)
{
	io->cut = true;
	io->reset = reset;
	if (reset)
		sock_reset_at_close(&io->sock);
}

bool
io_finishing(const struct io *io)
{
	return io->finishing;
}

void
io_watch_empty(struct io *io)
{
	io->watch_empty = true;
	io_kick(io);
}

bool
io_finished(const struct io *io)
{
	return io->finished;
}

enum io_end
io_end(const struct io *io)
{
	return io->end;
}

const char *
io_error(const struct io *io)
{
	return io->error;
}

const struct io_stats *
io_stats(const struct io *io)
{
	return &io->stats;
}

int
io_dissolve(struct io *io, struct evbuffer *received, struct evbuffer *unsent)
{
	int fd = io->sock.fd;

	must(io->sock.tls == NULL && io->error == NULL);
	must(evbuffer_add_buffer(received, io->in) == 0);
	must(evbuffer_add_buffer(unsent, io->out) == 0);
	event_del(&io->ready);
	io->sock.fd = -1;
	io_free(io);
	return fd;
}
