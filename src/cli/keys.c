/*
 * keys: made at start, held in locked memory, handed out, never stored.
 */
#include "cli/keys.h"

#include <string.h>

#include "net/leafkey.h"

#define DER_ROOM 512

void
keys_init(struct keys *keys)
{
	secret_init(&keys->leaf_private, DER_ROOM);
	secret_init(&keys->leaf_public, DER_ROOM);
	secret_init(&keys->tickets, KEYS_TICKET_SIZE * KEYS_TICKET_MAX);
	leafkey_make(&keys->leaf_private, &keys->leaf_public);
	keys_renew_tickets(keys);
}

void
keys_clear(struct keys *keys)
{
	secret_clear(&keys->leaf_private);
	secret_clear(&keys->leaf_public);
	secret_clear(&keys->tickets);
}

void
keys_renew_tickets(struct keys *keys)
{
	unsigned char all[KEYS_TICKET_SIZE * KEYS_TICKET_MAX];
	size_t before = keys->tickets.n;

	if (before > KEYS_TICKET_SIZE)
		before = KEYS_TICKET_SIZE;
	secret_random(all, KEYS_TICKET_SIZE);
	if (before > 0)
		memcpy(all + KEYS_TICKET_SIZE, keys->tickets.p, before);
	secret_set(&keys->tickets, all, KEYS_TICKET_SIZE + before);
	secret_wipe(all, sizeof(all));
}
