/*
 * ws: the messages of a WebSocket, client to server (RFC 6455, RFC 7692).
 *
 * Reads the bytes of a connection after its upgrade and hands out whole
 * messages, unmasked, joined and inflated.  It copies; the raw bytes stay
 * the caller's to forward.  Strict: what a server might read otherwise is an
 * error.
 */
#ifndef CREDENTIAL_WS_H
#define CREDENTIAL_WS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

struct ws;

struct ws_params {
	size_t message_max; /* bytes of a message kept; more are passed over */
	bool deflate;       /* permessage-deflate was agreed on */
	bool no_context;    /* client_no_context_takeover */
};

enum ws_event {
	WS_MORE,    /* all bytes are read, no message is complete */
	WS_MESSAGE, /* a text or binary message is complete */
	WS_CONTROL, /* a ping or pong that says something */
	WS_CLOSE,   /* a close frame has been read */
	WS_ERROR,   /* ws_reason() says what */
};

struct ws *ws_new(const struct ws_params *params);
void ws_free(struct ws *ws); /* wipes; NULL is fine */

/* Reads from the front of *in, which moves to behind the bytes read. After
 * WS_MESSAGE, ws_message() is that message until the next call; call again
 * with what is left. */
enum ws_event ws_read(struct ws *ws, struct slice *in);

/* Borrowed; at most message_max bytes, and *cut says whether it was longer,
 * or did not inflate to its end. */
struct slice ws_message(const struct ws *ws, bool *text, bool *cut);
/* What the ping, pong or close frame just read says: its data, without the
 * code of a close. Borrowed until the next call of ws_read. */
struct slice ws_control(const struct ws *ws);
/* Of a message that isn't complete: what is kept of it so far, as ws_message
 * would say. For a caller that will not hold back more. */
struct slice ws_partial(struct ws *ws);
/* Wipes the message that was handed out, if there is one. */
void ws_forget(struct ws *ws);
const char *ws_reason(const struct ws *ws);

/* Whether bytes read so far belong to a message that isn't complete: these
 * must not be forwarded before its verdict. */
bool ws_in_message(const struct ws *ws);
/* Bytes of memory that messages take now. */
size_t ws_held(const struct ws *ws);

#endif
