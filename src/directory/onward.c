/*
 * onward: between workers, ways and what is untold.
 *
 * Runs in the directory process.
 */
#include "directory/onward.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "directory/untold.h"
#include "directory/ways.h"

struct onward {
	struct peers *workers; /* borrowed */
	struct untold *untold; /* owned */
	struct ways *ways;     /* owned */
};

struct onward *
onward_new(struct peers *workers)
{
	struct onward *onward = mem_zalloc(sizeof(*onward));

	onward->workers = workers;
	onward->untold = untold_new();
	onward->ways = ways_new();
	return onward;
}

void
onward_free(struct onward *onward)
{
	if (!onward)
		return;
	untold_free(onward->untold);
	ways_free(onward->ways);
	free(onward);
}

void
onward_set_life(struct onward *onward, uint64_t life_ms)
{
	ways_set_life(onward->ways, life_ms);
}

/* What may stop a request may offer a way on, too. */
void
onward_note(struct onward *onward, uint64_t peer, uint64_t id,
    enum credential_verdict verdict, struct slice credential)
{
	if (verdict == CREDENTIAL_VALID || verdict == CREDENTIAL_BUDGET)
		ways_note(onward->ways, peer, id, credential);
}

static void
take_untold(struct onward *onward, const struct msg_way_ask *ask,
    char token[UNTOLD_TOKEN_MAX + 1], struct msg_way_done *done)
{
	*done = (struct msg_way_done){ .id = ask->id, .verdict = WAY_NONE };
	if (!untold_take(onward->untold, ask->account, ask->place, token))
		return;
	done->verdict = WAY_TOLD;
	if (ways_is_open(onward->ways, slice_of(token)))
		done->token = slice_of(token);
}

void
onward_ask(struct onward *onward, uint64_t peer, const struct msg_way_ask *ask)
{
	char token[UNTOLD_TOKEN_MAX + 1];
	struct msg_way_done done;

	if (ask->op == WAY_TELL)
		take_untold(onward, ask, token, &done);
	else
		ways_ask(onward->ways, peer, ask, &done);
	if (peers_send(onward->workers, peer, MSG_way_done, &done) < 0)
		log_debug("an answer about a way on was not sent");
}

void
onward_notice(struct onward *onward, const struct msg_notice *notice)
{
	struct msg_notice told = *notice;

	if (!untold_add(
		onward->untold, notice->account, notice->site, notice->token))
		return;
	told.token = SLICE_EMPTY;
	peers_tell_all(onward->workers, MSG_notice, &told, -1);
}

struct newcomer {
	struct peers *workers; /* borrowed */
	unsigned index;
};

static void
tell_one(struct slice account, struct slice site, void *arg)
{
	const struct newcomer *newcomer = arg;
	struct msg_notice notice = { .account = account, .site = site };

	peers_tell(newcomer->workers, newcomer->index, MSG_notice, &notice, -1);
}

void
onward_greet(struct onward *onward, unsigned index)
{
	struct newcomer newcomer = { onward->workers, index };

	untold_each(onward->untold, tell_one, &newcomer);
}

void
onward_forget_peer(struct onward *onward, uint64_t peer)
{
	ways_forget_peer(onward->ways, peer);
}

void
onward_status(struct onward *onward, struct json *json)
{
	ways_status(onward->ways, json);
	json_u64(json, "notices_due", untold_count(onward->untold));
}
