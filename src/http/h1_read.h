/*
 * h1_read: HTTP/1.x messages out of a stream of bytes (RFC 9112), strictly.
 *
 * One reader a direction of a connection.  The stream is an evbuffer that
 * the caller fills; the reader takes bytes from its front.  A head is read
 * when all of it is there, with one copy into the exchange's arena; bodies
 * are moved, not copied, where the framing allows.  llhttp does the parsing;
 * around it stands what it leaves open: any bare CR or LF, obs-fold, space
 * before a colon, NUL, Content-Length with Transfer-Encoding, repeated or
 * odd lengths, a transfer coding other than a lone final "chunked", chunk
 * sizes over 2^63-1, HTTP versions other than 1.0 and 1.1 is an error.
 */
#ifndef HTTP_H1_READ_H
#define HTTP_H1_READ_H

#include <event2/buffer.h>

#include "http/message.h"

struct h1_limits {
	size_t request_line; /* 414 */
	size_t header_bytes; /* 431 */
	size_t header_count; /* 431 */
};

struct h1_reader;

/* is_request: of what is read. limits is borrowed for the reader's life. */
struct h1_reader *h1_reader_new(
    bool is_request, const struct h1_limits *limits);
void h1_reader_free(struct h1_reader *reader);

enum h1_ret {
	H1_MORE, /* all that is there is used; wait for bytes */
	H1_HEAD, /* *head is filled */
	H1_BODY, /* bytes were moved to `out`; call again */
	H1_END,  /* the message is complete; trailers are readable */
	H1_ERROR /* h1_error tells; the connection can't go on */
};

/* Reads a head from `in`. Empty lines before a request are skipped (at most
 * 4). For a response, request_method says how to frame it (HEAD, CONNECT);
 * 1xx heads are handed out like others, framing none, and the next call
 * reads the next head. eof: no more bytes will come. */
enum h1_ret h1_read_head(struct h1_reader *reader, struct evbuffer *in,
    bool eof, struct arena *arena, enum method_id request_method,
    struct head *head);

/* Moves at most max bytes of the current message's body from `in` to the end
 * of `out`, decoded of chunks. H1_END once, when it is complete: at once for
 * FRAMING_NONE. With eof a body cut short is H1_ERROR with H1_TRUNCATED;
 * FRAMING_CLOSE ends by eof. */
enum h1_ret h1_read_body(struct h1_reader *reader, struct evbuffer *in,
    bool eof, struct evbuffer *out, size_t max);

/* Trailers of a chunked body, after H1_END; allocated in the head's arena.
 * Fields that frame, route or authenticate are left out (RFC 9110 6.5.1). */
const struct field *h1_trailers(const struct h1_reader *reader, size_t *n);

enum h1_error {
	H1_OK,
	H1_BAD_SYNTAX,     /* 400 */
	H1_AMBIGUOUS,      /* 400: could be read two ways */
	H1_BAD_VERSION,    /* 505 */
	H1_LINE_TOO_LONG,  /* 414 */
	H1_HEAD_TOO_LARGE, /* 431 */
	H1_UNKNOWN_CODING, /* 501 */
	H1_TRUNCATED
};
/* words: static text for the log, e.g. "content-length with
 * transfer-encoding". May be NULL. */
enum h1_error h1_error(const struct h1_reader *reader, const char **words);

/* Has any byte of a next message been seen? Tells an idle connection from
 * one that is slow with its request. */
bool h1_started(const struct h1_reader *reader, struct evbuffer *in);

#endif
