/*
 * h1_walk: the reader against itself, whatever the pieces its bytes come in,
 * against the writer, and against llhttp.
 */
#include "h1_walk.h"

#include <stdlib.h>
#include <string.h>

#include <llhttp.h>

#include "base/must.h"
#include "http/h1_write.h"

static const struct h1_limits limits = {
	.request_line = 1024,
	.header_bytes = 4096,
	.header_count = 32,
};

struct walk {
	struct h1_reader *reader;
	struct arena *arena;
	struct evbuffer *in, *body;
	struct evbuffer *text; /* what came of it all */
	void (*on_head)(const struct head *head);
	bool in_body, done;
	/* the first message */
	size_t fed, messages, first_size;
	bool bare; /* it, or an interim one before it, has none by rule */
	struct evbuffer *first_body;
};

static void
note_head(struct walk *w, const struct head *head)
{
	evbuffer_add_printf(w->text, "%d %d %u %d %d %d %u\n", head->method,
	    head->target.form, head->minor, (int)head->framing,
	    head->keep_alive, head->upgrade, head->status);
	for (size_t i = 0; i < head->nfields; i++) {
		evbuffer_add(
		    w->text, head->fields[i].name.p, head->fields[i].name.n);
		evbuffer_add(w->text, "=", 1);
		evbuffer_add(
		    w->text, head->fields[i].value.p, head->fields[i].value.n);
		evbuffer_add(w->text, "\n", 1);
	}
	if (w->on_head)
		w->on_head(head);
	if (w->messages == 0)
		w->bare |= head->method == METHOD_CONNECT || head->upgrade ||
		    (!head->is_request && head->framing == FRAMING_NONE);
}

static void
note_end(struct walk *w)
{
	if (w->messages++ == 0) {
		size_t n = evbuffer_get_length(w->body);

		w->first_size = w->fed - evbuffer_get_length(w->in);
		evbuffer_add(w->first_body, evbuffer_pullup(w->body, -1), n);
	}
	evbuffer_add_buffer(w->text, w->body);
	evbuffer_add(w->text, "|", 1);
}

static bool
advance(struct walk *w, bool eof)
{
	struct head head;
	const char *words;
	enum h1_ret ret;

	ret = w->in_body
	    ? h1_read_body(w->reader, w->in, eof, w->body, 100)
	    : h1_read_head(w->reader, w->in, eof, w->arena, METHOD_GET, &head);
	if (ret == H1_HEAD) {
		note_head(w, &head);
		w->in_body = head.is_request || head.status >= 200 ||
		    head.status == 101;
	} else if (ret == H1_END) {
		note_end(w);
		w->in_body = false;
	} else if (ret == H1_ERROR) {
		must(h1_error(w->reader, &words) != H1_OK && words);
		evbuffer_add_printf(w->text, "%s", words);
		w->done = true;
	}
	return ret != H1_MORE && ret != H1_ERROR;
}

static void
run(struct walk *w, bool is_request, struct slice input, size_t step)
{
	w->reader = h1_reader_new(is_request, &limits);
	w->arena = arena_new(1024);
	w->in = evbuffer_new();
	w->body = evbuffer_new();
	w->text = evbuffer_new();
	w->first_body = evbuffer_new();
	for (size_t at = 0; at < input.n && !w->done; at += step) {
		struct slice part = slice_sub(input, at, step);

		evbuffer_add(w->in, part.p, part.n);
		w->fed += part.n;
		while (advance(w, false))
			continue;
	}
	while (!w->done && (w->in_body || h1_started(w->reader, w->in)) &&
	    advance(w, true))
		continue;
}

static void
clear(struct walk *w)
{
	h1_reader_free(w->reader);
	arena_free(w->arena);
	evbuffer_free(w->in);
	evbuffer_free(w->body);
	evbuffer_free(w->text);
	evbuffer_free(w->first_body);
}

