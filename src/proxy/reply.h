/*
 * reply: an answer that the proxy itself gives, to whatever was asked.
 */
#ifndef PROXY_REPLY_H
#define PROXY_REPLY_H

#include <event2/buffer.h>

#include "proxy/exchange.h"

/* Fields that some answers carry beside the usual ones. */
struct reply {
	unsigned status;
	const char *type;  /* Content-Type; NULL: no body */
	const char *extra; /* whole lines with CRLF; NULL: none */
	bool cacheable;    /* else no-store */
	bool page;         /* HTML for a person: gets a strict CSP */
	bool apart;        /* of proxy/way.h: no other page gets hold of it */
};

/* Queues the answer with what is in `body` (which is emptied), without the
 * body where HEAD asked. Closes the connection afterwards unless x->keep. */
void reply_send(
    struct exchange *x, const struct reply *reply, struct evbuffer *body);

/* The end of a step that has answered: reads the rest of the request, so that
 * the connection can go on, and waits until that is done and the client has
 * taken enough of what was said to it; then the record. Gives up (x->keep
 * becomes false) where the request is long. */
enum step_ret reply_finish(struct exchange *x);

#endif
