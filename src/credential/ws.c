/*
 * ws: frame heads, masks, fragments and per-message deflate.
 *
 * Never answers anything and never changes what is forwarded.
 */
#include "credential/ws.h"

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "base/mem.h"
#include "base/secret.h"
#include "credential/wipe.h"

#define HEAD_MAX 14
#define CONTROL_MAX 125
#define ROOM_FIRST 4096
#define ROOM_KEPT ((size_t)16 << 10) /* between two messages */

enum opcode {
	OP_CONTINUATION = 0,
	OP_TEXT = 1,
	OP_BINARY = 2,
	OP_CLOSE = 8,
	OP_PING = 9,
	OP_PONG = 10,
};

/* Bytes of a message, up to a bound. */
struct buffer {
	char *p; /* owned */
	size_t n, cap;
	bool cut;
};

struct ws {
	struct ws_params params;
	unsigned char head[HEAD_MAX];
	size_t head_n;
	bool in_payload;
	uint64_t left;     /* of the frame's payload */
	uint64_t position; /* in it: for the mask */
	unsigned opcode;
	bool fin;
	bool in_message; /* a fragmented message is under way */
	bool compressed; /* ... with deflate */
	bool text;
	bool delivered;            /* the message was handed out */
	char control[CONTROL_MAX]; /* data of the last control frame */
	size_t control_n;
	struct buffer raw;
	struct buffer plain;
	z_stream z;
	bool z_open;
	const char *reason;
};

struct ws *
ws_new(const struct ws_params *params)
{
	struct ws *ws = mem_zalloc(sizeof(*ws));

	ws->params = *params;
	return ws;
}

static void
buffer_clear(struct buffer *buffer)
{
	wipe_free(buffer->p);
	*buffer = (struct buffer){ NULL, 0, 0, false };
}

/* Most messages are short: their room is kept, that of a long one is not. */
static void
buffer_reset(struct buffer *buffer)
{
	if (buffer->cap > ROOM_KEPT) {
		buffer_clear(buffer);
		return;
	}
	secret_wipe(buffer->p, buffer->n);
	buffer->n = 0;
	buffer->cut = false;
}

/* Room for n more bytes, or for as many as max allows. */
static size_t
buffer_room(struct buffer *buffer, size_t n, size_t max)
{
	size_t cap = buffer->cap ? buffer->cap : ROOM_FIRST;

	if (n > max - buffer->n) {
		n = max - buffer->n;
		buffer->cut = true;
	}
	while (cap < buffer->n + n)
		cap *= 2;
	if (cap != buffer->cap) {
		buffer->p = wipe_resize(buffer->p, cap);
		buffer->cap = cap;
	}
	return n;
}

static void
inflate_close(struct ws *ws)
{
	if (ws->z_open)
		inflateEnd(&ws->z);
	ws->z_open = false;
}

void
ws_free(struct ws *ws)
{
	if (ws == NULL)
		return;
	inflate_close(ws);
	buffer_clear(&ws->raw);
	buffer_clear(&ws->plain);
	secret_wipe(ws->control, sizeof(ws->control));
	free(ws);
}

static enum ws_event
fail(struct ws *ws, const char *reason)
{
	ws->reason = reason;
	return WS_ERROR;
}

static void *
zlib_alloc(void *arg, unsigned items, unsigned size)
{
	return wipe_alloc((size_t)items * size);
}

static void
zlib_free(void *arg, void *p)
{
	wipe_free(p);
}

/* Where inflate writes: the message, or, at its end, a byte that tells
 * whether there would be more. */
static size_t
inflate_room(struct ws *ws, z_stream *z, unsigned char *spare)
{
	size_t left = ws->params.message_max - ws->plain.n, room;

	if (left == 0) {
		z->next_out = spare;
		z->avail_out = 1;
		return 1;
	}
	room = buffer_room(&ws->plain, left < ROOM_FIRST ? left : ROOM_FIRST,
	    ws->params.message_max);
	z->next_out = (Bytef *)ws->plain.p + ws->plain.n;
	z->avail_out = (uInt)room;
	return room;
}

