/*
 * roleloop: what every role does alike, from exec to exit.
 *
 * The supervisor's channel stands at CHAN_FD.  On it come, in this order:
 * setup_drop (privileges go now; then on_init is called), setup_log, what
 * the role needs (handlers in on[]), setup_conf (on_conf), setup_peer
 * (on_peer), setup_start (on_start, the sandbox closes, `ready` is
 * answered).  Afterwards each of them but setup_drop and setup_start may
 * come again: a role that is reloaded gets its setup messages anew, then
 * setup_conf with the next generation, and roleloop answers `ready` or
 * `refused` with what on_conf returned.
 *
 * The end: `drain` (on_drain finishes, then calls roleloop_stop), or the
 * supervisor is gone, which ends the process at once.
 */
#ifndef IPC_ROLELOOP_H
#define IPC_ROLELOOP_H

#include <event2/event.h>

#include "ipc/chan.h"

struct json;
struct roleloop;

struct roleloop_ops {
	/* Privileges are dropped, nothing has come yet: make what needs the
	 * event base. NULL: nothing to make. */
	void (*on_init)(struct roleloop *loop, void *arg);
	/* A configuration. path borrows from the message; fd (a bundle,
	 * conf/bundle.h) is the callee's. Returns NULL where it is taken, or
	 * why not: words that stay valid until the next call; the old one
	 * stays in force. */
	const char *(*on_conf)(
	    struct roleloop *loop, struct slice path, int fd, void *arg);
	/* A fresh channel to that process; an older one is to be freed and
	 * what was asked over it failed. fd is the callee's. NULL: this role
	 * has no peers. */
	void (*on_peer)(struct roleloop *loop, enum role role, unsigned index,
	    int fd, void *arg);
	/* Everything is there: open what is still closed, since no file can
	 * be opened later. Threads start after this, at first use: those that
	 * run already would stay outside of a part of the sandbox. NULL, or why not: the process then ends and the
	 * supervisor says so. May be NULL. */
	const char *(*on_start)(struct roleloop *loop, void *arg);
	/* Take no more work, finish what there is by deadline_ms
	 * (clock_ms()), then call roleloop_stop. NULL: stops at once. */
	void (*on_drain)(
	    struct roleloop *loop, uint64_t deadline_ms, void *arg);
	/* Add this process's counters to the object that answers
	 * STATUS_SUMMARY, which names role and generation already. May be
	 * NULL. */
	void (*on_counters)(struct json *json, void *arg);
	/* Answer what isn't STATUS_SUMMARY with roleloop_status, the last part
	 * with last set. NULL: there is nothing to say. */
	void (*on_more)(struct roleloop *loop, uint64_t id,
	    enum status_what what, void *arg);
	/* For a role with more to say than counters, instead of on_counters:
	 * answer with roleloop_status, the last part with last set. */
	void (*on_status)(struct roleloop *loop, uint64_t id,
	    enum status_what what, void *arg);
	/* The loop has ended: free what hangs on the event base. */
	void (*on_exit)(struct roleloop *loop, void *arg);
	/* setup_listen, setup_authority, …: the role's own messages from the
	 * supervisor, before the start and, after it, anew. arg is the one
	 * below. */
	chan_fn *on[MSG_COUNT];
};

/* The whole life of the process; returns its exit status. ops is static. */
int roleloop_run(
    enum role role, unsigned index, const struct roleloop_ops *ops, void *arg);
/* Ends the loop after the current event. */
void roleloop_stop(struct roleloop *loop);

struct event_base *roleloop_base(const struct roleloop *loop);
unsigned roleloop_index(const struct roleloop *loop);
unsigned roleloop_count(const struct roleloop *loop); /* processes like us */
/* Of the configuration in force; 0 before the first. */
uint32_t roleloop_generation(const struct roleloop *loop);

/* To the supervisor; as chan_send. */
int roleloop_send(struct roleloop *loop, enum msg_kind kind, const void *body);

/* json: whole objects, one a line, together at most WIRE_STR_MAX. */
void roleloop_status(
    struct roleloop *loop, uint64_t id, bool last, struct slice json);

#endif
