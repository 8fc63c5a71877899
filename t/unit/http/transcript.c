/*
 * transcript: all that a reader says of a stream, as text to compare.
 */
#include <stdlib.h>
#include <string.h>

#include "suites.h"

#include "base/slice.h"
#include "http/h1_write.h"

const struct h1_limits usual_limits = {
	.request_line = 8192,
	.header_bytes = 65536,
	.header_count = 128,
};

static const char *const framings[] = {
	[FRAMING_NONE] = "none",
	[FRAMING_LENGTH] = "length",
	[FRAMING_CHUNKED] = "chunked",
	[FRAMING_CLOSE] = "close",
};

static const char *const errors[] = {
	[H1_OK] = "ok",
	[H1_BAD_SYNTAX] = "syntax",
	[H1_AMBIGUOUS] = "ambiguous",
	[H1_BAD_VERSION] = "version",
	[H1_LINE_TOO_LONG] = "line",
	[H1_HEAD_TOO_LARGE] = "header",
	[H1_UNKNOWN_CODING] = "coding",
	[H1_TRUNCATED] = "truncated",
};

struct session {
	struct h1_reader *reader;
	struct arena *arena;
	struct evbuffer *in, *body, *text;
	enum method_id method;
	bool in_body, done;
};

static void
say_fields(struct evbuffer *text, const struct field *fields, size_t n)
{
	for (size_t i = 0; i < n; i++)
		evbuffer_add_printf(text, "%.*s=%.*s\n",
		    SLICE_ARG(fields[i].name), SLICE_ARG(fields[i].value));
}

static void
say_head(struct evbuffer *text, const struct head *head)
{
	if (head->is_request)
		evbuffer_add_printf(text, "%.*s %s:%u %.*s",
		    SLICE_ARG(head->method_text), head->target.host.name,
		    head->target.port, SLICE_ARG(head->target.path_query));
	else
		evbuffer_add_printf(
		    text, "%u '%.*s'", head->status, SLICE_ARG(head->reason));
	evbuffer_add_printf(
	    text, " 1.%u %s", head->minor, framings[head->framing]);
	if (head->framing == FRAMING_LENGTH)
		evbuffer_add_printf(
		    text, " %llu", (unsigned long long)head->length);
	evbuffer_add_printf(text, "%s%s%s\n", head->keep_alive ? " keep" : "",
	    head->expect_continue ? " expect" : "",
	    head->upgrade ? " upgrade" : "");
	say_fields(text, head->fields, head->nfields);
}

static void
say_end(struct session *s)
{
	const struct field *trailers;
	size_t n;

	trailers = h1_trailers(s->reader, &n);
	evbuffer_add_printf(s->text, "[");
	evbuffer_add_buffer(s->text, s->body);
	evbuffer_add_printf(s->text, "]\n");
	say_fields(s->text, trailers, n);
}

/* One call of the reader; false where it wants more bytes. */
static bool
advance(struct session *s, bool eof)
{
	struct head head;
	const char *words;
	enum h1_ret ret;

	ret = s->in_body
	    ? h1_read_body(s->reader, s->in, eof, s->body, 1000)
	    : h1_read_head(s->reader, s->in, eof, s->arena, s->method, &head);
	switch (ret) {
	case H1_MORE:
		return false;
	case H1_HEAD:
		say_head(s->text, &head);
		s->in_body = head.is_request || head.status >= 200;
		return true;
	case H1_BODY:
		return true;
	case H1_END:
		say_end(s);
		s->in_body = false;
		return true;
	case H1_ERROR:
		ck_assert_int_ne(h1_error(s->reader, &words), H1_OK);
		ck_assert_ptr_nonnull(words);
		evbuffer_add_printf(s->text, "%s: %s\n",
		    errors[h1_error(s->reader, NULL)], words);
		s->done = true;
		return false;
	}
	ck_abort_msg("a return value of its own");
	return false;
}

static char *
take_text(struct evbuffer *text)
{
	size_t n = evbuffer_get_length(text);
	char *string = malloc(n + 1);

	evbuffer_remove(text, string, n);
	string[n] = '\0';
	evbuffer_free(text);
	return string;
}

char *
transcript(bool is_request, struct slice bytes, size_t step, bool eof,
    enum method_id method, const struct h1_limits *limits)
{
	struct session s = {
		.reader = h1_reader_new(is_request, limits),
		.arena = arena_new(4096),
		.in = evbuffer_new(),
		.body = evbuffer_new(),
		.text = evbuffer_new(),
		.method = method,
	};

	if (step == 0)
		step = bytes.n;
	for (size_t at = 0; at < bytes.n && !s.done; at += step) {
		struct slice part = slice_sub(bytes, at, step);

		evbuffer_add(s.in, part.p, part.n);
		while (advance(&s, false))
			continue;
	}
	/* an idle end is no event */
	while (eof && !s.done && (s.in_body || h1_started(s.reader, s.in)) &&
	    advance(&s, true))
		continue;
	evbuffer_free(s.in);
	evbuffer_free(s.body);
	arena_free(s.arena);
	h1_reader_free(s.reader);
	return take_text(s.text);
}

struct head
read_one(struct arena *arena, bool is_request, enum method_id method,
    const char *text)
{
	struct h1_reader *reader = h1_reader_new(is_request, &usual_limits);
	struct evbuffer *in = evbuffer_new();
	struct head head;
	enum h1_ret ret;
	const char *words;

	evbuffer_add(in, text, strlen(text));
	ret = h1_read_head(reader, in, false, arena, method, &head);
	h1_error(reader, &words);
	ck_assert_msg(ret == H1_HEAD, "%s: %s", text, words ? words : "more");
	evbuffer_free(in);
	h1_reader_free(reader);
	return head;
}

char *
written(const struct head *head)
{
	struct evbuffer *out = evbuffer_new();

	if (head->is_request)
		h1_write_request(out, head);
	else
		h1_write_response(out, head);
	return take_text(out);
}