static void
must_equal(struct evbuffer *a, struct evbuffer *b)
{
	size_t n = evbuffer_get_length(a);

	must(n == evbuffer_get_length(b));
	must(n == 0 ||
	    memcmp(evbuffer_pullup(a, -1), evbuffer_pullup(b, -1), n) == 0);
}

struct other {
	struct evbuffer *body;
	bool complete;
};

static int
on_body(llhttp_t *parser, const char *p, size_t n)
{
	struct other *other = parser->data;

	return evbuffer_add(other->body, p, n);
}

static int
on_message_complete(llhttp_t *parser)
{
	struct other *other = parser->data;

	other->complete = true;
	return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
	.on_body = on_body,
	.on_message_complete = on_message_complete,
};

/* What two parsers both take they must take alike: that is what request
 * smuggling lives on. */
static void
compare(struct walk *w, bool is_request, struct slice input)
{
	struct other other = { .body = evbuffer_new() };
	llhttp_t parser;

	llhttp_init(
	    &parser, is_request ? HTTP_REQUEST : HTTP_RESPONSE, &settings);
	parser.data = &other;
	/* one message alone: llhttp would go on to the next */
	llhttp_execute(&parser, input.p, w->first_size);
	if (llhttp_get_errno(&parser) == HPE_OK ||
	    llhttp_get_errno(&parser) == HPE_PAUSED)
		must(other.complete || llhttp_message_needs_eof(&parser));
	if (other.complete)
		must_equal(other.body, w->first_body);
	evbuffer_free(other.body);
}

void
h1_walk(bool is_request, struct slice input,
    void (*on_head)(const struct head *head))
{
	static const size_t steps[] = { 1, 2, 7 };
	struct walk whole = { .on_head = on_head };

	run(&whole, is_request, input, input.n + 1);
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		struct walk pieces = { .on_head = NULL };

		run(&pieces, is_request, input, steps[i]);
		must_equal(whole.text, pieces.text);
		clear(&pieces);
	}
	if (whole.messages > 0 && !whole.bare)
		compare(&whole, is_request, input);
	clear(&whole);
}

static void
must_match(const struct head *a, const struct head *b)
{
	must(a->minor == b->minor && a->framing == b->framing);
	must(a->length == b->length && a->status == b->status);
	must(a->keep_alive == b->keep_alive && a->upgrade == b->upgrade);
	must(a->expect_continue == b->expect_continue);
	must(slice_eq(a->method_text, b->method_text));
	must(slice_eq(a->reason, b->reason));
	must(a->target.form == b->target.form);
	must(a->target.scheme == b->target.scheme);
	must(a->target.port == b->target.port);
	must(host_eq(&a->target.host, &b->target.host));
	must(slice_eq(a->target.path_query, b->target.path_query));
	must(slice_eq(a->target.path, b->target.path));
	must(slice_eq(a->target.path_loose, b->target.path_loose));
	must(a->nfields == b->nfields);
	for (size_t i = 0; i < a->nfields; i++) {
		must(a->fields[i].id == b->fields[i].id);
		must(slice_eq(a->fields[i].name, b->fields[i].name));
		must(slice_eq(a->fields[i].value, b->fields[i].value));
	}
}

void
h1_walk_again(const struct head *head, enum method_id method)
{
	/* canonical hosts and spaces behind colons may take more room */
	const struct h1_limits wide = { 8192, 65536, 64 };
	struct h1_reader *reader = h1_reader_new(head->is_request, &wide);
	struct evbuffer *bytes = evbuffer_new();
	struct arena *arena = arena_new(1024);
	struct head again;

	if (head->is_request)
		h1_write_request(bytes, head);
	else
		h1_write_response(bytes, head);
	must(h1_read_head(reader, bytes, true, arena, method, &again) ==
	    H1_HEAD);
	must(evbuffer_get_length(bytes) == 0);
	must_match(head, &again);
	evbuffer_free(bytes);
	arena_free(arena);
	h1_reader_free(reader);
}
