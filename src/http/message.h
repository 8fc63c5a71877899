/*
 * message: a request's or a response's head, free of its wire version.
 *
 * All slices borrow from the arena the head was read into (one copy of the
 * head's bytes); they live as long as the exchange.  Whatever two parsers
 * could read differently never becomes a head: see http/h1_read.h.
 */
#ifndef HTTP_MESSAGE_H
#define HTTP_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"
#include "http/field.h"
#include "http/target.h"

enum method_id {
	METHOD_OTHER = 0,
	METHOD_GET,
	METHOD_HEAD,
	METHOD_POST,
	METHOD_PUT,
	METHOD_DELETE,
	METHOD_CONNECT,
	METHOD_OPTIONS,
	METHOD_TRACE,
	METHOD_PATCH
};

/* How the end of the body is known (RFC 9112 section 6.3). */
enum framing {
	FRAMING_NONE,   /* no body */
	FRAMING_LENGTH, /* Content-Length */
	FRAMING_CHUNKED,
	FRAMING_CLOSE /* until the origin closes: responses only */
};

struct head {
	struct arena *arena; /* borrowed */
	bool is_request;
	uint8_t minor; /* HTTP/1.minor: received, or to be written; 0 or 1 */

	/* request */
	enum method_id method;
	struct slice method_text;
	struct target target;

	/* response */
	uint16_t status;
	struct slice reason;

	struct field *fields; /* arena */
	size_t nfields, cap;

	enum framing framing;
	uint64_t length;      /* FRAMING_LENGTH */
	bool keep_alive;      /* what this message says of its connection */
	bool expect_continue; /* request with a body: Expect: 100-continue */
	bool upgrade;         /* request: asks; response: status 101 */
};

void head_init(struct head *head, struct arena *arena);

/* The first field of that id, or NULL. Borrowed. */
const struct field *head_get(const struct head *head, enum field_id id);
struct slice head_value(const struct head *head, enum field_id id);
size_t head_count(const struct head *head, enum field_id id);
/* Does a comma-separated list field (all its lines) hold the token? */
bool head_has_token(
    const struct head *head, enum field_id id, struct slice token);

/* Slices must live as long as the head's arena. */
void head_add(struct head *head, enum field_id id, struct slice value);
void head_add_other(struct head *head, struct slice name, struct slice value);
void head_remove(struct head *head, enum field_id id);
/* Replaces all of that id by one. */
void head_set(struct head *head, enum field_id id, struct slice value);

/* May the request be sent once more where its connection broke: does a
 * second one change nothing (RFC 9110 section 9.2.2), and has it no body? */
bool head_is_repeatable(const struct head *request);

/* Methods are case-sensitive: "get" is METHOD_OTHER. */
enum method_id method_lookup(struct slice text);

/* The standard reason phrase, or "Unknown". */
const char *status_text(unsigned status);

#endif
