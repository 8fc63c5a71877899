/*
 * roleloop: the frame around a role.
 *
 * Runs in every process but the supervisor, as its main loop.  It knows the
 * order of the setup messages and holds the supervisor to it; what a
 * configuration means, or a peer is good for, only the role knows.
 */
#include "ipc/roleloop.h"

#include <sys/prctl.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/must.h"
#include "ipc/proc.h"
#include "ipc/sandbox.h"

struct roleloop {
	enum role role;
	unsigned index, count;
	const struct roleloop_ops *ops; /* static */
	void *arg;                      /* borrowed */
	struct chan_ops chan_ops;       /* ops->on and the frame's own */
	struct event_base *base;        /* owned */
	struct chan *supervisor;        /* owned */
	uint32_t generation;
	bool dropped, has_conf, started, draining;
	int status; /* what the process exits with */
};

/* --- answers ---------------------------------------------------------- */

static void
say_ready(struct roleloop *loop)
{
	struct msg_ready ready = { .generation = loop->generation };

	(void)chan_send(loop->supervisor, MSG_ready, &ready, -1);
}

static void
say_refused(struct roleloop *loop, uint32_t generation, const char *why)
{
	struct msg_refused refused = {
		.generation = generation,
		.why = slice_of(why),
	};

	(void)chan_send(loop->supervisor, MSG_refused, &refused, -1);
}

void
roleloop_status(
    struct roleloop *loop, uint64_t id, bool last, struct slice json)
{
	struct msg_status_part part = {
		.id = id,
		.last = last,
		.json = json,
	};

	if (chan_send(loop->supervisor, MSG_status_part, &part, -1) < 0)
		log_warn("a status answer of %zu bytes was not sent", json.n);
}

int
roleloop_send(struct roleloop *loop, enum msg_kind kind, const void *body)
{
	return chan_send(loop->supervisor, kind, body, -1);
}

/* A role that can't start says why and ends; it isn't fatal(), because the
 * words have to reach the supervisor first. */
static void
give_up(struct roleloop *loop, const char *why)
{
	say_refused(loop, loop->generation, why);
	chan_flush(loop->supervisor);
	loop->status = 1;
	roleloop_stop(loop);
}

/* --- what the supervisor says ----------------------------------------- */

static void
on_setup_drop(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct roleloop *loop = arg;
	const struct msg_setup_drop *m = &body->setup_drop;
	struct proc_user user = {
		.uid = m->uid,
		.gid = m->gid,
		.keep_mark = m->mark,
	};

	if (loop->dropped)
		fatal("corrupt channel: setup_drop came twice");
	loop->dropped = true;
	proc_drop(loop->role, m->change ? &user : NULL);
	if (loop->ops->on_init)
		loop->ops->on_init(loop, loop->arg);
}

static void
on_setup_log(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	if (body->setup_log.level <= LOG_LEVEL_DEBUG)
		log_set_level((enum log_level)body->setup_log.level);
}

static void
on_setup_conf(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct roleloop *loop = arg;
	const struct msg_setup_conf *m = &body->setup_conf;
	const char *why;

	if (!loop->dropped || fd < 0)
		fatal("corrupt channel: setup_conf out of order");
	why = loop->ops->on_conf(loop, m->path, fd, loop->arg);
	if (!why) {
		loop->generation = m->generation;
		loop->has_conf = true;
		if (loop->started)
			say_ready(loop);
	} else if (loop->started) {
		say_refused(loop, m->generation, why);
	} else {
		loop->generation = m->generation;
		give_up(loop, why);
	}
}

static void
on_setup_peer(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct roleloop *loop = arg;
	const struct msg_setup_peer *m = &body->setup_peer;

	if (!loop->dropped || !loop->ops->on_peer || fd < 0 ||
	    m->role >= ROLE_COUNT)
		fatal("corrupt channel: setup_peer out of order");
	loop->ops->on_peer(loop, (enum role)m->role, m->index, fd, loop->arg);
}

static void
on_setup_start(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct roleloop *loop = arg;
	const char *why = NULL;

	if (!loop->has_conf || loop->started)
		fatal("corrupt channel: setup_start out of order");
	loop->count = body->setup_start.count;
	if (loop->ops->on_start)
		why = loop->ops->on_start(loop, loop->arg);
	if (why) {
		give_up(loop, why);
		return;
	}
	tzset(); /* reads its file while files can be read */
	sandbox_enter(loop->role);
	loop->started = true;
	say_ready(loop);
}

static void
on_drain(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct roleloop *loop = arg;

	if (loop->draining)
		return;
	loop->draining = true;
	if (loop->ops->on_drain)
		loop->ops->on_drain(loop, body->drain.deadline_ms, loop->arg);
	else
		roleloop_stop(loop);
}

