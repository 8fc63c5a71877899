/*
 * h1_write: heads, chunks and trailers onto a stream (RFC 9112).
 *
 * Messages are always written anew from their parts.  A field whose value
 * holds CR, LF or NUL can't have been read and must() not be written.
 */
#ifndef HTTP_H1_WRITE_H
#define HTTP_H1_WRITE_H

#include <event2/buffer.h>

#include "http/message.h"

/* The request line is in origin-form (absolute: in absolute-form, for a
 * parent proxy; CONNECT: authority-form). The head is written as it is:
 * framing fields must already stand in it (see http/forward.h). */
void h1_write_request(struct evbuffer *out, const struct head *head);
void h1_write_response(struct evbuffer *out, const struct head *head);

/* Moves all of `body` to `out`, as one chunk where chunked. */
void h1_write_body(
    struct evbuffer *out, struct evbuffer *body, enum framing framing);
/* The last chunk and the trailers where chunked; nothing otherwise. */
void h1_write_end(struct evbuffer *out, enum framing framing,
    const struct field *trailers, size_t ntrailers);

/* "HTTP/1.1 100 Continue" and an empty line. */
void h1_write_continue(struct evbuffer *out);

#endif
