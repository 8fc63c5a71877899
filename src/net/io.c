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
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event_struct.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/must.h"
#include "net/sock.h"

#define STEP (64u << 10)     /* read at most this before telling */
#define BUDGET (512u << 10)  /* bytes each way per turn, then the others */
#define CHUNK_MIN (4u << 10) /* room to read into: adapts in between */
#define CHUNK_MAX (64u << 10)
#define CHUNK_HEAD 64 /* libevent's own, so that sizes fit pages */
#define TICK_MS 1000
#define LINGER_STALLS 15 /* times linger_ms without progress end it */

struct io {
	struct event_base *base; /* borrowed */
	struct event ready;      /* the fd's: edge-triggered, added once */
	struct event tick;       /* budget used up, or unsure: drive again */
	struct event *linger;    /* owned; the end of io_finish_and_free */
	unsigned linger_ms;
	void (*on_gone)(void *arg); /* of io_finish_and_free; may be NULL */
	void *gone_arg;
	io_fn *on_event;
	void *arg;
	struct evbuffer *in, *out; /* owned */
	struct sock sock;
	const char *error;      /* static; the stream is dead */
	const char *unsendable; /* static; dead once the rest is read */
	struct io_stats stats;
	size_t budget_in, budget_out, chunk;
	unsigned paused; /* enum io_pause, or-ed */
	enum io_end end;
	bool more;                   /* reading may bring something */
	bool parked;                 /* IO_HELLO was told */
	bool above_low, watch_empty; /* IO_DRAINED is owed */
	bool finishing, finished;
	bool cut, reset;        /* the end is not to look like one */
	bool busy, again, dead; /* drive() is running; once more; then free */
};

static void drive(struct io *io);

/* --- telling, failing ------------------------------------------------------ */

static void
tell(struct io *io, enum io_event event)
{
	if (!io->dead)
		io->on_event(io, event, io->arg);
}

static void
fail(struct io *io, const char *why)
{
	if (io->dead || io->error != NULL)
		return;
	io->error = why;
	event_del(&io->ready);
	event_del(&io->tick);
	must(evbuffer_drain(io->out, evbuffer_get_length(io->out)) == 0);
	tell(io, IO_ERROR);
}

static bool
alive(const struct io *io)
{
	return !io->dead && io->error == NULL;
}

static void
progress(struct io *io, uint64_t *count, size_t n)
{
	*count += n;
	io->stats.last_ms = clock_ms();
}

static void
tick_in(struct io *io, unsigned ms)
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
		tell(io, IO_SECURE);
		return;
	case TLS_PARKED:
		if (!io->parked) {
			io->parked = true;
			tell(io, IO_HELLO);
		}
		return;
	case TLS_WANT:
		return;
	case TLS_END:
	case TLS_CUT:
		fail(io, "the peer closed the connection in the TLS handshake");
		return;
	case TLS_FAIL:
		fail(io, io->sock.error);
		return;
	}
}

/* May bytes of the application flow? */
static bool
open_for_data(const struct io *io)
{
	return alive(io) && (io->sock.tls == NULL || io->sock.secure);
}

/* --- reading --------------------------------------------------------------- */

/* The next chunk is as large as this one was useful. */
static void
adapt(struct io *io, size_t room, size_t got)
{
	if (got == room && io->chunk < CHUNK_MAX)
		io->chunk *= 2;
	else if (got < io->chunk / 4 && io->chunk > CHUNK_MIN)
		io->chunk /= 2;
}

/* Gives back the room of a read that brought nothing: libevent would keep it
 * for as long as the stream is idle. */
static void
release_room(struct io *io, struct evbuffer_iovec *room)
{
	if (evbuffer_get_length(io->in) > 0)
		return;
	*(char *)room->iov_base = 0;
	room->iov_len = 1;
	must(evbuffer_commit_space(io->in, room, 1) == 0);
	must(evbuffer_drain(io->in, 1) == 0);
}

