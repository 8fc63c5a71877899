/*
 * ldap_slots: the connections of one pool, and the places on them.
 *
 * A slot is a connection as its user sees it: it carries up to `shared`
 * questions at once.  One that broke is spoilt: nobody gets it again, and it
 * goes when nobody has it any more.
 */
#ifndef DIRECTORY_LDAP_SLOTS_H
#define DIRECTORY_LDAP_SLOTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "directory/ldap_link.h"
#include "directory/ldap_servers.h"

#define LDAP_RIVAL_MS 300
#define LDAP_IDLE_MS 60000

struct ldap_slots;
struct ldap_slot;

/* One came up, broke, or was given back; may come from within. */
typedef void ldap_slots_fn(void *arg);

/* servers: borrowed. service: connections are bound as the service, and the
 * last one is kept. */
struct ldap_slots *ldap_slots_new(struct ldap_servers *servers, bool service,
    unsigned shared, ldap_slots_fn *on_change, void *arg);
void ldap_slots_free(struct ldap_slots *slots); /* NULL is fine */

size_t ldap_slots_count(const struct ldap_slots *slots);
void ldap_slots_open(struct ldap_slots *slots, unsigned server);

/* In all masks bit i is server i. */

/* The least loaded on the first server of the list that isn't left alone;
 * NULL: all are full. */
struct ldap_slot *ldap_slots_pick(struct ldap_slots *slots, uint32_t avoid);
/* The servers to which there is a connection, or will be. */
uint32_t ldap_slots_alive(const struct ldap_slots *slots, uint32_t avoid);

struct ldap_opening {
	size_t opening; /* to servers that aren't to be avoided */
	bool slow;      /* all of those take longer than LDAP_RIVAL_MS */
};
struct ldap_opening ldap_slots_opening(
    const struct ldap_slots *slots, uint32_t avoid);

/* Those on servers behind this one in the list that nobody uses. */
void ldap_slots_close_behind(struct ldap_slots *slots, unsigned server);
/* The spoilt, and those unused for LDAP_IDLE_MS. */
void ldap_slots_close_idle(struct ldap_slots *slots);

/* Somebody has it now, until ldap_slot_give. */
void ldap_slot_take(struct ldap_slot *slot);

enum ldap_slot_end {
	LDAP_SLOT_GOOD,
	LDAP_SLOT_SPOILT, /* its connection can't be used again */
	LDAP_SLOT_DOWN,   /* … since it was closed on us */
	LDAP_SLOT_SILENT  /* no answer came: it and its server are in doubt */
};
void ldap_slot_give(struct ldap_slot *slot, enum ldap_slot_end end);

struct ldap_link *ldap_slot_link(struct ldap_slot *slot);
unsigned ldap_slot_server(const struct ldap_slot *slot);
/* Did its connection answer anything before? */
bool ldap_slot_has_served(const struct ldap_slot *slot);

/* Members for an object that is open. */
void ldap_slots_status(const struct ldap_slots *slots, struct json *json);

#endif
