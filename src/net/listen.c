/*
 * listen: a listening socket and its accept loop.  It never reads from what
 * it accepts, and never takes more than a few at a time, so that a flood of
 * connections doesn't hold up those that are there.
 */
#include "net/listen.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/must.h"
#include "net/words.h"

#define ACCEPT_BATCH 16
#define RETRY_MS 250 /* after running out of descriptors or memory */

struct listen {
	struct event *ready; /* owned */
	struct event *retry; /* owned */
	listen_fn *on_accept;
	void *arg;
	struct log_limit limit;
	int fd; /* owned */
	bool paused;
	bool busy, dead; /* in the callback; freed there */
};

static int
set(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value));
}

/* share: with other sockets of the same address, as workers do. */
static int
open_bound(const struct addr *addr, bool share)
{
	struct sockaddr_storage ss;
	socklen_t len = addr_to_sockaddr(addr, &ss);
	int fd = socket(ss.ss_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
	int saved;

	if (fd == -1)
		return -1;
	/* "::" means IPv6: IPv4 is said on its own, on every system */
	if (set(fd, SOL_SOCKET, SO_REUSEADDR, 1) == 0 &&
	    (!share || set(fd, SOL_SOCKET, SO_REUSEPORT, 1) == 0) &&
	    (ss.ss_family != AF_INET6 ||
		set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1) == 0) &&
	    bind(fd, (struct sockaddr *)&ss, len) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

int
listen_open(const struct addr *addr, int backlog)
{
	int fd = open_bound(addr, true);
	int saved;

	if (fd == -1 || listen(fd, backlog) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

int
listen_probe(const struct addr *addr)
{
	int fd = open_bound(addr, false);

	if (fd == -1)
		return -1;
	close(fd);
	return 0;
}

static void
destroy(struct listen *listen)
{
	event_free(listen->ready);
	event_free(listen->retry);
	close(listen->fd);
	free(listen);
}

static void
hand_over(struct listen *listen, int fd, const struct sockaddr_storage *ss)
{
	struct sockaddr_storage mine;
	socklen_t len = sizeof(mine);
	struct addr client, local;

	if (getsockname(fd, (struct sockaddr *)&mine, &len) == -1 ||
	    addr_from_sockaddr((const struct sockaddr *)ss, &client) == -1 ||
	    addr_from_sockaddr((struct sockaddr *)&mine, &local) == -1) {
		close(fd);
		return;
	}
	listen->on_accept(fd, &client, &local, listen->arg);
}

/* Accepting nothing for a moment lets connections end and give back what is
 * missing; trying at once would only spin. */
static void
hold(struct listen *listen, int error)
{
	struct timeval tv = { 0, RETRY_MS * 1000 };
	unsigned missed;

	event_del(listen->ready);
	must(evtimer_add(listen->retry, &tv) == 0);
	if (log_allowed(&listen->limit, 1, &missed))
		log_warn("accepting no connections for a moment: %s",
		    words_errno(error));
}

static bool
exhausted(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS ||
	    error == ENOMEM;
}

/* One connection; false where there is none to take now. */
static bool
accept_one(struct listen *listen)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	int fd = accept4(listen->fd, (struct sockaddr *)&ss, &len,
	    SOCK_NONBLOCK | SOCK_CLOEXEC);
	int error = errno;

	if (fd != -1) {
		hand_over(listen, fd, &ss);
		return true;
	}
	if (exhausted(error)) {
		hold(listen, error);
		return false;
	}
	/* anything else is about that one connection (accept(2)) */
	return error != EAGAIN;
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct listen *listen = arg;

	listen->busy = true;
	for (int i = 0; i < ACCEPT_BATCH; i++) {
		if (listen->dead || listen->paused || !accept_one(listen))
			break;
	}
	listen->busy = false;
	if (listen->dead)
		destroy(listen);
}

static void
on_retry(evutil_socket_t fd, short what, void *arg)
{
	struct listen *listen = arg;

	if (!listen->paused)
		listen_resume(listen);
}

struct listen *
listen_new(struct event_base *base, int fd, listen_fn *on_accept, void *arg)
{
	struct listen *listen = mem_zalloc(sizeof(*listen));

	listen->fd = fd;
	listen->on_accept = on_accept;
	listen->arg = arg;
	/* inherited by what is accepted, which saves a call for each */
	(void)set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	evutil_make_socket_nonblocking(fd);
	listen->ready = event_new(
	    base, fd, EV_READ | EV_PERSIST, on_readable, listen);
	listen->retry = evtimer_new(base, on_retry, listen);
	must(listen->ready != NULL && listen->retry != NULL);
	listen_resume(listen);
	return listen;
}

void
listen_free(struct listen *listen)
{
	if (listen == NULL)
		return;
	listen->dead = true;
	event_del(listen->ready);
	if (!listen->busy)
		destroy(listen);
}

void
listen_pause(struct listen *listen)
{
	listen->paused = true;
	event_del(listen->ready);
	evtimer_del(listen->retry);
}

void
listen_resume(struct listen *listen)
{
	listen->paused = false;
	must(event_add(listen->ready, NULL) == 0);
}
