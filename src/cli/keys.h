/*
 * keys: what the supervisor makes for the workers to share: the leaf key,
 * and the keys of TLS session tickets, which are made anew once a day.
 */
#ifndef CLI_KEYS_H
#define CLI_KEYS_H

#include "base/secret.h"

#define KEYS_TICKET_SIZE 80 /* as net/tickets.h wants them, */
#define KEYS_TICKET_MAX 2   /* … today's and yesterday's */
#define KEYS_TICKET_LIFE_S (24 * 60 * 60)

struct keys {
	struct secret leaf_private; /* for workers */
	struct secret leaf_public;  /* for the signer */
	struct secret tickets;      /* for workers */
};

void keys_init(struct keys *keys); /* makes them all */
void keys_clear(struct keys *keys);
void keys_renew_tickets(struct keys *keys);

#endif