/* One piece of input: false where it is broken or too long. */
static bool
inflate_some(struct ws *ws, z_stream *z, const void *p, size_t n)
{
	unsigned char spare;
	size_t room;
	int rc;

	z->next_in = (Bytef *)(uintptr_t)p;
	z->avail_in = (uInt)n;
	do {
		room = inflate_room(ws, z, &spare);
		rc = inflate(z, Z_SYNC_FLUSH);
		if (rc != Z_OK && rc != Z_BUF_ERROR && rc != Z_STREAM_END)
			return false;
		room -= z->avail_out;
		if (room > 0 && ws->plain.n == ws->params.message_max)
			return false;
		ws->plain.n += room;
	} while (rc != Z_STREAM_END && z->avail_out == 0);
	/* a final block ends the stream: the next message starts afresh */
	if (rc == Z_STREAM_END)
		inflateReset(z);
	return true;
}

static bool
inflate_open(struct ws *ws)
{
	if (ws->z_open)
		return true;
	ws->z = (z_stream){ .zalloc = zlib_alloc, .zfree = zlib_free };
	ws->z_open = inflateInit2(&ws->z, -15) == Z_OK;
	return ws->z_open;
}

/* RFC 7692 section 7.2.2: the sender left these four bytes out. */
static void
inflate_message(struct ws *ws)
{
	static const unsigned char tail[4] = { 0, 0, 0xff, 0xff };

	buffer_reset(&ws->plain);
	if (!inflate_open(ws)) {
		ws->plain.cut = true;
		return;
	}
	if (ws->raw.cut || !inflate_some(ws, &ws->z, ws->raw.p, ws->raw.n) ||
	    !inflate_some(ws, &ws->z, tail, sizeof(tail))) {
		ws->plain.cut = true;
		inflate_close(ws);
	} else if (ws->params.no_context) {
		inflateReset(&ws->z);
	}
}

/* What the message says so far; the stream itself stays where it is. */
static void
inflate_partial(struct ws *ws)
{
	z_stream z;

	buffer_reset(&ws->plain);
	if (!inflate_open(ws) || inflateCopy(&z, &ws->z) != Z_OK)
		return;
	inflate_some(ws, &z, ws->raw.p, ws->raw.n);
	inflateEnd(&z);
}

static size_t
head_size(const struct ws *ws)
{
	unsigned length = ws->head[1] & 0x7f;

	return 2 + (length == 126 ? 2 : length == 127 ? 8 : 0) + 4;
}

static uint64_t
head_length(const struct ws *ws)
{
	unsigned length = ws->head[1] & 0x7f, i, width;
	uint64_t n = 0;

	if (length < 126)
		return length;
	width = length == 126 ? 2 : 8;
	for (i = 0; i < width; i++)
		n = n << 8 | ws->head[2 + i];
	return n;
}

static const char *
check_control(const struct ws *ws, uint64_t length)
{
	if (!ws->fin)
		return "a control frame is fragmented";
	if (length > CONTROL_MAX)
		return "a control frame is too long";
	return ws->opcode > OP_PONG ? "a frame has an unknown opcode" : NULL;
}

static const char *
check_head(const struct ws *ws, uint64_t length)
{
	unsigned reserved = ws->head[0] & 0x70;
	bool starts = ws->opcode == OP_TEXT || ws->opcode == OP_BINARY;

	if (!(ws->head[1] & 0x80))
		return "a client's frame is not masked";
	if (reserved & 0x30 || (reserved && (!ws->params.deflate || !starts)))
		return "a frame has reserved bits set";
	if (length >> 63)
		return "a frame has an impossible length";
	if (ws->opcode & 8)
		return check_control(ws, length);
	if (ws->opcode > OP_BINARY)
		return "a frame has an unknown opcode";
	if (starts == ws->in_message)
		return starts ? "a message starts inside another one"
			      : "a frame continues no message";
	return NULL;
}

