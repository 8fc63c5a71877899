/*
 * tags: questions to the guard, one a socket, with the directory's word for
 * who is asking.
 */
#include "proxy/tags.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "proxy/account.h"
#include "proxy/pool.h"
#include "proxy/upstream.h"

#define TAG_ANSWER_MS 5000

struct tags_ask {
	LIST_ENTRY(tags_ask) entry;
	tags_fn *fn;
	void *arg; /* borrowed */
	uint64_t id;
	int fd; /* borrowed: the dial's */
};

static const char *
words_of(enum tag_verdict verdict)
{
	switch (verdict) {
	case TAG_DONE:
		return NULL;
	case TAG_DENIED:
		return "the kernel's rules deny it";
	case TAG_UNKNOWN:
		return "the guard does not know this login";
	case TAG_FAILED:
		break;
	}
	return "the kernel did not take the account";
}

static void
on_answer(const union msg_body *body, void *arg)
{
	struct tags_ask ask = *(struct tags_ask *)arg;
	const char *wrong = "the guard did not answer";
	bool denied = false;

	LIST_REMOVE((struct tags_ask *)arg, entry);
	free(arg);
	if (body != NULL) {
		wrong = words_of((enum tag_verdict)body->tag_done.verdict);
		denied = body->tag_done.verdict == TAG_DENIED;
	}
	ask.fn(ask.fd, wrong, denied, ask.arg);
}

static struct msg_tag_ask
question(const struct account *account, const struct addr *addr)
{
	return (struct msg_tag_ask){
		.to = *addr,
		.number = account->number,
		.session = account->session,
		.account = slice_of(account->name),
		.groups = slice_of(account->group_text),
		.proof = slice_from(account->proof, account->nproof),
	};
}

bool
tags_ask(struct worker *worker, struct tags_asks *asks,
    const struct account *account, const struct addr *addr, int fd, tags_fn *fn,
    void *arg)
{
	struct msg_tag_ask m;
	struct tags_ask *ask;

	if (worker->guard == NULL || account == NULL)
		return false;
	m = question(account, addr);
	ask = mem_zalloc(sizeof(*ask));
	ask->fn = fn;
	ask->arg = arg;
	ask->fd = fd;
	m.id = pending_add(
	    worker->pending, ROLE_GUARD, TAG_ANSWER_MS, on_answer, ask);
	if (m.id != 0 && chan_send(worker->guard, MSG_tag_ask, &m, fd) == 0) {
		ask->id = m.id;
		LIST_INSERT_HEAD(asks, ask, entry);
		return true;
	}
	pending_cancel(worker->pending, m.id);
	free(ask);
	return false;
}

void
tags_cancel(struct worker *worker, struct tags_asks *asks)
{
	struct tags_ask *ask;

	while ((ask = LIST_FIRST(asks)) != NULL) {
		pending_cancel(worker->pending, ask->id);
		LIST_REMOVE(ask, entry);
		free(ask);
	}
}

/* --- the channel -------------------------------------------------------------- */

static void
on_tag_done(struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct worker *worker = arg;

	pending_answer(worker->pending, body->tag_done.id, body);
}

static void
on_closed(struct chan *chan, const char *words, void *arg)
{
	struct worker *worker = arg;

	log_warn("the channel to the guard is closed%s%s",
	    words != NULL ? ": " : "", words != NULL ? words : "");
	worker->guard = NULL;
	chan_free(chan);
}

static const struct chan_ops ops = {
	.on = { [MSG_tag_done] = on_tag_done },
	.on_closed = on_closed,
};

/* A guard that was started anew knows nobody: what is open would be cut. */
static void
note_logins(struct worker *worker)
{
	const struct account *last = NULL;

	for (struct upstream *up = pool_first(worker->pool); up != NULL;
	     up = pool_next(up)) {
		const struct account *account = up->account;
		struct msg_login_note note;

		if (account == NULL || account == last)
			continue;
		last = account;
		note = (struct msg_login_note){ .number = account->number,
			.session = account->session,
			.account = slice_of(account->name),
			.groups = slice_of(account->group_text),
			.proof = slice_from(account->proof, account->nproof) };
		(void)chan_send(worker->guard, MSG_login_note, &note, -1);
	}
}

void
tags_peer(struct worker *worker, int fd)
{
	chan_free(worker->guard);
	worker->guard = chan_new(
	    worker->base, fd, ROLE_PROXY, ROLE_GUARD, &ops, worker);
	note_logins(worker);
}

void
tags_on_tagging(
    struct chan *chan, const union msg_body *body, int fd, void *arg)
{
	struct worker *worker = arg;

	worker->tagging = body->setup_tagging.on;
}
