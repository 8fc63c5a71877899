/*
 * sockets: binding and listening, before anybody's privileges are dropped.
 *
 * Runs in the supervisor, which never accepts: a connection is a worker's
 * from its first byte.
 */
#include "cli/sockets.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "net/listen.h"

#define BACKLOG 1024

struct listener_set {
	struct addr addr, bound;
	int *fds; /* owned: one a worker, -1 where closed */
};

struct sockets {
	struct listener_set *v; /* owned */
	size_t n, cap;
	unsigned workers;
};

struct sockets *
sockets_new(unsigned workers)
{
	struct sockets *sockets = mem_zalloc(sizeof(*sockets));

	sockets->workers = workers;
	return sockets;
}

static void
set_clear(struct listener_set *set, unsigned workers)
{
	for (unsigned i = 0; i < workers; i++)
		if (set->fds[i] >= 0)
			close(set->fds[i]);
	free(set->fds);
}

void
sockets_free(struct sockets *sockets)
{
	if (!sockets)
		return;
	for (size_t i = 0; i < sockets->n; i++)
		set_clear(&sockets->v[i], sockets->workers);
	free(sockets->v);
	free(sockets);
}

/* The first socket decides on the port where it was left to the system. */
static int
learn_port(struct listener_set *set, int fd)
{
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);

	if (set->bound.port != 0)
		return 0;
	if (getsockname(fd, (struct sockaddr *)&sa, &len) < 0)
		return -1;
	return addr_from_sockaddr((const struct sockaddr *)&sa, &set->bound);
}

/* 0, or -1 with errno and what was opened stays open. */
static int
set_open(struct listener_set *set, unsigned workers)
{
	if (set->bound.port != 0 && listen_probe(&set->bound) < 0)
		return -1;
	for (unsigned i = 0; i < workers; i++) {
		set->fds[i] = listen_open(&set->bound, BACKLOG);
		if (set->fds[i] < 0 || learn_port(set, set->fds[i]) < 0)
			return -1;
	}
	return 0;
}

static bool
has_addr(const struct sockets *sockets, const struct addr *addr)
{
	for (size_t i = 0; i < sockets->n; i++)
		if (addr_eq(&sockets->v[i].addr, addr))
			return true;
	return false;
}

static int
add(struct sockets *sockets, const struct addr *addr)
{
	struct listener_set set = { .addr = *addr, .bound = *addr };
	int saved;

	set.fds = mem_alloc(sockets->workers * sizeof(*set.fds));
	for (unsigned i = 0; i < sockets->workers; i++)
		set.fds[i] = -1;
	if (set_open(&set, sockets->workers) < 0) {
		saved = errno;
		set_clear(&set, sockets->workers);
		errno = saved;
		return -1;
	}
	sockets->v = mem_grow(
	    sockets->v, sockets->n, &sockets->cap, sizeof(*sockets->v));
	sockets->v[sockets->n++] = set;
	return 0;
}

const char *
sockets_open(struct sockets *sockets, const struct conf *conf)
{
	static char why[160];
	char text[ADDR_TEXT_SIZE];
	size_t before = sockets->n;

	for (size_t i = 0; i < conf->listeners.n; i++) {
		const struct addr *addr = &conf->listeners.v[i].addr;

		if (has_addr(sockets, addr) || add(sockets, addr) == 0)
			continue;
		snprintf(why, sizeof(why), "cannot listen on %s: %s",
		    addr_text_port(text, addr), strerror(errno));
		while (sockets->n > before)
			set_clear(&sockets->v[--sockets->n], sockets->workers);
		return why;
	}
	return NULL;
}

static bool
conf_lists(const struct conf *conf, const struct addr *addr)
{
	for (size_t i = 0; i < conf->listeners.n; i++)
		if (addr_eq(&conf->listeners.v[i].addr, addr))
			return true;
	return false;
}

void
sockets_keep_only(struct sockets *sockets, const struct conf *conf)
{
	size_t kept = 0;

	for (size_t i = 0; i < sockets->n; i++) {
		if (conf_lists(conf, &sockets->v[i].addr))
			sockets->v[kept++] = sockets->v[i];
		else
			set_clear(&sockets->v[i], sockets->workers);
	}
	sockets->n = kept;
}

size_t
sockets_count(const struct sockets *sockets)
{
	return sockets->n;
}

const struct addr *
sockets_addr(const struct sockets *sockets, size_t i)
{
	return &sockets->v[i].addr;
}

const struct addr *
sockets_bound(const struct sockets *sockets, size_t i)
{
	return &sockets->v[i].bound;
}

int
sockets_fd(const struct sockets *sockets, size_t i, unsigned worker)
{
	return sockets->v[i].fds[worker];
}

void
sockets_close_worker(struct sockets *sockets, unsigned worker)
{
	for (size_t i = 0; i < sockets->n; i++) {
		int *fd = &sockets->v[i].fds[worker];

		if (*fd >= 0)
			close(*fd);
		*fd = -1;
	}
}

void
sockets_reopen_worker(struct sockets *sockets, unsigned worker)
{
	char text[ADDR_TEXT_SIZE];

	for (size_t i = 0; i < sockets->n; i++) {
		struct listener_set *set = &sockets->v[i];

		if (set->fds[worker] >= 0)
			continue;
		set->fds[worker] = listen_open(&set->bound, BACKLOG);
		if (set->fds[worker] < 0)
			log_error("proxy[%u] cannot listen on %s: %m", worker,
			    addr_text_port(text, &set->bound));
	}
}
