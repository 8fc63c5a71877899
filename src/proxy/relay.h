/*
 * relay: a WebSocket whose messages to the origin are looked into.
 *
 * The client's bytes are read by credential/ws.h and kept, as they came,
 * until the message they belong to may pass; what the origin sends is handed
 * on unread.
 */
#ifndef PROXY_RELAY_H
#define PROXY_RELAY_H

#include "proxy/exchange.h"

struct relay;

/* The response's Sec-WebSocket-Extensions say how messages are packed. */
struct relay *relay_new(struct exchange *x);
void relay_free(struct relay *relay); /* wipes; NULL is fine */

enum relay_ret {
	RELAY_WAIT,    /* for bytes, room or an answer */
	RELAY_DONE,    /* both ways have ended */
	RELAY_STOPPED, /* a message must not pass: x->hit says why, or it
	                * could not be read (NULL) */
	RELAY_BROKEN   /* x->detail says how */
};
/* Moves what can be moved. */
enum relay_ret relay_run(struct relay *relay, struct exchange *x);

/* Is this exchange a WebSocket that a rule wants looked into? */
bool relay_is_wanted(const struct exchange *x);

#endif