static enum tls_ret
read_some(struct io *io, size_t *got)
{
	struct evbuffer_iovec room;
	enum tls_ret ret;

	must(evbuffer_reserve_space(
		 io->in, (ssize_t)(io->chunk - CHUNK_HEAD), &room, 1) == 1);
	ret = sock_read(&io->sock, room.iov_base, room.iov_len, got);
	io->more = ret == TLS_OK && sock_more(&io->sock);
	if (ret != TLS_OK) {
		release_room(io, &room);
		return ret;
	}
	adapt(io, room.iov_len, *got);
	room.iov_len = *got;
	must(evbuffer_commit_space(io->in, &room, 1) == 0);
	return TLS_OK;
}

/* Reads up to a step: the owner gets it in one piece. */
static enum tls_ret
gather(struct io *io, size_t *sum)
{
	enum tls_ret ret;
	size_t got;

	*sum = 0;
	do {
		ret = read_some(io, &got);
		*sum += got;
	} while (ret == TLS_OK && io->more && *sum < STEP);
	return ret;
}

static void
end_reading(struct io *io, enum io_end end)
{
	io->end = end;
	tell(io, IO_EOF);
}

static bool
may_read(const struct io *io)
{
	return open_for_data(io) && io->end == IO_END_NONE && io->more &&
	    io->paused == 0 && evbuffer_get_length(io->in) < IO_MARK_HIGH;
}

