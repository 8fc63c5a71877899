/*
 * ldap_slots: opening connections, finding a free one, letting go of them.
 *
 * Used by the pools of the directory process, which decide when.  A
 * connection that comes up, breaks or is given back is only noted here, and
 * its pool told.
 */
#include "directory/ldap_slots.h"

#include <stdlib.h>
#include <sys/queue.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/must.h"
#include "directory/ldap_servers.h"

#ifndef TAILQ_FOREACH_SAFE
#define TAILQ_FOREACH_SAFE(at, head, entry, next)                              \
	for (at = TAILQ_FIRST(head);                                           \
	     at && ((next) = TAILQ_NEXT(at, entry), 1); at = next)
#endif

enum slot_in {
	IN_NONE, /* full, or spoilt */
	IN_OPENING,
	IN_FREE
};

struct ldap_slot {
	TAILQ_ENTRY(ldap_slot) entry; /* of all */
	TAILQ_ENTRY(ldap_slot) state; /* of the list that `in` names */
	enum slot_in in;
	struct ldap_slots *slots; /* borrowed: they own us */
	struct ldap_link *link;   /* owned */
	unsigned server;
	unsigned load;
	uint64_t opened_ms, used_ms;
	bool served; /* it has answered */
	bool spoilt; /* goes when its load is gone */
};

TAILQ_HEAD(slot_list, ldap_slot);

struct ldap_slots {
	struct ldap_servers *servers; /* borrowed */
	bool service;
	unsigned shared;
	size_t n;
	struct slot_list all; /* owned */
	/* Borrowed, so that nobody walks a thousand connections for one
	 * login: those on their way, and those that can take more, by server,
	 * the one used last in front: the others get old and are closed. */
	struct slot_list opening, free[LDAP_SERVERS_MAX];
	size_t alive[LDAP_SERVERS_MAX]; /* not spoilt */
	size_t asked, asked_most;       /* what they carry, in all */
	uint64_t opened;
	ldap_slots_fn *on_change;
	void *arg; /* borrowed */
};

static void
slot_leave(struct ldap_slot *slot)
{
	struct ldap_slots *slots = slot->slots;

	if (slot->in == IN_OPENING)
		TAILQ_REMOVE(&slots->opening, slot, state);
	else if (slot->in == IN_FREE)
		TAILQ_REMOVE(&slots->free[slot->server], slot, state);
	slot->in = IN_NONE;
}

/* Into the list where it belongs by now. */
static void
slot_file(struct ldap_slot *slot)
{
	struct ldap_slots *slots = slot->slots;

	slot_leave(slot);
	if (slot->spoilt)
		return;
	if (ldap_link_step(slot->link) < LDAP_LINK_UP) {
		TAILQ_INSERT_TAIL(&slots->opening, slot, state);
		slot->in = IN_OPENING;
	} else if (slot->load < slots->shared) {
		TAILQ_INSERT_HEAD(&slots->free[slot->server], slot, state);
		slot->in = IN_FREE;
	}
}

static void
slot_spoil(struct ldap_slot *slot)
{
	if (slot->spoilt)
		return;
	slot->spoilt = true;
	slot->slots->alive[slot->server]--;
	slot_leave(slot);
}

static void
slot_free(struct ldap_slot *slot)
{
	struct ldap_slots *slots = slot->slots;

	slot_spoil(slot);
	TAILQ_REMOVE(&slots->all, slot, entry);
	slots->n--;
	ldap_link_free(slot->link);
	free(slot);
}

static void
on_link(struct ldap_link *link, void *arg)
{
	struct ldap_slot *slot = arg;
	struct ldap_slots *slots = slot->slots;
	bool was_up = slot->used_ms != 0;

	slots->on_change(slots->arg);
	if (ldap_link_step(link) == LDAP_LINK_UP) {
		slot->used_ms = clock_ms();
		slot_file(slot);
		ldap_servers_work(slots->servers, slot->server);
		return;
	}
	/* one that worked may have been closed for being idle */
	if (!was_up)
		ldap_servers_failed(
		    slots->servers, slot->server, ldap_link_why(link));
	slot_spoil(slot);
	if (slot->load == 0)
		slot_free(slot);
}

void
ldap_slots_open(struct ldap_slots *slots, unsigned server)
{
	struct ldap_slot *slot = mem_zalloc(sizeof(*slot));

	slot->slots = slots;
	slot->server = server;
	slot->opened_ms = clock_ms();
	slot->link = ldap_link_open(&slots->servers->env,
	    &slots->servers->env.conf->servers.v[server], slots->service,
	    on_link, slot);
	TAILQ_INSERT_TAIL(&slots->all, slot, entry);
	slots->alive[server]++;
	slot_file(slot);
	slots->n++;
	slots->opened++;
}

static bool
is_open(const struct ldap_slot *slot)
{
	return !slot->spoilt && ldap_link_step(slot->link) == LDAP_LINK_UP;
}

