/*
 * runner: fork early, execute later.
 *
 * The first part runs in the alerter, the second in the process it makes.
 */
#include "alerter/runner.h"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mapping.h"
#include "base/mem.h"

#define JSON_MAX 65536
#define LOOK_MS 20 /* between two looks at a command that runs */
#define RUNNER_FD 3

struct runner {
	int fd;              /* owned */
	struct event *event; /* owned */
	runner_fn *on_done;
	void *arg; /* borrowed */
};

/* --- in the process of its own --------------------------------------------------- */

_Noreturn static void
execute(const char *command, int input)
{
	char *argv[] = { (char *)(uintptr_t)command, NULL };
	char *envp[] = { (char *)(uintptr_t) "PATH=/usr/sbin:/usr/bin:/sbin:"
					     "/bin",
		NULL };

	(void)setpgid(0, 0);
	if (dup2(input, STDIN_FILENO) < 0)
		_exit(127);
	close(RUNNER_FD);
	execve(command, argv, envp);
	log_error("alert command %s: %m", command);
	_exit(127);
}

/* Its status, after at most RUNNER_SECONDS. */
static int
wait_for(pid_t pid)
{
	const struct timespec look = { .tv_nsec = LOOK_MS * 1000000L };
	int status = -1;

	for (int i = 0; i < RUNNER_SECONDS * 1000 / LOOK_MS; i++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return status;
		nanosleep(&look, NULL);
	}
	log_error("the alert command took longer than %d s", RUNNER_SECONDS);
	(void)kill(-pid, SIGKILL);
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, &status, 0);
	return -1;
}

static bool
run(const char *command, struct slice json)
{
	int input = mapping_seal("sallyport-alert", json), status = -1;
	pid_t pid;

	if (input < 0 || lseek(input, 0, SEEK_SET) < 0)
		return false;
	pid = fork();
	if (pid == 0)
		execute(command, input);
	close(input);
	if (pid > 0)
		status = wait_for(pid);
	return status >= 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

_Noreturn static void
serve(const char *command, int fd)
{
	char *json = mem_alloc(JSON_MAX);

	(void)signal(SIGPIPE, SIG_DFL);
	(void)signal(SIGHUP, SIG_DFL);
	(void)signal(SIGINT, SIG_DFL);
	if (fd != RUNNER_FD && dup2(fd, RUNNER_FD) < 0)
		_exit(1);
	(void)fcntl(RUNNER_FD, F_SETFD, FD_CLOEXEC);
	(void)syscall(SYS_close_range, RUNNER_FD + 1, ~0U, 0);
	for (;;) {
		ssize_t n = recv(RUNNER_FD, json, JSON_MAX, 0);
		char ok;

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			_exit(0);
		ok = run(command, slice_from(json, (size_t)n)) ? '1' : '0';
		if (send(RUNNER_FD, &ok, 1, MSG_NOSIGNAL) != 1)
			_exit(0);
	}
}

/* --- in the alerter ------------------------------------------------------------------ */

static void
on_answer(evutil_socket_t fd, short what, void *arg)
{
	struct runner *runner = arg;
	char ok = 0;
	ssize_t n = recv(fd, &ok, 1, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n == 1) {
		runner->on_done(
		    ok == '1', ok == '1' ? NULL : "it failed", runner->arg);
		return;
	}
	event_del(runner->event);
	runner->on_done(false, "its process is gone", runner->arg);
}

struct runner *
runner_start(
    struct event_base *base, const char *command, runner_fn *on_done, void *arg)
{
	struct runner *runner;
	int fds[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
		return NULL;
	pid = fork();
	if (pid == 0)
		serve(command, fds[1]);
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		return NULL;
	}
	runner = mem_zalloc(sizeof(*runner));
	runner->fd = fds[0];
	runner->on_done = on_done;
	runner->arg = arg;
	runner->event = event_new(
	    base, fds[0], EV_READ | EV_PERSIST, on_answer, runner);
	if (!runner->event || event_add(runner->event, NULL) < 0)
		fatal("cannot watch the alert command");
	return runner;
}

void
runner_free(struct runner *runner)
{
	if (!runner)
		return;
	event_free(runner->event);
	close(runner->fd);
	free(runner);
}

int
runner_run(struct runner *runner, struct slice json)
{
	ssize_t n = send(runner->fd, json.p, json.n, MSG_NOSIGNAL);

	return n == (ssize_t)json.n ? 0 : -1;
}
