/*
 * h1_read: which part of a message a stream stands in.  The parts themselves
 * are read by h1_scan (where a head ends), h1_head (what it says) and
 * h1_chunk; none of them sees the next one's bytes.
 */
#include "http/h1_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "http/h1_chunk.h"
#include "http/h1_fields.h"
#include "http/h1_head.h"
#include "http/h1_scan.h"

#define EMPTY_LINES_MAX 4
/* evbuffer_remove_buffer() counts in int. */
#define MOVE_MAX ((size_t)1 << 30)

struct h1_reader {
	const struct h1_limits *limits; /* borrowed from the caller */
	bool is_request;
	enum {
		AT_HEAD,
		AT_BODY,
		AT_TRAILERS,
		FAILED
	} state;
	struct h1_scan scan;  /* AT_HEAD and AT_TRAILERS */
	unsigned empty_lines; /* skipped in front of this head */
	enum framing framing;
	uint64_t left;         /* FRAMING_LENGTH */
	struct h1_chunk chunk; /* FRAMING_CHUNKED */
	struct arena *arena;   /* borrowed, of the head read last */
	struct head trailers;  /* its fields alone; in arena */
	struct h1_fault fault;
};

struct h1_reader *
h1_reader_new(bool is_request, const struct h1_limits *limits)
{
	struct h1_reader *reader = mem_zalloc(sizeof(*reader));

	reader->is_request = is_request;
	reader->limits = limits;
	h1_scan_init(&reader->scan, true);
	return reader;
}

void
h1_reader_free(struct h1_reader *reader)
{
	free(reader);
}

static enum h1_ret
fail(struct h1_reader *reader, struct h1_fault fault)
{
	reader->state = FAILED;
	reader->fault = fault;
	return H1_ERROR;
}

/* The message is over; the next bytes are a head's. */
static enum h1_ret
end(struct h1_reader *reader)
{
	reader->state = AT_HEAD;
	reader->empty_lines = 0;
	h1_scan_init(&reader->scan, true);
	return H1_END;
}

/* Skips empty lines in front of a request, which old clients send behind a
 * body (RFC 9112 section 2.2), and judges the first byte. *more: there is
 * none yet. */
static struct h1_fault
start_head(struct h1_reader *reader, struct evbuffer *in, bool *more)
{
	char two[2];
	ssize_t n;

	*more = true;
	while ((n = evbuffer_copyout(in, two, 2)) > 0) {
		if (reader->is_request && two[0] == '\r') {
			if (n == 1)
				return H1_FINE;
			if (two[1] != '\n')
				return H1_FAULT(H1_AMBIGUOUS, "bare CR");
			if (++reader->empty_lines > EMPTY_LINES_MAX)
				return H1_FAULT(
				    H1_BAD_SYNTAX, "too many empty lines");
			evbuffer_drain(in, 2);
			continue;
		}
		*more = false;
		/* What isn't HTTP at all is told by its first byte: no need
		 * to wait for the end of what will never be a head. */
		if (reader->is_request ? !token_ok(slice_from(two, 1))
				       : two[0] != 'H')
			return H1_FAULT(H1_BAD_SYNTAX, "not HTTP");
		return H1_FINE;
	}
	return H1_FINE;
}

static struct slice
take(struct evbuffer *in, size_t len, struct arena *arena)
{
	char *p = arena_alloc(arena, len);

	must(evbuffer_remove(in, p, len) == (int)len);
	return slice_from(p, len);
}

static void
start_body(struct h1_reader *reader, const struct head *head)
{
	/* An interim response is followed by another head. */
	bool interim = !head->is_request && head->status < 200 &&
	    head->status != 101;

	end(reader);
	reader->framing = head->framing;
	reader->arena = head->arena;
	reader->left = head->length;
	head_init(&reader->trailers, head->arena);
	h1_chunk_init(&reader->chunk);
	if (!interim)
		reader->state = AT_BODY;
}

enum h1_ret
h1_read_head(struct h1_reader *reader, struct evbuffer *in, bool eof,
    struct arena *arena, enum method_id request_method, struct head *head)
{
	struct h1_fault fault = H1_FINE;
	struct slice text;
	size_t len = 0, line;
	bool more = false;

	if (reader->state == AT_BODY && reader->framing == FRAMING_NONE)
		end(reader);
	must(reader->state == AT_HEAD || reader->state == FAILED);
	if (reader->state == FAILED)
		return H1_ERROR;
	if (reader->scan.at == 0)
		fault = start_head(reader, in, &more);
	if (fault.error == H1_OK && !more)
		fault = h1_scan(&reader->scan, in, reader->limits, &len);
	if (fault.error != H1_OK)
		return fail(reader, fault);
	if (len == 0 && eof)
		return fail(reader, H1_FAULT(H1_TRUNCATED, "head cut short"));
	if (len == 0)
		return H1_MORE;

	head_init(head, arena);
	text = take(in, len, arena);
	line = reader->scan.fields - 2;
	fault = reader->is_request
	    ? h1_request_parse(text, line, head)
	    : h1_response_parse(text, line, request_method, head);
	if (fault.error != H1_OK)
		return fail(reader, fault);
	start_body(reader, head);
	return H1_HEAD;
}

