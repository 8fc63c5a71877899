/*
 * several: asking all, and what their answers come to.
 *
 * Runs in the directory process.
 */
#include "directory/several.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/must.h"

struct part {
	struct several *several; /* borrowed: it owns us */
	unsigned at;
	struct provider provider;
};

struct several {
	struct part parts[SEVERAL_MAX];
	struct map *questions; /* owned; of struct question */
	provider_fn *on_answer;
	void *arg; /* borrowed */
};

struct question {
	uint32_t open; /* bit i: part i is still to answer */
	enum provider_verdict verdict;
	uint32_t retry_s;
	bool silent; /* a part was; then: */
	enum outage_credentials outage;
};

struct several *
several_new(provider_fn *on_answer, void *arg)
{
	struct several *several = mem_zalloc(sizeof(*several));

	for (unsigned i = 0; i < SEVERAL_MAX; i++) {
		several->parts[i].several = several;
		several->parts[i].at = i;
	}
	several->questions = map_new(0, free);
	several->on_answer = on_answer;
	several->arg = arg;
	return several;
}

void
several_free(struct several *several)
{
	if (!several)
		return;
	map_free(several->questions);
	free(several);
}

void
several_set(struct several *several, unsigned at, struct provider provider)
{
	must(at < SEVERAL_MAX);
	several->parts[at].provider = provider;
}

void *
several_part(struct several *several, unsigned at)
{
	must(at < SEVERAL_MAX);
	return &several->parts[at];
}

static struct slice
key_of(const uint64_t *id)
{
	return slice_from(id, sizeof(*id));
}

/* What says more about the account counts: a directory that knows it beats
 * one that has no such account, and "can't tell" beats "wrong". */
static int
weight(enum provider_verdict verdict)
{
	switch (verdict) {
	case PROVIDER_WRONG:
		return 0;
	case PROVIDER_NOT_NOW:
		return 1;
	case PROVIDER_SPENT:
		return 2;
	case PROVIDER_EXPIRED:
	case PROVIDER_MUST_CHANGE:
	case PROVIDER_LOCKED:
	case PROVIDER_DISABLED:
	case PROVIDER_HOURS:
		return 3;
	case PROVIDER_OK:
		break;
	}
	return 4;
}

/* Where several are silent, the strictest word counts. */
static void
note_silence(struct question *question, enum outage_credentials said)
{
	bool first = !question->silent;

	question->silent = true;
	if (first || said == OUTAGE_BLOCK ||
	    (said == OUTAGE_UNSAID && question->outage == OUTAGE_PASS))
		question->outage = said;
}

static void
cancel_open(struct several *several, uint64_t id, uint32_t open)
{
	for (unsigned i = 0; i < SEVERAL_MAX; i++) {
		const struct provider *one = &several->parts[i].provider;

		if ((open & 1u << i) && one->ops)
			one->ops->cancel(one->self, id);
	}
}

void
several_on_answer(uint64_t id, const struct provider_answer *answer, void *arg)
{
	struct part *part = arg;
	struct several *several = part->several;
	struct question *question = map_peek(several->questions, key_of(&id));
	struct provider_answer out;

	if (!question)
		return;
	question->open &= ~(1u << part->at);
	if (weight(answer->verdict) >= weight(question->verdict)) {
		question->verdict = answer->verdict;
		question->retry_s = answer->retry_s;
	}
	if (answer->verdict == PROVIDER_NOT_NOW)
		note_silence(question, answer->outage);
	if (question->open && answer->verdict != PROVIDER_OK)
		return;
	out = *answer;
	out.outage = question->outage;
	out.verdict = question->verdict;
	out.retry_s = question->retry_s;
	out.part = part->at;
	cancel_open(several, id, question->open);
	map_del(several->questions, key_of(&id));
	several->on_answer(id, &out, several->arg);
}

/* A bit for each that is to be asked: its owner, or all. */
static uint32_t
whom_to_ask(const struct several *several, struct slice account, bool finding)
{
	uint32_t all = 0;

	for (unsigned i = 0; i < SEVERAL_MAX; i++) {
		const struct provider *one = &several->parts[i].provider;

		if (!one->ops || (finding && !one->ops->find))
			continue;
		if (!finding && one->ops->owns &&
		    one->ops->owns(one->self, account))
			return 1u << i;
		all |= 1u << i;
	}
	return all;
}

static int
begin(struct several *several, uint64_t id, struct slice account,
    struct slice password, const struct addr *client, bool finding)
{
	uint32_t whom = whom_to_ask(several, account, finding);
	struct question *question = mem_zalloc(sizeof(*question));

	question->verdict = PROVIDER_WRONG;
	for (unsigned i = 0; i < SEVERAL_MAX; i++) {
		const struct provider *one = &several->parts[i].provider;
		int rc;

		if (!(whom & 1u << i))
			continue;
		rc = finding
		    ? one->ops->find(one->self, id, account)
		    : one->ops->start(one->self, id, account, password, client);
		if (rc == 0)
			question->open |= 1u << i;
		else {
			question->verdict = PROVIDER_NOT_NOW;
			note_silence(question, OUTAGE_UNSAID);
		}
	}
	if (!question->open) {
		free(question);
		return -1;
	}
	map_set(several->questions, key_of(&id), question);
	return 0;
}

static int
start(void *self, uint64_t id, struct slice account, struct slice password,
    const struct addr *client)
{
	return begin(self, id, account, password, client, false);
}

static int
find(void *self, uint64_t id, struct slice account)
{
	return begin(self, id, account, SLICE_EMPTY, NULL, true);
}

static void
cancel(void *self, uint64_t id)
{
	struct several *several = self;
	struct question *question = map_take(several->questions, key_of(&id));

	if (!question)
		return;
	cancel_open(several, id, question->open);
	free(question);
}

static void
status(const void *self, struct json *json)
{
	const struct several *several = self;

	for (unsigned i = 0; i < SEVERAL_MAX; i++) {
		const struct provider *one = &several->parts[i].provider;

		if (one->ops)
			one->ops->status(one->self, json);
	}
}

struct provider
several_face(struct several *several)
{
	static const struct provider_ops ops = {
		.name = "several",
		.start = start,
		.cancel = cancel,
		.find = find,
		.status = status,
	};

	return (struct provider){ &ops, several };
}
