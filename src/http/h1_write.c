/*
 * h1_write: from parts to bytes.  A head is measured, then written into one
 * piece of the stream's own memory; bodies are moved.
 */
#include "http/h1_write.h"

#include <stdio.h>
#include <string.h>

#include "base/must.h"

struct pen {
	char *p;
	const char *end;
};

static void
put(struct pen *pen, struct slice s)
{
	must(s.n <= (size_t)(pen->end - pen->p));
	if (s.n > 0)
		memcpy(pen->p, s.p, s.n);
	pen->p += s.n;
}

/* What a reader could take for the end of the line: only a bug of ours can
 * have brought it here. */
static bool
is_clean(struct slice s)
{
	return s.n == 0 ||
	    (!memchr(s.p, '\r', s.n) && !memchr(s.p, '\n', s.n) &&
		!memchr(s.p, '\0', s.n));
}

static size_t
fields_size(const struct field *fields, size_t n)
{
	size_t size = 0;

	for (size_t i = 0; i < n; i++)
		size += fields[i].name.n + fields[i].value.n + 4;
	return size;
}

static void
put_fields(struct pen *pen, const struct field *fields, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		must(is_clean(fields[i].value) && token_ok(fields[i].name));
		put(pen, fields[i].name);
		put(pen, SLICE(": "));
		put(pen, fields[i].value);
		put(pen, SLICE("\r\n"));
	}
	put(pen, SLICE("\r\n"));
}

/* Parts of the start line, in order, and the fields behind them. */
static void
write_message(struct evbuffer *out, const struct slice *parts, size_t nparts,
    const struct field *fields, size_t nfields)
{
	struct evbuffer_iovec room;
	size_t size = fields_size(fields, nfields) + 2;
	struct pen pen;

	for (size_t i = 0; i < nparts; i++)
		size += parts[i].n;
	must(evbuffer_reserve_space(out, size, &room, 1) == 1);
	pen.p = room.iov_base;
	pen.end = pen.p + size;
	for (size_t i = 0; i < nparts; i++)
		put(&pen, parts[i]);
	put_fields(&pen, fields, nfields);
	must(pen.p == pen.end);
	room.iov_len = size;
	must(evbuffer_commit_space(out, &room, 1) == 0);
}

void
h1_write_request(struct evbuffer *out, const struct head *head)
{
	const struct target *target = &head->target;
	struct slice authority = SLICE_EMPTY, path = target->path_query;
	struct slice scheme = SLICE_EMPTY, colon = SLICE_EMPTY;

	must(head->is_request && token_ok(head->method_text));
	if (target->form == TARGET_ABSOLUTE) {
		scheme = scheme_text(target->scheme);
		colon = SLICE("://");
		authority = authority_text(head->arena, &target->host,
		    target->port, scheme_port(target->scheme));
		/* OPTIONS of the server as such has no path in this form. */
		if (slice_eq_str(path, "*"))
			path = SLICE_EMPTY;
	} else if (target->form == TARGET_AUTHORITY) {
		authority = authority_text(
		    head->arena, &target->host, target->port, 0);
		path = SLICE_EMPTY;
	}
	must(is_clean(path) && slice_find(path, ' ') == path.n);
	write_message(out,
	    (const struct slice[]){
		head->method_text,
		SLICE(" "),
		scheme,
		colon,
		authority,
		path,
		head->minor ? SLICE(" HTTP/1.1\r\n") : SLICE(" HTTP/1.0\r\n"),
	    },
	    7, head->fields, head->nfields);
}

void
h1_write_response(struct evbuffer *out, const struct head *head)
{
	char status[4];

	must(!head->is_request && is_clean(head->reason));
	must(head->status >= 100 && head->status <= 999);
	status[0] = (char)('0' + head->status / 100);
	status[1] = (char)('0' + head->status / 10 % 10);
	status[2] = (char)('0' + head->status % 10);
	status[3] = ' ';
	write_message(out,
	    (const struct slice[]){
		head->minor ? SLICE("HTTP/1.1 ") : SLICE("HTTP/1.0 "),
		slice_from(status, sizeof(status)),
		head->reason,
		SLICE("\r\n"),
	    },
	    4, head->fields, head->nfields);
}

void
h1_write_body(struct evbuffer *out, struct evbuffer *body, enum framing framing)
{
	size_t n = evbuffer_get_length(body);
	char size[24];
	int len;

	/* An empty chunk would be the last one. */
	if (n == 0)
		return;
	must(framing != FRAMING_NONE);
	if (framing != FRAMING_CHUNKED) {
		must(evbuffer_add_buffer(out, body) == 0);
		return;
	}
	len = snprintf(size, sizeof(size), "%zx\r\n", n);
	must(evbuffer_add(out, size, (size_t)len) == 0);
	must(evbuffer_add_buffer(out, body) == 0);
	must(evbuffer_add(out, "\r\n", 2) == 0);
}

void
h1_write_end(struct evbuffer *out, enum framing framing,
    const struct field *trailers, size_t ntrailers)
{
	const struct slice last = SLICE("0\r\n");

	if (framing == FRAMING_CHUNKED)
		write_message(out, &last, 1, trailers, ntrailers);
}

void
h1_write_continue(struct evbuffer *out)
{
	static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";

	must(evbuffer_add(out, text, sizeof(text) - 1) == 0);
}
