/*
 * io_linger: writes what is left, waits for the peer's end within bounds, and
 * lets go. A broken stream is closed so that the alert that says what was
 * wrong still arrives.
 */
#include "net/io_linger.h"

#include <errno.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/must.h"
#include "net/io_state.h"

#define LINGER_STALLS 15 /* times linger_ms without progress end it */

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
