/*
 * chan: sending and receiving the catalogue's messages over a socketpair.
 *
 * Runs in every process.  It reads packets as they come, checks each against
 * the catalogue and hands it to the one handler of its kind; it never keeps
 * a message, never answers one by itself, and never trusts its peer: the
 * process at the other end may have been taken over.
 */
#include "ipc/chan.h"

#include <sys/queue.h>
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/secret.h"

#define READ_BURST 64 /* packets at a time, so that others get their turn */

/* A packet that the kernel wouldn't take yet. */
struct packet {
	STAILQ_ENTRY(packet) next;
	int fd; /* owned; -1 for none */
	size_t n;
	unsigned char bytes[];
};

struct chan {
	struct event_base *base;           /* borrowed */
	struct event *readable, *writable; /* owned */
	int fd;                            /* owned */
	enum role self, peer;
	const struct chan_ops *ops;  /* static */
	void *arg;                   /* borrowed */
	STAILQ_HEAD(, packet) queue; /* owned */
	size_t queued;
	unsigned char *in, *out; /* owned: WIRE_MAX bytes each */
	bool gone;               /* the peer won't take more */
	bool told;               /* on_closed has been called */
	bool running;            /* inside a handler */
	bool dead;               /* freed from inside a handler */
};

/* --- sending ---------------------------------------------------------- */

static void
packet_free(struct packet *packet)
{
	if (packet->fd >= 0)
		close(packet->fd);
	secret_wipe(packet->bytes, packet->n);
	free(packet);
}

static void
queue_clear(struct chan *chan)
{
	while (!STAILQ_EMPTY(&chan->queue)) {
		struct packet *packet = STAILQ_FIRST(&chan->queue);

		STAILQ_REMOVE_HEAD(&chan->queue, next);
		packet_free(packet);
	}
	chan->queued = 0;
}

static ssize_t
send_packet(int fd, const void *p, size_t n, int passed)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .room = { 0 } };
	struct iovec iov = { .iov_base = (void *)(uintptr_t)p, .iov_len = n };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *cmsg;
	ssize_t ret;

	if (passed >= 0) {
		msg.msg_control = control.room;
		msg.msg_controllen = sizeof(control.room);
		cmsg = CMSG_FIRSTHDR(&msg);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(cmsg), &passed, sizeof(int));
	}
	do
		ret = sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (ret < 0 && errno == EINTR);
	return ret;
}

/* Too many descriptors in flight (ETOOMANYREFS) passes, as does a lack of
 * buffers; whatever else goes wrong is taken as the peer's end. */
static bool
is_temporary(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == ENOBUFS ||
	    error == ENOMEM || error == ETOOMANYREFS;
}

/* Writes until the kernel takes no more; what is gone stays unread. */
static void
queue_write(struct chan *chan)
{
	while (!STAILQ_EMPTY(&chan->queue)) {
		struct packet *packet = STAILQ_FIRST(&chan->queue);

		if (send_packet(
			chan->fd, packet->bytes, packet->n, packet->fd) < 0) {
			if (is_temporary(errno))
				return;
			chan->gone = true;
			queue_clear(chan);
			return;
		}
		STAILQ_REMOVE_HEAD(&chan->queue, next);
		chan->queued--;
		packet_free(packet);
	}
}

static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct chan *chan = arg;

	queue_write(chan);
	if (STAILQ_EMPTY(&chan->queue))
		event_del(chan->writable);
}

static int
queue_add(struct chan *chan, const void *p, size_t n, int fd)
{
	struct packet *packet;
	int copy = -1;

	if (chan->queued >= CHAN_QUEUE_MAX)
		return -1;
	if (fd >= 0 && (copy = fcntl(fd, F_DUPFD_CLOEXEC, 0)) < 0)
		return -1;
	packet = mem_alloc(sizeof(*packet) + n);
	packet->fd = copy;
	packet->n = n;
	memcpy(packet->bytes, p, n);
	STAILQ_INSERT_TAIL(&chan->queue, packet, next);
	if (chan->queued++ == 0)
		event_add(chan->writable, NULL);
	return 0;
}

static int
send_or_queue(struct chan *chan, const void *p, size_t n, int fd)
{
	if (!STAILQ_EMPTY(&chan->queue))
		return queue_add(chan, p, n, fd);
	if (send_packet(chan->fd, p, n, fd) >= 0)
		return 0;
	if (is_temporary(errno))
		return queue_add(chan, p, n, fd);
	chan->gone = true; /* reading says so to the owner */
	return -1;
}

int
chan_send(struct chan *chan, enum msg_kind kind, const void *body, int fd)
{
	struct wire_out out;
	int ret;

	must(msg_allowed(kind, chan->self, chan->peer));
	must(fd < 0 || msg_brings_fd(kind));
	if (chan->gone)
		return -1;
	wire_out_init(&out, chan->out, WIRE_MAX);
	msg_encode(&out, kind, body);
	ret = out.failed ? -1 : send_or_queue(chan, out.p, out.n, fd);
	secret_wipe(out.p, out.n);
	return ret;
}

void
chan_flush(struct chan *chan)
{
	uint64_t end = clock_ms() + CHAN_FLUSH_MS;
	struct pollfd pfd = { .fd = chan->fd, .events = POLLOUT };

	for (;;) {
		uint64_t now = clock_ms();

		queue_write(chan);
		if (STAILQ_EMPTY(&chan->queue))
			break;
		if (now >= end)
			return;
		(void)poll(&pfd, 1, (int)(end - now));
	}
	event_del(chan->writable);
}

/* --- receiving -------------------------------------------------------- */

