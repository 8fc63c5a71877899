/*
 * crowd: who is here, by address.
 *
 * Runs in the directory process.  It decides who may enter; whose turn it is
 * decides the throttle.  A place is there as long as somebody is.
 */
#include "directory/crowd.h"

#include <sys/queue.h>

#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/reach.h"

struct guest {
	STAILQ_ENTRY(guest) entry;
	void *who; /* borrowed */
};

struct place {
	size_t n;                    /* here, waiting or not */
	STAILQ_HEAD(, guest) guests; /* owned, the first in front */
};

struct crowd {
	struct map *places; /* owned; of struct place */
	size_t max, n, waiting;
};

static void
place_free(void *arg)
{
	struct place *place = arg;
	struct guest *guest;

	while ((guest = STAILQ_FIRST(&place->guests)) != NULL) {
		STAILQ_REMOVE_HEAD(&place->guests, entry);
		free(guest);
	}
	free(place);
}

struct crowd *
crowd_new(void)
{
	struct crowd *crowd = mem_zalloc(sizeof(*crowd));

	crowd->places = map_new(0, place_free);
	crowd->max = 2;
	return crowd;
}

void
crowd_free(struct crowd *crowd)
{
	if (!crowd)
		return;
	map_free(crowd->places);
	free(crowd);
}

void
crowd_set_max(struct crowd *crowd, size_t max)
{
	crowd->max = max > 2 ? max : 2;
}

static struct slice
key_of(const struct addr *holder)
{
	return slice_from(holder->ip, sizeof(holder->ip));
}

static struct place *
find(const struct crowd *crowd, const struct addr *client)
{
	struct addr holder = addr_holder(client);

	return map_peek(crowd->places, key_of(&holder));
}

static struct place *
add(struct crowd *crowd, const struct addr *client)
{
	struct place *place = mem_zalloc(sizeof(*place));
	struct addr holder = addr_holder(client);

	STAILQ_INIT(&place->guests);
	map_set(crowd->places, key_of(&holder), place);
	return place;
}

int
crowd_enter(struct crowd *crowd, const struct addr *client)
{
	struct place *place = find(crowd, client);
	size_t here = place ? place->n : 0;

	if (crowd->n >= crowd->max || here >= crowd->max - crowd->n)
		return -1;
	if (!place)
		place = add(crowd, client);
	place->n++;
	crowd->n++;
	return 0;
}

void
crowd_leave(struct crowd *crowd, const struct addr *client)
{
	struct place *place = find(crowd, client);
	struct addr holder = addr_holder(client);

	must(place && place->n > 0);
	crowd->n--;
	if (--place->n > 0)
		return;
	must(STAILQ_EMPTY(&place->guests));
	map_del(crowd->places, key_of(&holder));
}

void
crowd_wait(struct crowd *crowd, const struct addr *client, void *who)
{
	struct place *place = find(crowd, client);
	struct guest *guest = mem_zalloc(sizeof(*guest));

	must(place);
	guest->who = who;
	STAILQ_INSERT_TAIL(&place->guests, guest, entry);
	crowd->waiting++;
}

void *
crowd_first(const struct crowd *crowd, const struct addr *client)
{
	struct place *place = find(crowd, client);
	struct guest *first = place ? STAILQ_FIRST(&place->guests) : NULL;

	return first ? first->who : NULL;
}

void
crowd_call(struct crowd *crowd, const struct addr *client)
{
	struct place *place = find(crowd, client);
	struct guest *first = place ? STAILQ_FIRST(&place->guests) : NULL;

	must(first);
	STAILQ_REMOVE_HEAD(&place->guests, entry);
	free(first);
	crowd->waiting--;
}

size_t
crowd_count(const struct crowd *crowd)
{
	return crowd->n;
}

size_t
crowd_waiting(const struct crowd *crowd)
{
	return crowd->waiting;
}
