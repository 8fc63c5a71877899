/*
 * splice: two ways, each a source, a pipe and a sink.
 *
 * A pipe is filled only when it is empty, so that EAGAIN from filling it
 * always means the source and EAGAIN from emptying it always the sink.
 */
#include "net/splice.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/must.h"
#include "net/flow.h"
#include "net/words.h"

#define PIPE_BYTES (64u << 10)
#define FLAGS (SPLICE_F_MOVE | SPLICE_F_NONBLOCK)
#define BUDGET (1u << 20) /* bytes of a way per turn, then the others */

struct side {
	struct event *ready; /* owned; edge-triggered */
	int fd;              /* owned */
	bool readable, writable;
};

struct way {
	struct side *from, *to;
	struct evbuffer *early; /* owned; goes before what is in the pipe */
	uint64_t *count;
	enum flow flow;
	int pipe[2]; /* owned; -1 until needed */
	size_t in_pipe;
};

struct splice {
	struct side a, b;
	struct way a_to_b, b_to_a;
	struct event *again; /* owned; a budget was used up */
	splice_fn *on_end;
	void *arg;
	struct splice_stats stats;
	const char *error;
};

/* --- moving ---------------------------------------------------------------- */

enum moved {
	MOVED,
	STUCK,
	BROKEN
};

/* What a failed call means; *ready is the side's that it was about. */
static enum moved
stuck(struct splice *pair, bool *ready)
{
	if (errno == EAGAIN) {
		*ready = false;
		return STUCK;
	}
	if (errno == EINTR)
		return MOVED;
	pair->error = words_errno(errno);
	return BROKEN;
}

static enum moved
send_early(struct splice *pair, struct way *way)
{
	struct evbuffer_iovec iov[8];
	int n = evbuffer_peek(way->early, -1, NULL, iov, 8);
	struct msghdr msg = { .msg_iov = (struct iovec *)iov,
		.msg_iovlen = n < 8 ? (size_t)n : 8 };
	ssize_t put = sendmsg(way->to->fd, &msg, MSG_NOSIGNAL);

	if (put == -1)
		return stuck(pair, &way->to->writable);
	must(evbuffer_drain(way->early, (size_t)put) == 0);
	*way->count += (uint64_t)put;
	return MOVED;
}

static enum moved
empty_pipe(struct splice *pair, struct way *way)
{
	ssize_t put = splice(
	    way->pipe[0], NULL, way->to->fd, NULL, way->in_pipe, FLAGS);

	if (put == -1)
		return stuck(pair, &way->to->writable);
	way->in_pipe -= (size_t)put;
	*way->count += (uint64_t)put;
	return MOVED;
}

static bool
have_pipe(struct way *way)
{
	if (way->pipe[0] == -1 &&
	    pipe2(way->pipe, O_NONBLOCK | O_CLOEXEC) == -1)
		way->pipe[0] = way->pipe[1] = -1;
	return way->pipe[0] != -1;
}

static enum moved
take_in(struct splice *pair, struct way *way)
{
	int fd = way->from->fd;
	ssize_t got;

	if (have_pipe(way)) {
		got = splice(fd, NULL, way->pipe[1], NULL, PIPE_BYTES, FLAGS);
		if (got > 0)
			way->in_pipe = (size_t)got;
	} else
		got = evbuffer_read(way->early, fd, PIPE_BYTES);
	if (got == -1)
		return stuck(pair, &way->from->readable);
	if (got == 0)
		way->flow = FLOW_ENDING;
	return MOVED;
}

/* One call's worth of work. */
static enum moved
move(struct splice *pair, struct way *way)
{
	bool loaded = way->in_pipe > 0 || evbuffer_get_length(way->early) > 0;

	if (loaded && !way->to->writable)
		return STUCK;
	if (evbuffer_get_length(way->early) > 0)
		return send_early(pair, way);
	if (way->in_pipe > 0)
		return empty_pipe(pair, way);
	switch (way->flow) {
	case FLOW_OPEN:
		return way->from->readable ? take_in(pair, way) : STUCK;
	case FLOW_ENDING:
		(void)shutdown(way->to->fd, SHUT_WR);
		way->flow = FLOW_PASSED;
		return MOVED;
	case FLOW_PASSED:
	case FLOW_CUT:
		return STUCK;
	}
	return STUCK;
}

