/*
 * children: starting, watching, restarting and ending processes.
 *
 * Runs in the supervisor.  Each child has one timer, whose meaning is the
 * child's state.  Nothing is sent here but the order to drain.
 */
#include "cli/children.h"

#include <sys/wait.h>

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/answers.h"
#include "cli/setup.h"
#include "cli/supervisor.h"
#include "cli/turnover.h"
#include "ipc/proc.h"

#define WAIT_FIRST_MS 100
#define WAIT_MAX_MS 30000
#define LIVED_MS 60000       /* after this long, the wait is short again */
#define START_MS 30000       /* from spawn to `ready` */
#define ENDING_MS 3000       /* from the end of its channel to its own */
#define GRACE_MS 1000        /* beyond the deadline of a drain */
#define WAIT_IS_LONG_MS 1000 /* its sockets go to the other workers */

struct children {
	struct supervisor *supervisor; /* borrowed */
	struct child *v; /* owned: signer, directory, guard, workers */
	size_t n;
	uint64_t deadline_ms; /* of a drain */
	bool others_told;     /* the drain has reached signer and directory */
};

/* --- small things --------------------------------------------------------- */

static void
timer_set(struct child *child, uint64_t ms)
{
	struct timeval after = {
		.tv_sec = (time_t)(ms / 1000),
		.tv_usec = (suseconds_t)(ms % 1000 * 1000),
	};

	event_add(child->timer, &after);
}

size_t
children_count(const struct children *children)
{
	return children->n;
}

struct child *
children_at(struct children *children, size_t i)
{
	return &children->v[i];
}

bool
children_all_ready(const struct children *children)
{
	for (size_t i = 0; i < children->n; i++)
		if (children->v[i].state != CHILD_READY)
			return false;
	return true;
}

bool
children_all_gone(const struct children *children)
{
	for (size_t i = 0; i < children->n; i++)
		if (children->v[i].pid != 0)
			return false;
	return true;
}

static bool
workers_gone(const struct children *children)
{
	for (size_t i = 0; i < children->n; i++)
		if (children->v[i].role == ROLE_PROXY &&
		    children->v[i].pid != 0)
			return false;
	return true;
}

void
child_kill(struct child *child)
{
	if (child->pid != 0)
		(void)kill(child->pid, SIGKILL);
}

void
child_send(struct child *child, enum msg_kind kind, const void *body, int fd)
{
	if (!child->chan || chan_send(child->chan, kind, body, fd) == 0)
		return;
	log_error(
	    "%s does not take %s: it is ended", child->name, msg_name(kind));
	child_kill(child);
}

/* --- starting --------------------------------------------------------------- */

static void
child_spawn(struct child *child)
{
	struct supervisor *supervisor = child->supervisor;
	int fd = -1;

	if (child->role == ROLE_PROXY)
		sockets_reopen_worker(supervisor->sockets, child->index);
	child->pid = proc_spawn(child->role, child->index, &fd);
	if (child->pid < 0) {
		child->pid = 0;
		log_error("cannot start %s: %m", child->name);
		timer_set(child, child->wait_ms);
		return;
	}
	child->state = CHILD_STARTING;
	child->started_ms = clock_ms();
	child->chan = chan_new(supervisor->base, fd, ROLE_SUPERVISOR,
	    child->role, answers_ops(), child);
	timer_set(child, START_MS);
	log_debug("%s is process %d", child->name, (int)child->pid);
	/* before it has heard of anything that it could send */
	if (child->role == ROLE_PROXY &&
	    !enforce_enter(supervisor->enforce, child->pid)) {
		child_kill(child);
		return;
	}
	setup_child(supervisor, child);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct child *child = arg;

	switch (child->state) {
	case CHILD_DOWN:
		child_spawn(child);
		return;
	case CHILD_STARTING:
		log_error("%s did not get ready in %d s: it is ended",
		    child->name, START_MS / 1000);
		child_kill(child);
		return;
	case CHILD_ENDING:
		log_warn(
		    "%s does not end by itself: it is killed", child->name);
		child_kill(child);
		return;
	case CHILD_READY:
		return;
	}
}

static void
child_init(struct child *child, struct supervisor *supervisor, enum role role,
    unsigned index)
{
	*child = (struct child){
		.role = role,
		.index = index,
		.wait_ms = WAIT_FIRST_MS,
		.supervisor = supervisor,
	};
	if (role == ROLE_PROXY)
		snprintf(child->name, sizeof(child->name), "%s[%u]",
		    role_info(role)->name, index);
	else
		snprintf(child->name, sizeof(child->name), "%s",
		    role_info(role)->name);
	child->timer = evtimer_new(supervisor->base, on_timer, child);
	if (!child->timer)
		fatal("cannot make a timer");
}

