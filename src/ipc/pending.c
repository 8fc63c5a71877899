/*
 * pending: the questions that this process has put to others.
 *
 * Runs in every process.  Each entry has a timer of its own in libevent's
 * heap; the entry is gone before its callback is called, so a callback may
 * ask again.  It never sends anything and knows nothing of channels.
 */
#include "ipc/pending.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"

struct question {
	struct pending *pending; /* borrowed: the owner */
	struct event *deadline;  /* owned */
	enum role peer;
	uint64_t id;
	pending_fn *on_answer;
	void *arg; /* borrowed */
};

struct pending {
	struct event_base *base; /* borrowed */
	struct map *questions;   /* owned: by id */
	size_t max;
	uint64_t last_id;
};

static struct slice
key_of(const uint64_t *id)
{
	return slice_from(id, sizeof(*id));
}

static void
question_free(void *value)
{
	struct question *question = value;

	event_free(question->deadline);
	free(question);
}

struct pending *
pending_new(struct event_base *base, size_t max)
{
	struct pending *pending = mem_zalloc(sizeof(*pending));

	pending->base = base;
	pending->max = max;
	pending->questions = map_new(0, question_free);
	return pending;
}

void
pending_free(struct pending *pending)
{
	if (!pending)
		return;
	map_free(pending->questions);
	free(pending);
}

/* Last in its callers: the callback may free the pending. */
static void
settle(struct question *question, const union msg_body *body)
{
	pending_fn *on_answer = question->on_answer;
	void *arg = question->arg;

	question_free(question);
	on_answer(body, arg);
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct question *question = arg;

	(void)map_take(question->pending->questions, key_of(&question->id));
	settle(question, NULL);
}

uint64_t
pending_add(struct pending *pending, enum role peer, uint64_t timeout_ms,
    pending_fn *on_answer, void *arg)
{
	struct timeval after = {
		.tv_sec = (time_t)(timeout_ms / 1000),
		.tv_usec = (suseconds_t)(timeout_ms % 1000 * 1000),
	};
	struct question *question;

	if (map_count(pending->questions) >= pending->max)
		return 0;
	question = mem_zalloc(sizeof(*question));
	question->pending = pending;
	question->peer = peer;
	question->id = ++pending->last_id;
	question->on_answer = on_answer;
	question->arg = arg;
	question->deadline = evtimer_new(pending->base, on_deadline, question);
	if (!question->deadline || evtimer_add(question->deadline, &after) < 0)
		fatal("out of memory (a timer)");
	map_set(pending->questions, key_of(&question->id), question);
	return question->id;
}

void
pending_answer(struct pending *pending, uint64_t id, const union msg_body *body)
{
	struct question *question = map_take(pending->questions, key_of(&id));

	if (question)
		settle(question, body);
}

void
pending_cancel(struct pending *pending, uint64_t id)
{
	map_del(pending->questions, key_of(&id));
}

struct id_list {
	enum role peer;
	uint64_t *v; /* owned */
	size_t n;
};

static int
collect_id(struct slice key, void *value, void *arg)
{
	const struct question *question = value;
	struct id_list *ids = arg;

	if (question->peer == ids->peer)
		ids->v[ids->n++] = question->id;
	return 0;
}

void
pending_fail(struct pending *pending, enum role peer)
{
	size_t n = map_count(pending->questions);
	struct id_list ids = { .peer = peer };

	/* what the callbacks ask anew is not failed: it goes to a new peer */
	ids.v = mem_alloc(n * sizeof(*ids.v));
	(void)map_each(pending->questions, collect_id, &ids);
	for (size_t i = 0; i < ids.n; i++)
		pending_answer(pending, ids.v[i], NULL);
	free(ids.v);
}

size_t
pending_count(const struct pending *pending)
{
	return map_count(pending->questions);
}