static enum moved
run_way(struct splice *pair, struct way *way)
{
	uint64_t from = *way->count;
	enum moved moved = MOVED;

	while (moved == MOVED && *way->count - from < BUDGET)
		moved = move(pair, way);
	if (*way->count != from)
		pair->stats.last_ms = clock_ms();
	return moved;
}

static void
run(struct splice *pair)
{
	struct timeval now = { 0, 0 };
	enum moved there = run_way(pair, &pair->a_to_b);
	enum moved back = run_way(pair, &pair->b_to_a);

	if (pair->error != NULL ||
	    flow_judge(pair->a_to_b.flow, pair->b_to_a.flow) != FLOW_GO_ON) {
		event_del(pair->again);
		event_del(pair->a.ready);
		event_del(pair->b.ready);
		pair->on_end(pair->error, pair->arg);
		return;
	}
	if (there == MOVED || back == MOVED)
		must(evtimer_add(pair->again, &now) == 0);
}

static void
on_again(evutil_socket_t fd, short what, void *arg)
{
	run(arg);
}

static void
on_ready(evutil_socket_t fd, short what, void *arg)
{
	struct splice *pair = arg;
	struct side *side = fd == pair->a.fd ? &pair->a : &pair->b;

	if (what & (EV_READ | EV_CLOSED))
		side->readable = true;
	if (what & EV_WRITE)
		side->writable = true;
	run(pair);
}

/* --- life ------------------------------------------------------------------ */

static void
init_side(
    struct splice *pair, struct side *side, struct event_base *base, int fd)
{
	side->fd = fd;
	side->readable = side->writable = true;
	side->ready = event_new(base, fd,
	    EV_READ | EV_WRITE | EV_CLOSED | EV_ET | EV_PERSIST, on_ready,
	    pair);
	must(side->ready != NULL);
	if (event_add(side->ready, NULL) == -1)
		pair->error = "out of event memory";
}

static void
init_way(struct way *way, struct side *from, struct side *to,
    struct evbuffer *early, uint64_t *count)
{
	way->from = from;
	way->to = to;
	way->early = early;
	way->count = count;
	way->flow = FLOW_OPEN;
	way->pipe[0] = way->pipe[1] = -1;
}

struct splice *
splice_new(struct event_base *base, int a, int b, struct evbuffer *to_a,
    struct evbuffer *to_b, splice_fn *on_end, void *arg)
{
	struct splice *pair = mem_zalloc(sizeof(*pair));
	struct timeval now = { 0, 0 };

	pair->on_end = on_end;
	pair->arg = arg;
	pair->stats.last_ms = clock_ms();
	init_side(pair, &pair->a, base, a);
	init_side(pair, &pair->b, base, b);
	init_way(&pair->a_to_b, &pair->a, &pair->b, to_b, &pair->stats.to_b);
	init_way(&pair->b_to_a, &pair->b, &pair->a, to_a, &pair->stats.to_a);
	pair->again = evtimer_new(base, on_again, pair);
	must(pair->again != NULL);
	must(evtimer_add(pair->again, &now) == 0);
	return pair;
}

static void
clear_side(struct side *side)
{
	event_free(side->ready);
	close(side->fd);
}

static void
clear_way(struct way *way)
{
	evbuffer_free(way->early);
	if (way->pipe[0] == -1)
		return;
	close(way->pipe[0]);
	close(way->pipe[1]);
}

void
splice_free(struct splice *pair)
{
	if (pair == NULL)
		return;
	clear_way(&pair->a_to_b);
	clear_way(&pair->b_to_a);
	clear_side(&pair->a);
	clear_side(&pair->b);
	event_free(pair->again);
	free(pair);
}

const struct splice_stats *
splice_stats(const struct splice *pair)
{
	return &pair->stats;
}