struct children *
children_new(struct supervisor *supervisor, unsigned workers)
{
	struct children *children = mem_zalloc(sizeof(*children));
	bool alerts = supervisor->config->conf->alert_spool != NULL;
	size_t first = 2;

	children->supervisor = supervisor;
	children->n = workers + 2 + alerts + (supervisor->enforce != NULL);
	children->v = mem_zalloc(children->n * sizeof(*children->v));
	child_init(&children->v[0], supervisor, ROLE_SIGNER, 0);
	child_init(&children->v[1], supervisor, ROLE_DIRECTORY, 0);
	if (supervisor->enforce)
		child_init(&children->v[first++], supervisor, ROLE_GUARD, 0);
	for (unsigned i = 0; i < workers; i++)
		child_init(&children->v[first + i], supervisor, ROLE_PROXY, i);
	if (alerts)
		child_init(
		    &children->v[first + workers], supervisor, ROLE_ALERTER, 0);
	return children;
}

void
children_free(struct children *children)
{
	if (!children)
		return;
	for (size_t i = 0; i < children->n; i++) {
		struct child *child = &children->v[i];

		child_kill(child);
		if (child->pid != 0)
			(void)waitpid(child->pid, NULL, 0);
		chan_free(child->chan);
		event_free(child->timer);
	}
	free(children->v);
	free(children);
}

void
children_start(struct children *children)
{
	for (size_t i = 0; i < children->n; i++)
		child_spawn(&children->v[i]);
}

/* --- ending ------------------------------------------------------------------ */

/* "by signal 11 (Segmentation fault)", "with status 1". */
static void
describe(char *buf, size_t size, int status)
{
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		snprintf(
		    buf, size, "for a system call that is not on its list");
	else if (WIFSIGNALED(status))
		snprintf(buf, size, "by signal %d (%s)", WTERMSIG(status),
		    strsignal(WTERMSIG(status)));
	else
		snprintf(buf, size, "with status %d", WEXITSTATUS(status));
}

static void
restart_later(struct child *child, const char *how)
{
	uint64_t lived = clock_ms() - child->started_ms;

	if (lived >= LIVED_MS)
		child->wait_ms = WAIT_FIRST_MS;
	log_error("%s ended %s; it is started again in %" PRIu64 " ms",
	    child->name, how, child->wait_ms);
	if (child->role == ROLE_PROXY && child->wait_ms >= WAIT_IS_LONG_MS)
		sockets_close_worker(child->supervisor->sockets, child->index);
	timer_set(child, child->wait_ms);
	child->restarts++;
	child->wait_ms *= 2;
	if (child->wait_ms > WAIT_MAX_MS)
		child->wait_ms = WAIT_MAX_MS;
}

static void
tell_others(struct children *children)
{
	struct msg_drain drain = { .deadline_ms = children->deadline_ms };

	children->others_told = true;
	for (size_t i = 0; i < children->n; i++)
		if (children->v[i].role != ROLE_PROXY)
			child_send(&children->v[i], MSG_drain, &drain, -1);
}

static void
drain_goes_on(struct children *children)
{
	if (!children->others_told && workers_gone(children))
		tell_others(children);
	if (children_all_gone(children))
		event_base_loopbreak(children->supervisor->base);
}

static void
child_ended(struct children *children, struct child *child, int status)
{
	struct supervisor *supervisor = children->supervisor;
	char how[96];

	describe(how, sizeof(how), status);
	answers_last_words(child);
	event_del(child->timer);
	child->pid = 0;
	child->state = CHILD_DOWN;
	if (supervisor->draining) {
		log_debug("%s ended %s", child->name, how);
		drain_goes_on(children);
		return;
	}
	if (!supervisor->announced) {
		log_error("%s ended %s while it started", child->name, how);
		supervisor_fail(supervisor, NULL);
		return;
	}
	restart_later(child, how);
	turnover_check(supervisor->turnover);
}

void
children_reap(struct children *children)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < children->n; i++)
			if (children->v[i].pid == pid)
				child_ended(children, &children->v[i], status);
}

void
child_lost(struct child *child)
{
	child->chan = NULL;
	if (child->pid == 0)
		return;
	child->state = CHILD_ENDING;
	timer_set(child, ENDING_MS);
}

void
children_drain(struct children *children, uint64_t deadline_ms)
{
	struct msg_drain drain = { .deadline_ms = deadline_ms };
	uint64_t now = clock_ms();

	children->deadline_ms = deadline_ms;
	for (size_t i = 0; i < children->n; i++) {
		struct child *child = &children->v[i];

		event_del(child->timer);
		if (child->pid == 0)
			continue;
		child->state = CHILD_ENDING;
		timer_set(child, deadline_ms - now + GRACE_MS);
		if (child->role == ROLE_PROXY)
			child_send(child, MSG_drain, &drain, -1);
	}
	drain_goes_on(children);
}

void
children_kill(struct children *children)
{
	for (size_t i = 0; i < children->n; i++)
		child_kill(&children->v[i]);
}