struct ldap_slot *
ldap_slots_pick(struct ldap_slots *slots, uint32_t avoid)
{
	uint64_t now = clock_ms();
	struct ldap_slot *slot, *best = NULL;

	for (unsigned i = 0; !best && i < slots->servers->n; i++) {
		if ((avoid & 1u << i) ||
		    ldap_servers_rest(slots->servers, i, now))
			continue;
		TAILQ_FOREACH(slot, &slots->free[i], state)
		{
			if (!best || slot->load < best->load)
				best = slot;
			if (best->load == 0)
				break;
		}
	}
	return best;
}

uint32_t
ldap_slots_alive(const struct ldap_slots *slots, uint32_t avoid)
{
	uint32_t mask = 0;

	for (unsigned i = 0; i < slots->servers->n; i++)
		if (slots->alive[i] > 0 && !(avoid & 1u << i))
			mask |= 1u << i;
	return mask;
}

struct ldap_opening
ldap_slots_opening(const struct ldap_slots *slots, uint32_t avoid)
{
	struct ldap_opening count = { .slow = true };
	uint64_t now = clock_ms();
	const struct ldap_slot *slot;

	TAILQ_FOREACH(slot, &slots->opening, state)
	{
		if (avoid & 1u << slot->server)
			continue;
		count.opening++;
		if (now - slot->opened_ms < LDAP_RIVAL_MS)
			count.slow = false;
	}
	return count;
}

void
ldap_slots_close_behind(struct ldap_slots *slots, unsigned server)
{
	struct ldap_slot *slot, *next;

	for (unsigned i = server + 1; i < slots->servers->n; i++) {
		TAILQ_FOREACH_SAFE(slot, &slots->free[i], state, next)
		{
			if (slot->load == 0)
				slot_free(slot);
		}
	}
}

void
ldap_slots_close_idle(struct ldap_slots *slots)
{
	uint64_t now = clock_ms();
	struct ldap_slot *slot, *next;

	TAILQ_FOREACH_SAFE(slot, &slots->all, entry, next)
	{
		if (slot->load > 0)
			continue;
		if (slot->spoilt ||
		    (is_open(slot) && now - slot->used_ms > LDAP_IDLE_MS &&
			(!slots->service || slots->n > 1)))
			slot_free(slot);
	}
}

void
ldap_slot_take(struct ldap_slot *slot)
{
	struct ldap_slots *slots = slot->slots;

	slot->load++;
	if (++slots->asked > slots->asked_most)
		slots->asked_most = slots->asked;
	slot->used_ms = clock_ms();
	slot_file(slot);
}

void
ldap_slot_give(struct ldap_slot *slot, enum ldap_slot_end end)
{
	struct ldap_slots *slots = slot->slots;

	must(slot->load > 0);
	slot->load--;
	slots->asked--;
	slot->served |= end == LDAP_SLOT_GOOD;
	if (end == LDAP_SLOT_GOOD)
		slot_file(slot);
	else
		slot_spoil(slot);
	if (end == LDAP_SLOT_SILENT)
		ldap_servers_failed(slots->servers, slot->server,
		    "it took a question and gave no answer");
	slots->on_change(slots->arg);
	/* its link may be what called us: it goes with the next tick */
}

struct ldap_link *
ldap_slot_link(struct ldap_slot *slot)
{
	return slot->link;
}

unsigned
ldap_slot_server(const struct ldap_slot *slot)
{
	return slot->server;
}

bool
ldap_slot_has_served(const struct ldap_slot *slot)
{
	return slot->served;
}

size_t
ldap_slots_count(const struct ldap_slots *slots)
{
	return slots->n;
}

struct ldap_slots *
ldap_slots_new(struct ldap_servers *servers, bool service, unsigned shared,
    ldap_slots_fn *on_change, void *arg)
{
	struct ldap_slots *slots = mem_zalloc(sizeof(*slots));

	slots->servers = servers;
	slots->service = service;
	slots->shared = shared;
	slots->on_change = on_change;
	slots->arg = arg;
	TAILQ_INIT(&slots->all);
	TAILQ_INIT(&slots->opening);
	for (size_t i = 0; i < LDAP_SERVERS_MAX; i++)
		TAILQ_INIT(&slots->free[i]);
	return slots;
}

void
ldap_slots_free(struct ldap_slots *slots)
{
	if (!slots)
		return;
	while (!TAILQ_EMPTY(&slots->all))
		slot_free(TAILQ_FIRST(&slots->all));
	free(slots);
}

void
ldap_slots_status(const struct ldap_slots *slots, struct json *json)
{
	json_u64(json, "connections", slots->n);
	json_u64(json, "opened", slots->opened);
	json_u64(json, "asked", slots->asked);
	json_u64(json, "asked_most", slots->asked_most);
}
