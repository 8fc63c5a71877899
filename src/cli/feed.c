/*
 * feed: never waits for who listens.
 */
#include "cli/feed.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

struct feed {
	char *path;          /* owned */
	int fd;              /* owned */
	struct event *event; /* owned */
	int ears[FEED_MAX];  /* owned descriptors */
	size_t n;
};

static void
on_accept(evutil_socket_t fd, short what, void *arg)
{
	struct feed *feed = arg;
	int ear = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (ear < 0)
		return;
	if (feed->n == FEED_MAX)
		close(ear);
	else
		feed->ears[feed->n++] = ear;
}

static bool
is_alive(const struct sockaddr_un *at)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool alive = fd >= 0 &&
	    connect(fd, (const struct sockaddr *)at, sizeof(*at)) == 0;

	if (fd >= 0)
		close(fd);
	return alive;
}

static int
listen_at(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	mode_t mask;
	int fd, ret, saved;

	if (strlen(path) >= sizeof(at.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(at.sun_path, path, strlen(path));
	if (is_alive(&at)) {
		errno = EADDRINUSE;
		return -1;
	}
	(void)unlink(path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	mask = umask(0177);
	ret = bind(fd, (const struct sockaddr *)&at, sizeof(at));
	(void)umask(mask);
	if (ret == 0 && listen(fd, 8) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

struct feed *
feed_open(struct event_base *base, const char *path)
{
	struct feed *feed;
	int fd = listen_at(path);

	if (fd < 0)
		return NULL;
	feed = mem_zalloc(sizeof(*feed));
	feed->path = mem_dup(path);
	feed->fd = fd;
	feed->event = event_new(
	    base, fd, EV_READ | EV_PERSIST, on_accept, feed);
	event_add(feed->event, NULL);
	return feed;
}

void
feed_close(struct feed *feed)
{
	if (!feed)
		return;
	for (size_t i = 0; i < feed->n; i++)
		close(feed->ears[i]);
	event_free(feed->event);
	close(feed->fd);
	(void)unlink(feed->path);
	free(feed->path);
	free(feed);
}

void
feed_say(struct feed *feed, struct slice line)
{
	size_t i = 0;

	while (i < feed->n) {
		ssize_t n = send(
		    feed->ears[i], line.p, line.n, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n == (ssize_t)line.n) {
			i++;
			continue;
		}
		close(feed->ears[i]);
		feed->ears[i] = feed->ears[--feed->n];
	}
}
