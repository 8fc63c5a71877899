/*
 * closer: asks the kernel what is forbidden, and has it closed.
 */
#include "cli/closer.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/caps.h"
#include "guard/forbidden.h"

#define EVERY_S 60     /* for rules with times */
#define START_MS 20000 /* until it has given up what it may not have */

struct closer {
	pid_t pid;
	int fd; /* owned, as the next */
	struct event *event, *timer;
	unsigned asked; /* not answered yet */
};

/* What came of one request. */
struct outcome {
	unsigned closed, failed;
	int error; /* of the last that failed, or of all */
};

/* --- in the process itself -------------------------------------------------- */

enum {
	FD_CHANNEL = 3,
	FD_LINK,
	FD_DIAG,
	FD_END
};

static void
on_open(const struct guard_open *open, void *arg)
{
	struct outcome *outcome = arg;

	if (forbidden_close(FD_DIAG, open) == 0) {
		outcome->closed++;
	} else if (errno != ENOENT) {
		outcome->error = errno;
		outcome->failed++;
	}
}

static _Noreturn void
serve(void)
{
	struct outcome outcome;
	char byte;

	while (recv(FD_CHANNEL, &byte, 1, 0) == 1) {
		outcome = (struct outcome){ .closed = 0 };
		if (forbidden_each(FD_LINK, on_open, &outcome) < 0)
			outcome.error = errno;
		if (send(FD_CHANNEL, &outcome, sizeof(outcome), MSG_NOSIGNAL) <
		    0)
			break;
	}
	_exit(0);
}

/* Three descriptors and one capability; signals are the parent's. */
static _Noreturn void
become(int channel, int link, int diag)
{
	static const int ignored[] = { SIGHUP, SIGINT, SIGUSR1, SIGUSR2,
		SIGPIPE };
	int fds[] = { channel, link, diag }, copies[3];

	for (size_t i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
		(void)signal(ignored[i], SIG_IGN);
	/* the parent's handlers would write to what isn't theirs here */
	(void)signal(SIGTERM, SIG_DFL);
	(void)signal(SIGCHLD, SIG_DFL);
	(void)prctl(PR_SET_NAME, "sallyport-close");
	/* out of the way first: they may stand where others go */
	for (int i = 0; i < 3; i++)
		copies[i] = fcntl(fds[i], F_DUPFD, 64);
	for (int i = 0; i < 3; i++)
		if (copies[i] < 0 || dup2(copies[i], FD_CHANNEL + i) < 0)
			_exit(1);
	if (syscall(SYS_close_range, FD_END, ~0u, 0u) < 0)
		_exit(1);
	caps_keep(CAP_NET_ADMIN);
	/* the parent waits for this: from here on we are what we should be */
	if (send(FD_CHANNEL, "", 1, MSG_NOSIGNAL) != 1)
		_exit(1);
	serve();
}

/* --- the parent's side ---------------------------------------------------------- */

static void
on_outcome(evutil_socket_t fd, short what, void *arg)
{
	struct closer *closer = arg;
	struct outcome outcome;
	ssize_t n = recv(closer->fd, &outcome, sizeof(outcome), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n != (ssize_t)sizeof(outcome)) {
		log_error("nothing closes what new rules forbid any more: its"
			  " process has ended");
		(void)event_del(closer->event);
		(void)event_del(closer->timer);
		return;
	}
	closer->asked--;
	if (outcome.closed > 0)
		log_info("closed %u connections that the rules forbid",
		    outcome.closed);
	if (outcome.error != 0)
		log_error("%u connections that the rules forbid can't be"
			  " closed: %s",
		    outcome.failed, strerror(outcome.error));
}

static void
on_time(evutil_socket_t fd, short what, void *arg)
{
	closer_ask(arg);
}

static const char *
because(int fds[4])
{
	int saved = errno;

	for (int i = 0; i < 4; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	return strerror(saved);
}

/* The child's first byte says that it has dropped the rest. NULL, or why there
 * is nobody to talk to; then the child has ended. */
static const char *
wait_for(pid_t pid, int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	uint64_t now = clock_ms(), end = now + START_MS;
	char byte;
	int n = 0;

	for (; n <= 0 && now < end; now = clock_ms()) {
		n = poll(&pfd, 1, (int)(end - now));
		if (n < 0 && errno != EINTR)
			break;
	}
	if (n > 0 && recv(fd, &byte, 1, MSG_DONTWAIT) == 1)
		return NULL;
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	return n > 0 ? "its process has ended"
		     : "its process does not get ready";
}

struct closer *
closer_start(struct event_base *base, struct guard *guard, const char **why)
{
	int fds[4] = { -1, -1, guard_open_forbidden(guard),
		forbidden_open_diag() };
	struct timeval each = { .tv_sec = EVERY_S };
	struct closer *closer;
	int channel;
	pid_t pid;

	if (fds[2] < 0 || fds[3] < 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0) {
		*why = because(fds);
		return NULL;
	}
	pid = fork();
	if (pid < 0) {
		*why = because(fds);
		return NULL;
	}
	if (pid == 0)
		become(fds[1], fds[2], fds[3]);
	channel = fds[0];
	fds[0] = -1;
	(void)because(fds);
	*why = wait_for(pid, channel);
	if (*why) {
		close(channel);
		return NULL;
	}
	closer = mem_zalloc(sizeof(*closer));
	closer->pid = pid;
	closer->fd = channel;
	closer->event = event_new(
	    base, closer->fd, EV_READ | EV_PERSIST, on_outcome, closer);
	closer->timer = event_new(base, -1, EV_PERSIST, on_time, closer);
	if (!closer->event || !closer->timer ||
	    event_add(closer->event, NULL) < 0 ||
	    event_add(closer->timer, &each) < 0)
		fatal("cannot watch for events");
	return closer;
}

void
closer_stop(struct closer *closer)
{
	if (!closer)
		return;
	event_free(closer->event);
	event_free(closer->timer);
	close(closer->fd);
	(void)waitpid(closer->pid, NULL, 0);
	free(closer);
}

void
closer_ask(struct closer *closer)
{
	/* one that wasn't answered sees the newest rules, too */
	if (!closer || closer->asked > 1)
		return;
	if (send(closer->fd, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL) == 1)
		closer->asked++;
}