static void
answer_counters(struct roleloop *loop, uint64_t id)
{
	struct json json;

	json_init(&json);
	json_open(&json, NULL);
	json_str(&json, "role", slice_of(role_info(loop->role)->name));
	json_u64(&json, "generation", roleloop_generation(loop));
	if (loop->ops->on_counters)
		loop->ops->on_counters(&json, loop->arg);
	json_close(&json);
	json_line_end(&json);
	roleloop_status(loop, id, true, slice_from(json.p, json.n));
	json_clear(&json);
}

static void
on_status_ask(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct roleloop *loop = arg;
	const struct msg_status_ask *m = &body->status_ask;

	if (loop->ops->on_status && m->what <= STATUS_PINNED)
		loop->ops->on_status(
		    loop, m->id, (enum status_what)m->what, loop->arg);
	else if (m->what == STATUS_SUMMARY)
		answer_counters(loop, m->id);
	else if (loop->ops->on_more && m->what <= STATUS_PINNED)
		loop->ops->on_more(
		    loop, m->id, (enum status_what)m->what, loop->arg);
	else
		roleloop_status(loop, m->id, true, SLICE_EMPTY);
}

static void
on_closed(struct chan *chan, const char *words, void *arg)
{
	struct roleloop *loop = arg;

	if (words)
		fatal("corrupt channel to the supervisor: %s", words);
	if (loop->status == 0)
		log_warn("the supervisor is gone");
	loop->status = 1;
	roleloop_stop(loop);
}

/* --- the role's own messages ------------------------------------------ */

/* One relay a message: the role's handlers get the role's arg. */
#define MSG(name, from, to, fields)                                            \
	static void relay_##name(                                              \
	    struct chan *chan, const union msg_body *body, int fd, void *arg)  \
	{                                                                      \
		struct roleloop *loop = arg;                                   \
                                                                               \
		if (!loop->dropped)                                            \
			fatal("corrupt channel: " #name " out of order");      \
		loop->ops->on[MSG_##name](chan, body, fd, loop->arg);          \
	}
#include "ipc/msg.def"
#undef MSG

#define MSG(name, from, to, fields) [MSG_##name] = relay_##name,
static chan_fn *const relays[MSG_COUNT] = {
#include "ipc/msg.def"
};
#undef MSG

static void
fill_ops(struct roleloop *loop)
{
	struct chan_ops *ops = &loop->chan_ops;

	for (int kind = 0; kind < MSG_COUNT; kind++)
		if (loop->ops->on[kind])
			ops->on[kind] = relays[kind];
	ops->on[MSG_setup_drop] = on_setup_drop;
	ops->on[MSG_setup_log] = on_setup_log;
	ops->on[MSG_setup_conf] = on_setup_conf;
	ops->on[MSG_setup_peer] = on_setup_peer;
	ops->on[MSG_setup_start] = on_setup_start;
	ops->on[MSG_drain] = on_drain;
	ops->on[MSG_status_ask] = on_status_ask;
	ops->on_closed = on_closed;
}

/* --- life ------------------------------------------------------------- */

/* Signals are the supervisor's: what reaches us by a careless kill of the
 * whole group is ignored, but for SIGTERM, which means us. */
static void
ignore_signals(void)
{
	static const int ignored[] = { SIGPIPE, SIGHUP, SIGINT, SIGUSR1,
		SIGUSR2 };

	for (size_t i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
		(void)signal(ignored[i], SIG_IGN);
}

static void
name_the_log(enum role role, unsigned index)
{
	char name[32];

	if (role == ROLE_PROXY)
		snprintf(
		    name, sizeof(name), "%s[%u]", role_info(role)->name, index);
	else
		snprintf(name, sizeof(name), "%s", role_info(role)->name);
	log_init(name, LOG_LEVEL_INFO);
}

int
roleloop_run(
    enum role role, unsigned index, const struct roleloop_ops *ops, void *arg)
{
	struct roleloop loop = {
		.role = role,
		.index = index,
		.ops = ops,
		.arg = arg,
	};

	must(role != ROLE_SUPERVISOR && ops->on_conf);
	/* executed through /proc, it would be called "exe" */
	(void)prctl(PR_SET_NAME, "sallyport");
	ignore_signals();
	name_the_log(role, index);
	fill_ops(&loop);
	loop.base = event_base_new();
	if (!loop.base)
		fatal("cannot make an event loop");
	loop.supervisor = chan_new(
	    loop.base, CHAN_FD, role, ROLE_SUPERVISOR, &loop.chan_ops, &loop);
	event_base_dispatch(loop.base);
	if (ops->on_exit)
		ops->on_exit(&loop, arg);
	chan_flush(loop.supervisor);
	chan_free(loop.supervisor);
	event_base_free(loop.base);
	return loop.status;
}

void
roleloop_stop(struct roleloop *loop)
{
	event_base_loopbreak(loop->base);
}

struct event_base *
roleloop_base(const struct roleloop *loop)
{
	return loop->base;
}

unsigned
roleloop_index(const struct roleloop *loop)
{
	return loop->index;
}

unsigned
roleloop_count(const struct roleloop *loop)
{
	return loop->count;
}

uint32_t
roleloop_generation(const struct roleloop *loop)
{
	return loop->generation;
}
