/*
 * h1_chunk: the chunked transfer coding, undone (RFC 9112 section 7.1;
 * room-internal).
 *
 * Strict: sizes of up to 16 hex digits and below 2^63, CR LF at every place
 * where one belongs, nothing before the size and nothing but extensions
 * behind it.  Extensions are bounded and dropped.
 */
#ifndef HTTP_H1_CHUNK_H
#define HTTP_H1_CHUNK_H

#include "http/h1_fault.h"

#define CHUNK_LINE_MAX 4096       /* a size and its extensions, without CRLF */
#define CHUNK_EXTRA_MAX (1 << 20) /* extension bytes in one body */

struct h1_chunk {
	enum {
		CHUNK_SIZE,
		CHUNK_DATA,
		CHUNK_CRLF,
		CHUNK_LAST
	} state;
	uint64_t left; /* of this chunk's data */
	size_t at;     /* bytes of the size line looked at so far */
	size_t extra;  /* extension bytes of this body so far */
};

void h1_chunk_init(struct h1_chunk *chunk);

/* Moves at most max bytes of data to the end of `out`. Stops where it needs
 * more bytes, at max, or in CHUNK_LAST: the trailer section is next. */
struct h1_fault h1_chunk_read(struct h1_chunk *chunk, struct evbuffer *in,
    struct evbuffer *out, size_t max, size_t *moved);

#endif