/* One step; false where there is no more to do. */
static bool
fill(struct io *io)
{
	enum tls_ret ret;
	size_t sum;

	if (!may_read(io))
		return false;
	if (io->budget_in == 0) {
		tick_in(io, 0);
		return false;
	}
	ret = gather(io, &sum);
	io->budget_in -= sum < io->budget_in ? sum : io->budget_in;
	if (sum > 0) {
		progress(io, &io->stats.in, sum);
		tell(io, IO_DATA);
	}
	if (ret == TLS_END)
		end_reading(io, IO_END_CLEAN);
	else if (ret == TLS_CUT)
		end_reading(io, IO_END_TRUNCATED);
	else if (ret == TLS_FAIL)
		fail(io, io->sock.error);
	return true;
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
		progress(io, &io->stats.out, put);
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
	if (!io->finishing || io->finished || !open_for_data(io) ||
	    io->unsendable != NULL || evbuffer_get_length(io->out) > 0)
		return;
	if (io->cut && !io->reset)
		sock_cut(&io->sock);
	else if (!io->cut && sock_finish(&io->sock) == TLS_WANT)
		return;
	io->finished = true;
	tell(io, IO_DRAINED);
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
		tick_in(io, 0);
	if (io->unsendable == NULL &&
	    ((io->above_low && left <= IO_MARK_LOW) ||
		(io->watch_empty && left == 0))) {
		io->above_low = false;
		io->watch_empty = io->watch_empty && left > 0;
		tell(io, IO_DRAINED);
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
	if (alive(io) && io->sock.tls != NULL && !io->sock.secure)
		shake(io);
	do {
		if (open_for_data(io) && io->unsendable == NULL)
			flush(io);
	} while (fill(io));
	if (alive(io) && io->unsendable != NULL)
		fail(io, io->unsendable);
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
	} while (io->again && alive(io));
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
		tick_in(io, TICK_MS);
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
	io->chunk = CHUNK_MIN;
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

static void
on_linger_event(struct io *io, enum io_event event, void *arg)
{
	if (event == IO_DATA)
		must(evbuffer_drain(io->in, evbuffer_get_length(io->in)) == 0);
	else if (event == IO_ERROR || (event == IO_DRAINED && io->reset))
		io_free(io);
}

static void
arm_linger(struct io *io)
{
	struct timeval tv = { io->linger_ms / 1000,
		io->linger_ms % 1000 * 1000 };

	must(evtimer_add(io->linger, &tv) == 0);
}

/* A slow reader is not cut off while it reads. */
static void
on_linger_end(evutil_socket_t fd, short what, void *arg)
{
	struct io *io = arg;

	if (io->error == NULL && evbuffer_get_length(io->out) > 0 &&
	    clock_ms() - io->stats.last_ms <
		LINGER_STALLS * (uint64_t)io->linger_ms)
		arm_linger(io);
	else
		io_free(io);
}

/* The stream is broken, the socket perhaps not. */
static void
on_leftover(evutil_socket_t fd, short what, void *arg)
{
	char scratch[4096];
	ssize_t got;

	do
		got = recv(fd, scratch, sizeof(scratch), 0);
	while (got > 0 || (got == -1 && errno == EINTR));
	if (got == 0 || errno != EAGAIN)
		io_free(arg);
}

/* Closing with bytes unread would reset the connection, and the alert that
 * says what was wrong would be lost with it. */
static void
linger_broken(struct io *io)
{
	(void)shutdown(io->sock.fd, SHUT_WR);
	must(event_assign(&io->ready, io->base, io->sock.fd,
		 EV_READ | EV_ET | EV_PERSIST, on_leftover, io) == 0);
	(void)event_add(&io->ready, NULL); /* else the timer ends it */
}

void
io_finish_and_free(
    struct io *io, unsigned linger_ms, void (*on_gone)(void *arg), void *arg)
{
	must(io->linger == NULL);
	io->linger_ms = linger_ms;
	io->on_gone = on_gone;
	io->gone_arg = arg;
	io_set_callback(io, on_linger_event, NULL);
	on_linger_event(io, IO_DATA, NULL);
	io->linger = evtimer_new(io->base, on_linger_end, io);
	must(io->linger != NULL);
	arm_linger(io);
	io->paused = 0;
	if (io->error != NULL)
		linger_broken(io);
	else
		io_finish(io);
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

/* --- TLS ------------------------------------------------------------------- */

static void
begin_tls(struct io *io, struct tls_conn *tls, bool undoable)
{
	sock_start_tls(&io->sock, tls, io->in, undoable);
	io->parked = false;
	io->more = true;
	io_kick(io);
}

void
io_tls_accept(struct io *io, SSL_CTX *ctx)
{
	begin_tls(io, tls_conn_server(ctx, sock_top_wire(&io->sock), &io->sock),
	    true);
}

void
io_tls_connect(struct io *io, SSL_CTX *ctx, const struct tls_connect_opts *opts)
{
	begin_tls(io,
	    tls_conn_client(ctx, opts, sock_top_wire(&io->sock), &io->sock),
	    false);
}

const struct tls_hello *
io_hello(const struct io *io)
{
	return tls_conn_hello(io->sock.tls);
}

void
io_tls_offer(struct io *io, struct slice alpn)
{
	tls_conn_offer(io->sock.tls, alpn);
}

void
io_tls_present(struct io *io, const struct tls_leaf *leaf)
{
	sock_keep_tls(&io->sock);
	(void)tls_conn_present(
	    io->sock.tls, leaf); /* -1 shows in the handshake */
	io_kick(io);
}

void
io_tls_refuse(struct io *io, int alert)
{
	sock_keep_tls(&io->sock);
	tls_conn_refuse(io->sock.tls, alert);
	io_kick(io);
}

void
io_tls_undo(struct io *io)
{
	sock_undo_tls(&io->sock, io->in);
	io->parked = false;
	io->more = sock_more(&io->sock);
}

struct facts *
io_tls_facts(const struct io *io)
{
	return tls_conn_facts(io->sock.tls);
}

SSL_SESSION *
io_tls_take_session(struct io *io)
{
	return tls_conn_take_session(io->sock.tls);
}

bool
io_tls_peer(const struct io *io, struct cert_peer *peer)
{
	X509 *cert = tls_conn_peer(io->sock.tls);

	return cert != NULL && cert_peer(cert, peer);
}

size_t
io_tls_chain(const struct io *io, struct cert_shown *certs, size_t max)
{
	STACK_OF(X509) *chain = io->sock.tls == NULL
	    ? NULL
	    : tls_conn_chain(io->sock.tls);
	int n = sk_X509_num(chain);

	for (int i = 0; i < n && (size_t)i < max; i++)
		cert_show(sk_X509_value(chain, i), &certs[i]);
	return n > 0 ? (size_t)n : 0;
}

const char *
io_tls_missing(const struct io *io)
{
	return io->sock.tls == NULL ? NULL : tls_conn_missing(io->sock.tls);
}

bool
io_is_tls(const struct io *io)
{
	return io->sock.tls != NULL;
}

bool
io_is_secure(const struct io *io)
{
	return io->sock.secure;
}

const struct tls_info *
io_tls_info(const struct io *io)
{
	return tls_conn_info(io->sock.tls);
}
