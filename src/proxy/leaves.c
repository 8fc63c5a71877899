/*
 * leaves: the worker's cache of leaf certificates. Never sees the CA's key.
 */
#include "proxy/leaves.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"

#define LEAF_ANSWER_MS 5000
/* A leaf this close to its end is asked for again: a client's clock may be
 * ahead, and a connection may last. */
#define LEAF_SPARE_S 3600

struct leaves {
	struct map *known;     /* of struct tls_leaf */
	struct tls_leaf *last; /* a reference; or NULL: whose issuers others
	                        * share */
};

static void
on_leaf_free(void *value)
{
	tls_leaf_unref(value);
}

struct leaves *
leaves_new(size_t max)
{
	struct leaves *leaves = mem_zalloc(sizeof(*leaves));

	leaves->known = map_new(max, on_leaf_free);
	return leaves;
}

void
leaves_free(struct leaves *leaves)
{
	if (leaves == NULL)
		return;
	map_free(leaves->known);
	tls_leaf_unref(leaves->last);
	free(leaves);
}

static int
forget_one(struct slice key, void *value, void *arg)
{
	map_del(arg, key);
	return 0;
}

void
leaves_forget(struct leaves *leaves)
{
	map_each(leaves->known, forget_one, leaves->known);
	tls_leaf_unref(leaves->last);
	leaves->last = NULL;
}

struct slice
leaves_key(
    struct arena *arena, const struct host *host, const struct facts *facts)
{
	bool covered = facts != NULL && facts_cover(facts, host);
	size_t digest = facts == NULL ? 0 : sizeof(facts->digest);
	size_t name = covered ? 0 : host->len;
	char *key = arena_alloc(arena, digest + name);

	if (digest > 0)
		memcpy(key, facts->digest, digest);
	memcpy(key + digest, host->name, name);
	return slice_from(key, digest + name);
}

struct tls_leaf *
leaves_get(struct leaves *leaves, struct slice key)
{
	struct tls_leaf *leaf = map_get(leaves->known, key);
	uint64_t now = clock_wall_us() / 1000000;

	if (leaf != NULL && tls_leaf_expires(leaf) < now + LEAF_SPARE_S) {
		map_del(leaves->known, key);
		leaf = NULL;
	}
	return leaf;
}

uint64_t
leaves_ask(struct worker *worker, const struct host *host,
    const struct facts *facts, pending_fn *on_answer, void *arg)
{
	struct msg_leaf_ask ask = { .host = host_slice(host) };

	if (facts != NULL) {
		ask.names = slice_from(facts->names, facts->names_len);
		ask.cn = slice_of(facts->cn);
		ask.org = slice_of(facts->org);
		ask.not_before = (uint64_t)facts->not_before;
		ask.not_after = (uint64_t)facts->not_after;
	}
	if (worker->signer == NULL)
		return 0;
	ask.id = pending_add(
	    worker->pending, ROLE_SIGNER, LEAF_ANSWER_MS, on_answer, arg);
	if (ask.id == 0)
		return 0;
	if (chan_send(worker->signer, MSG_leaf_ask, &ask, -1) != 0) {
		pending_cancel(worker->pending, ask.id);
		return 0;
	}
	return ask.id;
}

struct tls_leaf *
leaves_keep(struct leaves *leaves, struct slice key, struct slice chain_der)
{
	struct tls_leaf *leaf = tls_leaf_new(chain_der, leaves->last);

	if (leaf == NULL)
		return NULL;
	tls_leaf_unref(leaves->last);
	leaves->last = tls_leaf_ref(leaf);
	map_set(leaves->known, key, leaf);
	return leaf;
}
