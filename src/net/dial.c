/*
 * dial: one connection out of many addresses.
 *
 * Candidates are tried in turn, IPv6 first and the families interleaved
 * (RFC 8305 section 4), each STAGGER_MS after the one before or as soon as
 * all before have failed; the first that connects wins and the others are
 * closed.  It decides nothing about an address: the owner does, for each.
 */
#include "net/dial.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/reach.h"
#include "net/words.h"

#define STAGGER_MS 250 /* RFC 8305 section 5 */

struct attempt {
	struct dial *dial;   /* borrowed */
	struct event *ready; /* owned; NULL where none is under way */
	int fd;
	bool asked; /* the owner hasn't said yet whether it may connect */
};

struct dial {
	struct event_base *base; /* borrowed */
	struct resolve *resolve; /* owned while it runs */
	struct event *next;      /* owned; the next candidate's turn */
	struct event *deadline;  /* owned */
	dial_candidate_fn *on_candidate;
	dial_done_fn *on_done;
	void *arg;
	uint16_t port;
	struct addr addrs[RESOLVE_ADDR_MAX];
	struct attempt attempts[RESOLVE_ADDR_MAX]; /* one an address */
	size_t naddrs, tried, open;
	bool connecting; /* at least one candidate was not refused */
	enum resolve_ret resolve_ret;
	uint64_t started_us, resolve_us;
	const char *error;
};

/* --- the end --------------------------------------------------------------- */

static void
close_attempt(struct attempt *attempt)
{
	if (attempt->ready == NULL && !attempt->asked)
		return;
	if (attempt->ready != NULL)
		event_free(attempt->ready);
	attempt->ready = NULL;
	attempt->asked = false;
	if (attempt->fd != -1)
		close(attempt->fd);
	attempt->dial->open--;
}

static void
stop(struct dial *dial)
{
	if (dial->resolve != NULL)
		resolve_cancel(dial->resolve);
	dial->resolve = NULL;
	event_del(dial->next);
	event_del(dial->deadline);
	for (size_t i = 0; i < dial->tried; i++)
		close_attempt(&dial->attempts[i]);
}

/* The owner may free the dial in its callback: nothing comes after this. */
static void
end(struct dial *dial, enum dial_ret ret, int fd, const struct addr *addr)
{
	struct addr where = { .port = 0 };

	if (addr != NULL)
		where = *addr;
	stop(dial);
	dial->on_done(dial, ret, fd, addr != NULL ? &where : NULL, dial->arg);
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct dial *dial = arg;

	dial->error = "timed out";
	end(dial, DIAL_TIMEOUT, -1, NULL);
}

/* --- attempts -------------------------------------------------------------- */

static void
next_in(struct dial *dial, unsigned ms)
{
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	must(evtimer_add(dial->next, &tv) == 0);
}

/* What follows when an attempt is out: the next at once, or the end. */
static void
go_on(struct dial *dial)
{
	if (dial->tried < dial->naddrs)
		next_in(dial, 0);
	else if (dial->open == 0)
		end(dial, dial->connecting ? DIAL_CONNECT : DIAL_REFUSED, -1,
		    NULL);
}

static void
on_connected(evutil_socket_t fd, short what, void *arg)
{
	struct attempt *attempt = arg;
	struct dial *dial = attempt->dial;
	socklen_t len = sizeof(int);
	int error = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		error = errno;
	if (error == 0) {
		attempt->fd = -1; /* the owner's */
		end(dial, DIAL_OK, fd, &dial->addrs[attempt - dial->attempts]);
		return;
	}
	dial->error = words_errno(error);
	close_attempt(attempt);
	go_on(dial);
}