static enum h1_ret
read_length(struct h1_reader *reader, struct evbuffer *in, bool eof,
    struct evbuffer *out, size_t max)
{
	int n;

	if (reader->left == 0)
		return end(reader);
	if (max > reader->left)
		max = reader->left;
	n = evbuffer_remove_buffer(in, out, max);
	if (n <= 0)
		return eof && evbuffer_get_length(in) == 0
		    ? fail(reader, H1_FAULT(H1_TRUNCATED, "body cut short"))
		    : H1_MORE;
	reader->left -= n;
	return H1_BODY;
}

static enum h1_ret
read_to_close(struct h1_reader *reader, struct evbuffer *in, bool eof,
    struct evbuffer *out, size_t max)
{
	if (evbuffer_remove_buffer(in, out, max) > 0)
		return H1_BODY;
	return eof && evbuffer_get_length(in) == 0 ? end(reader) : H1_MORE;
}

/* Leaves out what frames, routes or authenticates, hop-by-hop fields, and
 * the "Proxy-" family: RFC 9110 section 6.5.1. */
static void
keep_safe_trailers(struct head *trailers)
{
	size_t kept = 0;

	for (size_t i = 0; i < trailers->nfields; i++) {
		struct field *field = &trailers->fields[i];
		struct slice start = slice_sub(field->name, 0, 6);

		if ((field_flags(field->id) & FIELD_NOT_IN_TRAILER) == 0 &&
		    !slice_caseeq_str(start, "proxy-"))
			trailers->fields[kept++] = *field;
	}
	trailers->nfields = kept;
}

static enum h1_ret
read_trailers(struct h1_reader *reader, struct evbuffer *in, bool eof)
{
	struct h1_fault fault;
	size_t len;

	fault = h1_scan(&reader->scan, in, reader->limits, &len);
	if (fault.error == H1_OK && len == 0)
		return eof
		    ? fail(reader, H1_FAULT(H1_TRUNCATED, "body cut short"))
		    : H1_MORE;
	if (fault.error == H1_OK && len == 2)
		evbuffer_drain(in, 2);
	else if (fault.error == H1_OK)
		fault = h1_fields_parse(
		    take(in, len, reader->arena), &reader->trailers);
	if (fault.error != H1_OK)
		return fail(reader, fault);
	keep_safe_trailers(&reader->trailers);
	return end(reader);
}

static enum h1_ret
read_chunked(struct h1_reader *reader, struct evbuffer *in, bool eof,
    struct evbuffer *out, size_t max)
{
	struct h1_fault fault;
	size_t moved;

	fault = h1_chunk_read(&reader->chunk, in, out, max, &moved);
	if (fault.error != H1_OK)
		return fail(reader, fault);
	if (reader->chunk.state == CHUNK_LAST) {
		reader->state = AT_TRAILERS;
		h1_scan_init(&reader->scan, false);
	}
	if (moved > 0)
		return H1_BODY;
	if (reader->state == AT_TRAILERS)
		return read_trailers(reader, in, eof);
	/* Short only where another call could not go on either: with max
	 * used up there may be bytes left. */
	return eof && max > 0
	    ? fail(reader, H1_FAULT(H1_TRUNCATED, "body cut short"))
	    : H1_MORE;
}

enum h1_ret
h1_read_body(struct h1_reader *reader, struct evbuffer *in, bool eof,
    struct evbuffer *out, size_t max)
{
	if (reader->state == FAILED)
		return H1_ERROR;
	if (reader->state == AT_TRAILERS)
		return read_trailers(reader, in, eof);
	must(reader->state == AT_BODY);
	if (max > MOVE_MAX)
		max = MOVE_MAX;
	switch (reader->framing) {
	case FRAMING_NONE:
		return end(reader);
	case FRAMING_LENGTH:
		return read_length(reader, in, eof, out, max);
	case FRAMING_CHUNKED:
		return read_chunked(reader, in, eof, out, max);
	case FRAMING_CLOSE:
		return read_to_close(reader, in, eof, out, max);
	}
	must(!"framing is one of the four");
	return H1_ERROR;
}

const struct field *
h1_trailers(const struct h1_reader *reader, size_t *n)
{
	*n = reader->trailers.nfields;
	return reader->trailers.fields;
}

enum h1_error
h1_error(const struct h1_reader *reader, const char **words)
{
	if (words)
		*words = reader->fault.words;
	return reader->fault.error;
}

bool
h1_started(const struct h1_reader *reader, struct evbuffer *in)
{
	char first[2 * (EMPTY_LINES_MAX + 1)];
	ssize_t n;

	if (reader->state != AT_HEAD)
		return reader->state != FAILED;
	n = evbuffer_copyout(in, first, sizeof(first));
	for (ssize_t i = 0; i < n; i++)
		if (first[i] != '\r' && first[i] != '\n')
			return true;
	return n == (ssize_t)sizeof(first);
}
