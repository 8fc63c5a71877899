/*
 * stage: see stage.h.
 */
#include "stage.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#include "base/clock.h"
#include "conf/conf.h"

#define PATIENCE_S 20

void
stage_heard(struct stage *stage)
{
	if (++stage->heard >= stage->awaited)
		event_base_loopbreak(stage->base);
}

static void
on_ready(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct stage *stage = arg;

	snprintf(stage->said, sizeof(stage->said), "ready %u",
	    body->ready.generation);
	stage_heard(stage);
}

static void
on_refused(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct stage *stage = arg;

	snprintf(stage->said, sizeof(stage->said), "refused %u: %.*s",
	    body->refused.generation, SLICE_ARG(body->refused.why));
	stage_heard(stage);
}

static void
on_part(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct stage *stage = arg;

	ck_assert_int_eq(body->status_part.last, 1);
	snprintf(stage->said, sizeof(stage->said), "%.*s",
	    SLICE_ARG(body->status_part.json));
	stage_heard(stage);
}

/* The last words stay. */
static void
on_closed(struct chan *chan, const char *words, void *arg)
{
	stage_heard(arg);
}

static const struct chan_ops supervisor_ops = {
	.on = {
		[MSG_ready] = on_ready,
		[MSG_refused] = on_refused,
		[MSG_status_part] = on_part,
	},
	.on_closed = on_closed,
};

static void
run_child(int fd, int (*run)(unsigned))
{
	if (fd != CHAN_FD)
		dup2(fd, CHAN_FD);
	for (fd = CHAN_FD + 1; fd < 64; fd++)
		close(fd);
	exit(run(0));
}

void
stage_open(struct stage *stage, enum role role, int (*run)(unsigned),
    const struct chan_ops *worker_ops)
{
	struct msg_setup_drop drop = { .change = 0 };
	int fds[2];

	memset(stage, 0, sizeof(*stage));
	stage->role = role;
	strcpy(stage->dir, "/tmp/sallyport-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(stage->dir));
	snprintf(stage->conf, sizeof(stage->conf), "%s/proxy.conf", stage->dir);
	chan_pair(fds);
	fflush(NULL);
	stage->pid = fork();
	ck_assert_int_ge(stage->pid, 0);
	if (stage->pid == 0)
		run_child(fds[1], run);
	close(fds[1]);
	stage->base = event_base_new();
	stage->supervisor = chan_new(
	    stage->base, fds[0], ROLE_SUPERVISOR, role, &supervisor_ops, stage);
	stage_send(stage, MSG_setup_drop, &drop);
	stage_new_worker(stage, worker_ops);
}

static void
remove_files(struct stage *stage)
{
	static const char *const names[] = { "proxy.conf", "ca.crt", "ca.key",
		"accounts" };
	char path[128];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(path, sizeof(path), "%s/%s", stage->dir, names[i]);
		unlink(path);
	}
	rmdir(stage->dir);
}

int
stage_close(struct stage *stage)
{
	struct msg_drain drain = { .deadline_ms = clock_ms() + 5000 };
	int status = 0;

	(void)chan_send(stage->supervisor, MSG_drain, &drain, -1);
	chan_flush(stage->supervisor);
	ck_assert_int_eq(waitpid(stage->pid, &status, 0), stage->pid);
	chan_free(stage->worker);
	chan_free(stage->supervisor);
	event_base_free(stage->base);
	remove_files(stage);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void
stage_wait(struct stage *stage, unsigned messages)
{
	struct timeval patience = { .tv_sec = PATIENCE_S };

	stage->heard = 0;
	stage->awaited = messages;
	event_base_loopexit(stage->base, &patience);
	event_base_dispatch(stage->base);
	ck_assert_msg(stage->heard >= messages, "%u of %u heard; %s",
	    stage->heard, messages, stage->said);
}

const char *
stage_write(struct stage *stage, const char *name, struct slice text)
{
	static char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", stage->dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text.p, text.n), (ssize_t)text.n);
	close(fd);
	return path;
}

void
stage_send(struct stage *stage, enum msg_kind kind, const void *body)
{
	ck_assert_int_eq(chan_send(stage->supervisor, kind, body, -1), 0);
}

void
stage_send_file(
    struct stage *stage, enum msg_kind kind, const void *body, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(chan_send(stage->supervisor, kind, body, fd), 0);
	close(fd);
}

void
stage_send_conf(struct stage *stage, uint32_t generation)
{
	struct msg_setup_conf setup = { .generation = generation,
		.path = slice_of(stage->conf) };
	struct bundle *bundle = bundle_new();
	struct diags diags = { .v = NULL };
	struct conf *conf = conf_load(bundle, stage->conf, &diags);
	int fd;

	if (!conf)
		diags_print(&diags, stderr);
	ck_assert_ptr_nonnull(conf);
	fd = bundle_seal(bundle);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(
	    chan_send(stage->supervisor, MSG_setup_conf, &setup, fd), 0);
	close(fd);
	conf_free(conf);
	bundle_free(bundle);
	diags_clear(&diags);
}

void
stage_new_worker(struct stage *stage, const struct chan_ops *worker_ops)
{
	struct msg_setup_peer setup = { .role = ROLE_PROXY, .index = 3 };
	int fds[2];

	chan_free(stage->worker);
	chan_pair(fds);
	ck_assert_int_eq(
	    chan_send(stage->supervisor, MSG_setup_peer, &setup, fds[1]), 0);
	close(fds[1]);
	stage->worker = chan_new(
	    stage->base, fds[0], ROLE_PROXY, stage->role, worker_ops, stage);
}

void
stage_start(struct stage *stage)
{
	struct msg_setup_start start = { .index = 0, .count = 1 };

	stage_send(stage, MSG_setup_start, &start);
	stage_wait(stage, 1);
}

void
stage_status(struct stage *stage)
{
	struct msg_status_ask ask = { .id = 1, .what = STATUS_SUMMARY };

	stage_send(stage, MSG_status_ask, &ask);
	stage_wait(stage, 1);
}