static int
open_socket(const struct sockaddr_storage *ss)
{
	int fd = socket(ss->ss_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
	int one = 1;

	if (fd != -1)
		(void)setsockopt(
		    fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

/* Starts connecting; false, with dial->error set, where that fails. */
static bool
connect_to(struct dial *dial, struct attempt *attempt,
    const struct sockaddr_storage *ss, socklen_t len)
{
	int ret;

	dial->connecting = true;
	do
		ret = connect(attempt->fd, (const struct sockaddr *)ss, len);
	while (ret == -1 && errno == EINTR);
	if (ret == -1 && errno != EINPROGRESS) {
		dial->error = words_errno(errno);
		return false;
	}
	attempt->ready = event_new(
	    dial->base, attempt->fd, EV_WRITE, on_connected, attempt);
	must(attempt->ready != NULL);
	dial->open++;
	if (event_add(attempt->ready, NULL) == 0)
		return true;
	dial->error = "out of event memory";
	return false;
}

static bool
connect_or_close(struct dial *dial, struct attempt *attempt)
{
	struct sockaddr_storage ss;
	socklen_t len = addr_to_sockaddr(
	    &dial->addrs[attempt - dial->attempts], &ss);

	if (connect_to(dial, attempt, &ss, len))
		return true;
	if (attempt->ready != NULL)
		close_attempt(attempt);
	else
		close(attempt->fd);
	return false;
}

static bool
try_candidate(struct dial *dial, size_t i)
{
	struct attempt *attempt = &dial->attempts[i];
	struct addr shown = addr_unfold(dial->addrs[i]);
	struct sockaddr_storage ss;

	(void)addr_to_sockaddr(&dial->addrs[i], &ss);
	attempt->dial = dial;
	attempt->fd = open_socket(&ss);
	if (attempt->fd == -1) {
		dial->error = words_errno(errno);
		dial->connecting = true;
		return false;
	}
	switch (dial->on_candidate(&shown, attempt->fd, dial->arg)) {
	case DIAL_GO:
		return connect_or_close(dial, attempt);
	case DIAL_LATER:
		attempt->asked = true;
		dial->open++;
		return true;
	case DIAL_SKIP:
		break;
	}
	close(attempt->fd);
	return false;
}

void
dial_candidate_ready(struct dial *dial, int fd, bool good)
{
	struct attempt *attempt = dial->attempts;

	while (attempt < dial->attempts + dial->tried &&
	    (!attempt->asked || attempt->fd != fd))
		attempt++;
	if (attempt == dial->attempts + dial->tried)
		return;
	if (good) {
		attempt->asked = false;
		dial->open--;
		if (connect_or_close(dial, attempt))
			return;
	} else {
		close_attempt(attempt);
	}
	go_on(dial);
}

static void
on_next(evutil_socket_t fd, short what, void *arg)
{
	struct dial *dial = arg;
	size_t i = dial->tried++;

	if (!try_candidate(dial, i))
		go_on(dial);
	else if (dial->tried < dial->naddrs)
		next_in(dial, STAGGER_MS);
}

/* --- candidates ------------------------------------------------------------ */

/* Appends the next address of a family at or behind *from, if any. */
static void
take_family(struct dial *dial, const struct resolve_answer *answer, bool v4,
    size_t *from)
{
	while (*from < answer->n && addr_is_v4(&answer->addrs[*from]) != v4)
		++*from;
	if (*from == answer->n)
		return;
	dial->addrs[dial->naddrs] = answer->addrs[(*from)++];
	dial->addrs[dial->naddrs++].port = dial->port;
}

static void
on_answer(const struct resolve_answer *answer, void *arg)
{
	struct dial *dial = arg;
	size_t v6 = 0, v4 = 0;

	dial->resolve = NULL;
	dial->resolve_ret = answer->ret;
	dial->resolve_us = clock_us() - dial->started_us;
	if (answer->ret != RESOLVE_OK) {
		end(dial, DIAL_RESOLVE, -1, NULL);
		return;
	}
	while (dial->naddrs < answer->n) {
		take_family(dial, answer, false, &v6);
		take_family(dial, answer, true, &v4);
	}
	on_next(-1, 0, dial);
}

/* --- life ------------------------------------------------------------------ */

struct dial *
dial_start(struct event_base *base, struct resolver *resolver,
    const struct host *host, uint16_t port, uint64_t timeout_ms,
    dial_candidate_fn *on_candidate, dial_done_fn *on_done, void *arg)
{
	struct dial *dial = mem_zalloc(sizeof(*dial));
	struct timeval tv = { (time_t)(timeout_ms / 1000),
		(suseconds_t)(timeout_ms % 1000 * 1000) };

	dial->base = base;
	dial->port = port;
	dial->on_candidate = on_candidate;
	dial->on_done = on_done;
	dial->arg = arg;
	dial->started_us = clock_us();
	dial->next = evtimer_new(base, on_next, dial);
	dial->deadline = evtimer_new(base, on_deadline, dial);
	must(dial->next != NULL && dial->deadline != NULL);
	must(evtimer_add(dial->deadline, &tv) == 0);
	if (!host->is_addr) {
		dial->resolve = resolve_start(
		    resolver, host_slice(host), on_answer, dial);
		return dial;
	}
	dial->addrs[0] = host->addr;
	dial->addrs[0].port = port;
	dial->naddrs = 1;
	next_in(dial, 0);
	return dial;
}

void
dial_free(struct dial *dial)
{
	if (dial == NULL)
		return;
	stop(dial);
	event_free(dial->next);
	event_free(dial->deadline);
	free(dial);
}

enum resolve_ret
dial_resolve_ret(const struct dial *dial)
{
	return dial->resolve_ret;
}

const char *
dial_error(const struct dial *dial)
{
	return dial->error;
}

uint64_t
dial_resolve_us(const struct dial *dial)
{
	return dial->resolve_us;
}
