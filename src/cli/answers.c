/*
 * answers: ready, refused, a part of a status, and silence.
 *
 * Runs in the supervisor.  A child may have been taken over: what it says is
 * bounded by the catalogue, printed through log_quote, and believed only
 * about itself.
 */
#include "cli/answers.h"

#include "base/log.h"
#include "cli/children.h"
#include "cli/control.h"
#include "cli/supervisor.h"
#include "cli/turnover.h"

/* The first time that all are ready is when the proxy is. */
static void
announce(struct supervisor *supervisor)
{
	char where[1024];

	if (supervisor->announced || supervisor->draining ||
	    !children_all_ready(supervisor->children))
		return;
	supervisor->announced = true;
	supervisor_where(supervisor, where, sizeof(where));
	notify_ready(&supervisor->notify, where);
}

static void
on_ready(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct child *child = arg;
	struct supervisor *supervisor = child->supervisor;

	child->generation = body->ready.generation;
	if (child->state == CHILD_STARTING) {
		child->state = CHILD_READY;
		event_del(child->timer);
		if (supervisor->announced)
			log_info("%s is ready", child->name);
		announce(supervisor);
	}
	turnover_check(supervisor->turnover);
}

static void
on_refused(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct child *child = arg;
	char why[LOG_QUOTE_SIZE];

	log_quote(why, body->refused.why);
	if (child->state == CHILD_STARTING) {
		log_error("%s can't start: %s", child->name, why);
		return;
	}
	turnover_refused(child->supervisor->turnover, child->name,
	    body->refused.generation, why);
}

static void
on_status_part(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct child *child = arg;

	if (child->supervisor->control)
		control_part(
		    child->supervisor->control, child, &body->status_part);
}

/* A client on this machine: only the directory is told, since its word counts
 * as a login. */
static void
on_who_ask(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct child *child = arg;
	const struct msg_who_ask *ask = &body->who_ask;
	struct msg_who_done done = {
		.id = ask->id,
		.account = whois_name(
		    child->supervisor->whois, &ask->client, &ask->local),
	};

	child_send(child, MSG_who_done, &done, -1);
}

static void
on_closed(struct chan *chan, const char *words, void *arg)
{
	struct child *child = arg;

	chan_free(chan);
	if (words) {
		log_error("%s sent %s: it is ended", child->name, words);
		child_kill(child);
	}
	child_lost(child);
}

static const struct chan_ops ops = {
	.on = {
		[MSG_ready] = on_ready,
		[MSG_refused] = on_refused,
		[MSG_status_part] = on_status_part,
		[MSG_who_ask] = on_who_ask,
	},
	.on_closed = on_closed,
};

const struct chan_ops *
answers_ops(void)
{
	return &ops;
}

void
answers_last_words(struct child *child)
{
	if (child->chan)
		chan_read_now(child->chan);
	chan_free(child->chan); /* NULL where it ended meanwhile */
	child->chan = NULL;
}