/* Told once; the owner may free the channel from there. */
static void
tell_closed(struct chan *chan, const char *words)
{
	chan->gone = true;
	event_del(chan->readable);
	event_del(chan->writable);
	queue_clear(chan);
	if (chan->told)
		return;
	chan->told = true;
	chan->ops->on_closed(chan, words, chan->arg);
}

/* All descriptors of the packet: at most one is kept, the rest closed. */
static const char *
take_fd(struct msghdr *msg, int *fd)
{
	const char *why = NULL;
	struct cmsghdr *cmsg;

	for (cmsg = CMSG_FIRSTHDR(msg); cmsg; cmsg = CMSG_NXTHDR(msg, cmsg)) {
		size_t n = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (cmsg->cmsg_level != SOL_SOCKET ||
		    cmsg->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < n; i++) {
			int got;

			memcpy(&got, CMSG_DATA(cmsg) + i * sizeof(int),
			    sizeof(got));
			if (*fd < 0) {
				*fd = got;
				continue;
			}
			close(got);
			why = "a message with more than one descriptor";
		}
	}
	if (msg->msg_flags & MSG_TRUNC)
		why = "a message that is too long";
	else if (msg->msg_flags & MSG_CTRUNC)
		why = "a message whose descriptor got lost";
	return why;
}

/* The packet's length, 0 at the end, -1 with errno. *why: not to be used. */
static ssize_t
receive(struct chan *chan, int *fd, const char **why)
{
	/* room for a few more, so that too many are seen and closed */
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(8 * sizeof(int))];
	} control;
	struct iovec iov = { .iov_base = chan->in, .iov_len = WIRE_MAX };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control.room),
	};
	ssize_t n;

	do
		n = recvmsg(chan->fd, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	*fd = -1;
	*why = n < 0 ? NULL : take_fd(&msg, fd);
	return n;
}

/* NULL, or why the peer is not to be listened to any longer. */
static const char *
judge(const struct chan *chan, size_t n, int fd, enum msg_kind *kind,
    union msg_body *body)
{
	const char *why = msg_decode(slice_from(chan->in, n), kind, body);

	if (why)
		return why;
	if (!msg_allowed(*kind, chan->peer, chan->self))
		return "a message that it may not send";
	if (!chan->ops->on[*kind])
		return "a message that nobody expects";
	if (fd >= 0 && !msg_brings_fd(*kind))
		return "a descriptor where none belongs";
	return NULL;
}

static void
dispatch(struct chan *chan, size_t n, int fd, const char *why)
{
	enum msg_kind kind = MSG_COUNT;
	union msg_body body;

	if (!why)
		why = judge(chan, n, fd, &kind, &body);
	if (!why) {
		chan->ops->on[kind](chan, &body, fd, chan->arg);
	} else {
		if (fd >= 0)
			close(fd);
		tell_closed(chan, why);
	}
	secret_wipe(chan->in, n);
}

/* False when there is nothing more to read for now. */
static bool
read_one(struct chan *chan, bool *reset_seen)
{
	const char *why;
	int fd;
	ssize_t n = receive(chan, &fd, &why);

	if (n > 0) {
		dispatch(chan, (size_t)n, fd, why);
		return !chan->dead && !chan->told;
	}
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return false;
	/* a peer that died with mail unread gives this once; what it said
	 * before is still there */
	if (n < 0 && errno == ECONNRESET && !*reset_seen) {
		*reset_seen = true;
		return true;
	}
	if (fd >= 0)
		close(fd);
	tell_closed(chan, NULL);
	return false;
}

static void chan_destroy(struct chan *chan);

static void
read_some(struct chan *chan, unsigned max)
{
	bool reset_seen = false;

	chan->running = true;
	for (unsigned i = 0; i < max; i++)
		if (!read_one(chan, &reset_seen))
			break;
	chan->running = false;
	if (chan->dead)
		chan_destroy(chan);
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	read_some(arg, READ_BURST);
}

void
chan_read_now(struct chan *chan)
{
	if (!chan->running && !chan->told)
		read_some(chan, CHAN_QUEUE_MAX);
}

/* --- life ------------------------------------------------------------- */

struct chan *
chan_new(struct event_base *base, int fd, enum role self, enum role peer,
    const struct chan_ops *ops, void *arg)
{
	struct chan *chan = mem_zalloc(sizeof(*chan));

	must(fd >= 0 && ops->on_closed);
	chan->base = base;
	chan->fd = fd;
	chan->self = self;
	chan->peer = peer;
	chan->ops = ops;
	chan->arg = arg;
	STAILQ_INIT(&chan->queue);
	chan->in = mem_alloc(WIRE_MAX);
	chan->out = mem_alloc(WIRE_MAX);
	evutil_make_socket_nonblocking(fd);
	chan->readable = event_new(
	    base, fd, EV_READ | EV_PERSIST, on_readable, chan);
	chan->writable = event_new(
	    base, fd, EV_WRITE | EV_PERSIST, on_writable, chan);
	if (!chan->readable || !chan->writable ||
	    event_add(chan->readable, NULL) < 0)
		fatal("cannot watch a channel");
	return chan;
}

static void
chan_destroy(struct chan *chan)
{
	queue_clear(chan);
	event_free(chan->readable);
	event_free(chan->writable);
	close(chan->fd);
	free(chan->in);
	free(chan->out);
	free(chan);
}

void
chan_free(struct chan *chan)
{
	if (!chan)
		return;
	chan->told = true;
	chan->gone = true;
	if (chan->running)
		chan->dead = true;
	else
		chan_destroy(chan);
}

enum role
chan_peer(const struct chan *chan)
{
	return chan->peer;
}

void
chan_pair(int fds[2])
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
		0, fds) < 0)
		fatal("cannot make a channel: %m");
}
