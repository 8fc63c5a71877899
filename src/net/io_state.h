/*
 * io_state: what an io is made of, for the files of io alone (io, io_read,
 * io_linger, io_tls): everybody else uses net/io.h and those headers.
 */
#ifndef NET_IO_STATE_H
#define NET_IO_STATE_H

#include <event2/event_struct.h>

#include "net/io.h"
#include "net/sock.h"

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

/* Neither dead nor failed. */
bool io_alive(const struct io *io);
/* May bytes of the application flow? */
bool io_is_open(const struct io *io);
void io_tell(struct io *io, enum io_event event);
void io_fail(struct io *io, const char *why); /* static words */
void io_progress(struct io *io, uint64_t *count, size_t n);
/* Drives once more in a while; 0: in the loop's next round. */
void io_drive_in(struct io *io, unsigned ms);

#endif