/* The head is complete. */
static enum ws_event
begin_frame(struct ws *ws)
{
	uint64_t length = head_length(ws);
	const char *reason;

	ws->fin = ws->head[0] & 0x80;
	ws->opcode = ws->head[0] & 0x0f;
	reason = check_head(ws, length);
	if (reason != NULL)
		return fail(ws, reason);
	ws->in_payload = true;
	ws->left = length;
	ws->position = 0;
	ws->control_n = 0;
	if (ws->opcode == OP_TEXT || ws->opcode == OP_BINARY) {
		ws->in_message = true;
		ws->text = ws->opcode == OP_TEXT;
		ws->compressed = ws->head[0] & 0x40;
		buffer_reset(&ws->raw);
	}
	return WS_MORE;
}

static void
take_payload(struct ws *ws, struct slice *in)
{
	const unsigned char *mask = ws->head + head_size(ws) - 4;
	size_t n = ws->left < in->n ? (size_t)ws->left : in->n, keep = n, i;
	bool control = ws->opcode & 8;
	char *to;

	if (!control)
		keep = buffer_room(&ws->raw, n, ws->params.message_max);
	to = control ? ws->control + ws->control_n : ws->raw.p + ws->raw.n;
	for (i = 0; i < keep; i++)
		to[i] = (char)(in->p[i] ^ (char)mask[(ws->position + i) & 3]);
	*(control ? &ws->control_n : &ws->raw.n) += keep;
	ws->position += n;
	ws->left -= n;
	*in = slice_from_idx(*in, n);
}

static enum ws_event
end_frame(struct ws *ws)
{
	ws->in_payload = false;
	ws->head_n = 0;
	if (ws->opcode == OP_CLOSE)
		return WS_CLOSE;
	if (ws->opcode & 8)
		return ws->control_n > 0 ? WS_CONTROL : WS_MORE;
	if (!ws->fin)
		return WS_MORE;
	ws->in_message = false;
	ws->delivered = true;
	if (ws->compressed)
		inflate_message(ws);
	return WS_MESSAGE;
}

void
ws_forget(struct ws *ws)
{
	if (!ws->delivered)
		return;
	buffer_reset(&ws->raw);
	buffer_reset(&ws->plain);
	ws->delivered = false;
}

enum ws_event
ws_read(struct ws *ws, struct slice *in)
{
	enum ws_event event;

	if (ws->reason != NULL)
		return WS_ERROR;
	ws_forget(ws);
	while (in->n > 0 || (ws->in_payload && ws->left == 0)) {
		if (ws->in_payload) {
			take_payload(ws, in);
			if (ws->left > 0)
				continue;
			event = end_frame(ws);
		} else {
			ws->head[ws->head_n++] = (unsigned char)in->p[0];
			*in = slice_from_idx(*in, 1);
			if (ws->head_n < 2 || ws->head_n < head_size(ws))
				continue;
			event = begin_frame(ws);
		}
		if (event != WS_MORE)
			return event;
	}
	return WS_MORE;
}

struct slice
ws_message(const struct ws *ws, bool *text, bool *cut)
{
	const struct buffer *buffer = ws->compressed ? &ws->plain : &ws->raw;

	*text = ws->text;
	*cut = buffer->cut;
	return slice_from(buffer->p, buffer->n);
}

struct slice
ws_control(const struct ws *ws)
{
	return slice_from_idx(slice_from(ws->control, ws->control_n),
	    ws->opcode == OP_CLOSE ? 2 : 0);
}

struct slice
ws_partial(struct ws *ws)
{
	if (!ws->in_message)
		return SLICE_EMPTY;
	if (!ws->compressed)
		return slice_from(ws->raw.p, ws->raw.n);
	inflate_partial(ws);
	return slice_from(ws->plain.p, ws->plain.n);
}

const char *
ws_reason(const struct ws *ws)
{
	return ws->reason;
}

bool
ws_in_message(const struct ws *ws)
{
	return ws->in_message || ws->in_payload || ws->head_n > 0;
}

size_t
ws_held(const struct ws *ws)
{
	return ws->raw.cap + ws->plain.cap;
}
