/*
 * crowd: logins by the address they come from: how many there are, and who
 * waits for a turn.
 *
 * In all there are at most `max`, and from one address (IPv6: its /64) never
 * more than are left for the others: a full house can't be made from one
 * place, and one that a thousand people share gets half of it.  Who waits at
 * an address comes to its turn in the order of arrival.
 */
#ifndef DIRECTORY_CROWD_H
#define DIRECTORY_CROWD_H

#include <stddef.h>

#include "base/addr.h"

struct crowd;

struct crowd *crowd_new(void);
/* Who waits is forgotten, not freed. NULL is fine. */
void crowd_free(struct crowd *crowd);
void crowd_set_max(struct crowd *crowd, size_t max); /* at least 2 */

/* 0, or -1: there is no room for another from that address. Ticket or not, one
 * that has entered leaves once. */
int crowd_enter(struct crowd *crowd, const struct addr *client);
void crowd_leave(struct crowd *crowd, const struct addr *client);

/* One that has entered. who: borrowed until it is called. */
void crowd_wait(struct crowd *crowd, const struct addr *client, void *who);
/* Who waits there the longest; NULL: nobody. It goes on waiting. */
void *crowd_first(const struct crowd *crowd, const struct addr *client);
/* It waits no longer. */
void crowd_call(struct crowd *crowd, const struct addr *client);

size_t crowd_count(const struct crowd *crowd);
size_t crowd_waiting(const struct crowd *crowd);

#endif
