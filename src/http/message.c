/*
 * message: a head as a list of fields.  A list it stays: heads hold some
 * twenty fields, whose numbers are compared faster than any table is built.
 */
#include "http/message.h"

#include <string.h>

#include "base/mem.h"
#include "base/must.h"

/* More than browsers send with a request. */
#define FIELDS_AT_FIRST 32

void
head_init(struct head *head, struct arena *arena)
{
	memset(head, 0, sizeof(*head));
	head->arena = arena;
	head->is_request = true;
	head->minor = 1;
	head->keep_alive = true;
}

const struct field *
head_get(const struct head *head, enum field_id id)
{
	for (size_t i = 0; i < head->nfields; i++)
		if (head->fields[i].id == id)
			return &head->fields[i];
	return NULL;
}

struct slice
head_value(const struct head *head, enum field_id id)
{
	const struct field *field = head_get(head, id);

	return field ? field->value : SLICE_EMPTY;
}

size_t
head_count(const struct head *head, enum field_id id)
{
	size_t count = 0;

	for (size_t i = 0; i < head->nfields; i++)
		count += head->fields[i].id == id;
	return count;
}

bool
head_is_repeatable(const struct head *request)
{
	switch (request->method) {
	case METHOD_GET:
	case METHOD_HEAD:
	case METHOD_OPTIONS:
	case METHOD_TRACE:
	case METHOD_PUT:
	case METHOD_DELETE:
		return request->framing == FRAMING_NONE;
	case METHOD_OTHER:
	case METHOD_POST:
	case METHOD_CONNECT:
	case METHOD_PATCH:
		break;
	}
	return false;
}

bool
head_has_token(const struct head *head, enum field_id id, struct slice token)
{
	for (size_t i = 0; i < head->nfields; i++) {
		struct slice rest = head->fields[i].value, part;

		if (head->fields[i].id != id)
			continue;
		while (slice_split(&rest, ',', &part))
			if (slice_caseeq(slice_trim(part), token))
				return true;
	}
	return false;
}

static void
append(struct head *head, struct field field)
{
	if (head->nfields == head->cap) {
		size_t cap = head->cap ? 2 * head->cap : FIELDS_AT_FIRST;
		size_t bytes;
		struct field *fields;

		must(mem_mul(cap, sizeof(*fields), &bytes));
		fields = arena_alloc(head->arena, bytes);
		if (head->nfields > 0)
			memcpy(fields, head->fields,
			    head->nfields * sizeof(*fields));
		head->fields = fields;
		head->cap = cap;
	}
	head->fields[head->nfields++] = field;
}

void
head_add(struct head *head, enum field_id id, struct slice value)
{
	must(id != FIELD_OTHER);
	append(head, (struct field){ id, field_name(id), value });
}

void
head_add_other(struct head *head, struct slice name, struct slice value)
{
	append(head, (struct field){ field_lookup(name), name, value });
}

void
head_remove(struct head *head, enum field_id id)
{
	size_t kept = 0;

	for (size_t i = 0; i < head->nfields; i++)
		if (head->fields[i].id != id)
			head->fields[kept++] = head->fields[i];
	head->nfields = kept;
}

void
head_set(struct head *head, enum field_id id, struct slice value)
{
	head_remove(head, id);
	head_add(head, id, value);
}

enum method_id
method_lookup(struct slice text)
{
	static const char *const names[] = {
		[METHOD_GET] = "GET",
		[METHOD_HEAD] = "HEAD",
		[METHOD_POST] = "POST",
		[METHOD_PUT] = "PUT",
		[METHOD_DELETE] = "DELETE",
		[METHOD_CONNECT] = "CONNECT",
		[METHOD_OPTIONS] = "OPTIONS",
		[METHOD_TRACE] = "TRACE",
		[METHOD_PATCH] = "PATCH",
	};

	for (size_t i = METHOD_GET; i < sizeof(names) / sizeof(*names); i++)
		if (text.n > 0 && text.p[0] == names[i][0] &&
		    slice_eq_str(text, names[i]))
			return i;
	return METHOD_OTHER;
}

struct status_row {
	uint16_t status;
	const char *text;
};

/* The registry of RFC 9110 section 16.2.1, in its order. */
static const struct status_row statuses[] = {
	{ 100, "Continue" },
	{ 101, "Switching Protocols" },
	{ 103, "Early Hints" },
	{ 200, "OK" },
	{ 201, "Created" },
	{ 202, "Accepted" },
	{ 203, "Non-Authoritative Information" },
	{ 204, "No Content" },
	{ 205, "Reset Content" },
	{ 206, "Partial Content" },
	{ 300, "Multiple Choices" },
	{ 301, "Moved Permanently" },
	{ 302, "Found" },
	{ 303, "See Other" },
	{ 304, "Not Modified" },
	{ 307, "Temporary Redirect" },
	{ 308, "Permanent Redirect" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" },
	{ 407, "Proxy Authentication Required" },
	{ 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 410, "Gone" },
	{ 411, "Length Required" },
	{ 412, "Precondition Failed" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 415, "Unsupported Media Type" },
	{ 416, "Range Not Satisfiable" },
	{ 417, "Expectation Failed" },
	{ 421, "Misdirected Request" },
	{ 422, "Unprocessable Content" },
	{ 425, "Too Early" },
	{ 426, "Upgrade Required" },
	{ 428, "Precondition Required" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 451, "Unavailable For Legal Reasons" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 502, "Bad Gateway" },
	{ 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" },
	{ 505, "HTTP Version Not Supported" },
	{ 507, "Insufficient Storage" },
	{ 508, "Loop Detected" },
	{ 511, "Network Authentication Required" },
};

const char *
status_text(unsigned status)
{
	for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++)
		if (statuses[i].status == status)
			return statuses[i].text;
	return "Unknown";
}
