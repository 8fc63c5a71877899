/*
 * peers: keeping the channels of many askers apart.
 *
 * Runs in the roles that answer: signer and directory.  A peer that sends
 * what it may not send loses its channel and nothing else; the supervisor
 * gives a fresh one to whatever takes its place.
 */
#include "ipc/peers.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"

struct peers {
	struct event_base *base; /* borrowed */
	enum role self, other;
	const struct chan_ops *ops; /* static */
	peers_gone_fn *on_gone;
	void *arg;       /* borrowed */
	struct peer **v; /* owned; by index; NULL where there is none */
	size_t n;
	uint64_t last_id;
};

struct peers *
peers_new(struct event_base *base, enum role self, enum role other,
    const struct chan_ops *ops, peers_gone_fn *on_gone, void *arg)
{
	struct peers *peers = mem_zalloc(sizeof(*peers));

	peers->base = base;
	peers->self = self;
	peers->other = other;
	peers->ops = ops;
	peers->on_gone = on_gone;
	peers->arg = arg;
	return peers;
}

static void
peer_free(struct peer *peer)
{
	if (!peer)
		return;
	chan_free(peer->chan);
	free(peer);
}

void
peers_free(struct peers *peers)
{
	if (!peers)
		return;
	for (size_t i = 0; i < peers->n; i++)
		peer_free(peers->v[i]);
	free(peers->v);
	free(peers);
}

static void
drop(struct peers *peers, unsigned index)
{
	struct peer *peer = peers->v[index];
	uint64_t id;

	if (!peer)
		return;
	id = peer->id;
	peers->v[index] = NULL;
	peer_free(peer);
	if (peers->on_gone)
		peers->on_gone(id, peers->arg);
}

void
peers_on_closed(struct chan *chan, const char *words, void *arg)
{
	struct peer *peer = arg;
	const char *name = role_info(peer->peers->other)->name;

	if (words)
		log_error("%s[%u] sent %s: its channel is closed", name,
		    peer->index, words);
	else
		log_debug("%s[%u] is gone", name, peer->index);
	drop(peer->peers, peer->index);
}

static void
make_room(struct peers *peers, unsigned index)
{
	if (index < peers->n)
		return;
	peers->v = mem_resize(peers->v, index + 1u, sizeof(*peers->v));
	while (peers->n <= index)
		peers->v[peers->n++] = NULL;
}

void
peers_set(struct peers *peers, enum role role, unsigned index, int fd)
{
	struct peer *peer;

	if (role != peers->other)
		fatal("corrupt channel: a peer of another role");
	if (index >= PEERS_MAX) {
		log_error("there are more than %d of %s", PEERS_MAX,
		    role_info(peers->other)->name);
		close(fd);
		return;
	}
	make_room(peers, index);
	drop(peers, index);
	peer = mem_zalloc(sizeof(*peer));
	peer->id = ++peers->last_id;
	peer->arg = peers->arg;
	peer->peers = peers;
	peer->index = index;
	peer->chan = chan_new(
	    peers->base, fd, peers->self, peers->other, peers->ops, peer);
	peers->v[index] = peer;
}

int
peers_send(
    struct peers *peers, uint64_t id, enum msg_kind kind, const void *body)
{
	for (size_t i = 0; i < peers->n; i++)
		if (peers->v[i] && peers->v[i]->id == id)
			return chan_send(peers->v[i]->chan, kind, body, -1);
	return -1;
}

void
peers_tell(struct peers *peers, unsigned index, enum msg_kind kind,
    const void *body, int fd)
{
	if (index >= peers->n || !peers->v[index])
		return;
	if (chan_send(peers->v[index]->chan, kind, body, fd) < 0)
		log_warn("%s[%u] does not take %s",
		    role_info(peers->other)->name, index, msg_name(kind));
}

void
peers_tell_all(
    struct peers *peers, enum msg_kind kind, const void *body, int fd)
{
	for (unsigned i = 0; i < peers->n; i++)
		peers_tell(peers, i, kind, body, fd);
}

void
peers_flush(struct peers *peers)
{
	for (size_t i = 0; i < peers->n; i++)
		if (peers->v[i])
			chan_flush(peers->v[i]->chan);
}
