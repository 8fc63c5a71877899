/*
 * locals: who asks, while the supervisor looks who it is.
 *
 * Runs in the directory process, which sees no socket of a client.
 */
#include "directory/locals.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"

struct locals {
	struct roleloop *loop; /* borrowed */
	struct map *asks;      /* owned: by our id */
	uint64_t last;
	locals_fn *on_known;
	void *arg; /* borrowed */
};

struct local_ask {
	uint64_t peer, id;
	struct addr client;
};

static struct slice
id_key(const uint64_t *id)
{
	return slice_from(id, sizeof(*id));
}

void
locals_ask(struct locals *locals, uint64_t peer, const struct msg_local_ask *m)
{
	struct msg_who_ask who = {
		.id = ++locals->last, .client = m->client, .local = m->local
	};
	struct local_ask *ask;
	struct addr client = m->client;

	client.port = 0;
	if (roleloop_send(locals->loop, MSG_who_ask, &who) < 0) {
		locals->on_known(
		    peer, m->id, &client, SLICE_EMPTY, locals->arg);
		return;
	}
	ask = mem_zalloc(sizeof(*ask));
	*ask = (struct local_ask){ peer, m->id, client };
	map_set(locals->asks, id_key(&who.id), ask);
}

void
locals_done(struct locals *locals, const struct msg_who_done *done)
{
	struct local_ask *ask = map_take(locals->asks, id_key(&done->id));

	if (!ask)
		return;
	locals->on_known(
	    ask->peer, ask->id, &ask->client, done->account, locals->arg);
	free(ask);
}

struct locals *
locals_new(struct roleloop *loop, locals_fn *on_known, void *arg)
{
	struct locals *locals = mem_zalloc(sizeof(*locals));

	locals->loop = loop;
	locals->asks = map_new(LOCALS_MAX, free);
	locals->on_known = on_known;
	locals->arg = arg;
	return locals;
}

void
locals_free(struct locals *locals)
{
	map_free(locals->asks);
	free(locals);
}
