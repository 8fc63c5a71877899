/*
 * h1_head: start lines, and the judgement whether a head can be read in one
 * way only.  What can't is refused here, before anything of it is sent on.
 */
#include "http/h1_head.h"

#include <string.h>

#include "http/h1_fields.h"

/* 2^63-1: what the signed arithmetic of some other hop still holds. */
#define LENGTH_MAX INT64_MAX
#define OPTIONS_MAX 32 /* of Connection; there are rarely more than two */

/* "HTTP/1.0" or "HTTP/1.1". */
static struct h1_fault
parse_version(struct slice s, uint8_t *minor)
{
	if (s.n != 8 || memcmp(s.p, "HTTP/", 5) != 0 || s.p[6] != '.' ||
	    s.p[5] < '0' || s.p[5] > '9' || s.p[7] < '0' || s.p[7] > '9')
		return H1_FAULT(H1_BAD_SYNTAX, "no HTTP version");
	if (s.p[5] != '1' || s.p[7] > '1')
		return H1_FAULT(H1_BAD_VERSION, "HTTP version not supported");
	*minor = s.p[7] - '0';
	return H1_FINE;
}

/* "GET /path HTTP/1.1": RFC 9112 section 3, with one space at each place. */
static struct h1_fault
parse_request_line(struct slice line, struct head *head)
{
	size_t first = slice_find(line, ' ');
	size_t second = slice_rfind(line, ' ');
	struct slice target;
	struct h1_fault fault;
	const char *words;

	if (first == line.n || first == second)
		return H1_FAULT(H1_BAD_SYNTAX, "bad request line");
	head->method_text = slice_sub(line, 0, first);
	if (!token_ok(head->method_text))
		return H1_FAULT(H1_BAD_SYNTAX, "bad method");
	fault = parse_version(slice_from_idx(line, second + 1), &head->minor);
	if (fault.error != H1_OK)
		return fault;
	head->method = method_lookup(head->method_text);
	target = slice_sub(line, first + 1, second - first - 1);
	words = target_parse(target, head->method == METHOD_CONNECT,
	    head->method == METHOD_OPTIONS, head->arena, &head->target);
	return words ? H1_FAULT(H1_BAD_SYNTAX, words) : H1_FINE;
}

/* "HTTP/1.1 200 OK": the reason may be empty, and so may be the space. Codes
 * above 599 are no standard's, but some large sites answer 999: a client takes
 * them for a server's error (RFC 9110 section 15). */
static struct h1_fault
parse_status_line(struct slice line, struct head *head)
{
	struct h1_fault fault;
	uint64_t status;

	fault = parse_version(slice_sub(line, 0, 8), &head->minor);
	if (fault.error != H1_OK)
		return fault;
	if (line.n < 12 || line.p[8] != ' ' ||
	    slice_to_u64(slice_sub(line, 9, 3), 999, &status) < 0 ||
	    status < 100)
		return H1_FAULT(H1_BAD_SYNTAX, "bad status code");
	if (line.n > 12 && line.p[12] != ' ')
		return H1_FAULT(H1_BAD_SYNTAX, "bad status line");
	head->status = status;
	head->reason = slice_trim(slice_from_idx(line, 13));
	if (!field_value_ok(head->reason))
		return H1_FAULT(H1_BAD_SYNTAX, "control byte in the reason");
	return H1_FINE;
}

/* Fields that stand twice where they may stand but once. */
static struct h1_fault
check_repeats(const struct head *head, unsigned flag)
{
	uint64_t seen = 0;

	for (size_t i = 0; i < head->nfields; i++) {
		enum field_id id = head->fields[i].id;
		uint64_t bit = (uint64_t)1 << id;

		if ((field_flags(id) & flag) == 0)
			continue;
		if (seen & bit)
			return H1_FAULT(H1_AMBIGUOUS,
			    "a field that may stand once is repeated");
		seen |= bit;
	}
	return H1_FINE;
}

/* Each option is looked for among the fields when the head is forwarded: a
 * peer must not get to choose how long that takes. */
static struct h1_fault
check_options(const struct head *head)
{
	size_t count = 0;

	for (size_t i = 0; i < head->nfields; i++) {
		struct slice rest = head->fields[i].value, part;

		if (head->fields[i].id != FIELD_CONNECTION)
			continue;
		while (slice_split(&rest, ',', &part))
			count++;
	}
	return count > OPTIONS_MAX
	    ? H1_FAULT(H1_HEAD_TOO_LARGE, "too many connection options")
	    : H1_FINE;
}

/* Content-Length and Transfer-Encoding (RFC 9112 section 6): sets framing
 * and length by the fields alone, FRAMING_NONE without any. */
static struct h1_fault
parse_framing(struct head *head)
{
	const struct field *coding = head_get(head, FIELD_TRANSFER_ENCODING);
	const struct field *length = head_get(head, FIELD_CONTENT_LENGTH);

	if (coding && length)
		return H1_FAULT(
		    H1_AMBIGUOUS, "content-length with transfer-encoding");
	if (coding && head->minor == 0)
		return H1_FAULT(
		    H1_AMBIGUOUS, "transfer-encoding in an HTTP/1.0 message");
	if (coding && !slice_caseeq_str(coding->value, "chunked"))
		return H1_FAULT(
		    H1_UNKNOWN_CODING, "transfer-encoding other than chunked");
	if (length &&
	    slice_to_u64(length->value, LENGTH_MAX, &head->length) < 0)
		return H1_FAULT(H1_AMBIGUOUS, "odd content-length");
	head->framing = coding ? FRAMING_CHUNKED
	    : length           ? FRAMING_LENGTH
			       : FRAMING_NONE;
	return H1_FINE;
}

static bool
same_authority(const struct target *target, const struct host *host,
    uint16_t port, uint16_t absent)
{
	if (!host_eq(&target->host, host))
		return false;
	/* With CONNECT a Host without its port is common and harmless. */
	if (target->form == TARGET_AUTHORITY && port == absent)
		return true;
	return target->port == port;
}

/* Host (RFC 9112 section 3.2): must stand in a 1.1 request, and must agree
 * with the target. For origin-form it is the target's host. */
static struct h1_fault
check_host(struct head *head)
{
	const struct field *field = head_get(head, FIELD_HOST);
	struct target *target = &head->target;
	bool own = target->form == TARGET_ABSOLUTE ||
	    target->form == TARGET_AUTHORITY;
	uint16_t absent = 0, port;
	struct host host;
	const char *words;

	if (!field && head->minor == 1)
		return H1_FAULT(H1_BAD_SYNTAX, "no host field");
	if (!field)
		return H1_FINE;
	if (target->form == TARGET_ABSOLUTE)
		absent = scheme_port(target->scheme);
	words = authority_parse(field->value, absent, &host, &port);
	if (words)
		return H1_FAULT(H1_BAD_SYNTAX, words);
	if (own && !same_authority(target, &host, port, absent))
		return H1_FAULT(H1_AMBIGUOUS, "host field and target differ");
	if (!own) {
		target->host = host;
		target->port = port;
	}
	return H1_FINE;
}

struct h1_fault
h1_request_parse(struct slice text, size_t line, struct head *head)
{
	struct h1_fault fault;
	bool has_body;

	head->is_request = true;
	fault = parse_request_line(slice_sub(text, 0, line), head);
	if (fault.error == H1_OK)
		fault = h1_fields_parse(slice_from_idx(text, line + 2), head);
	if (fault.error == H1_OK)
		fault = check_repeats(head, FIELD_IS_ONE);
	if (fault.error == H1_OK)
		fault = check_options(head);
	if (fault.error == H1_OK)
		fault = parse_framing(head);
	if (fault.error == H1_OK)
		fault = check_host(head);
	if (fault.error != H1_OK)
		return fault;
	/* A body with CONNECT would stand where the tunnel starts. */
	has_body = head->framing == FRAMING_CHUNKED || head->length > 0;
	if (head->method == METHOD_CONNECT && has_body)
		return H1_FAULT(H1_AMBIGUOUS, "CONNECT with a body");
	if (head->method == METHOD_CONNECT)
		head->framing = FRAMING_NONE;
	/* A proxy doesn't take keep-alive from a 1.0 client, who may have
	 * meant it for the next hop: RFC 9112 section 9.3. */
	head->keep_alive = head->minor == 1 &&
	    !head_has_token(head, FIELD_CONNECTION, SLICE("close"));
	head->expect_continue = head->minor == 1 && has_body &&
	    slice_caseeq_str(head_value(head, FIELD_EXPECT), "100-continue");
	head->upgrade = head->minor == 1 && head_get(head, FIELD_UPGRADE) &&
	    head_has_token(head, FIELD_CONNECTION, SLICE("upgrade"));
	return H1_FINE;
}

/* RFC 9112 section 6.3, first to third case: messages that never have a
 * body, whatever their fields say. */
static bool
response_is_bare(const struct head *head, enum method_id method)
{
	return method == METHOD_HEAD || head->status < 200 ||
	    head->status == 204 || head->status == 304 ||
	    (method == METHOD_CONNECT && head->status < 300);
}

static struct h1_fault
frame_response(struct head *head, enum method_id method)
{
	bool says_body = head->framing == FRAMING_CHUNKED || head->length > 0;

	if (head->status < 200 && head->status != 101 && says_body)
		return H1_FAULT(H1_AMBIGUOUS, "interim response with a body");
	if (response_is_bare(head, method)) {
		/* Where no length may stand and one does, the origin may
		 * well send that body: nothing more is read behind it. */
		if (says_body && method != METHOD_HEAD && head->status != 304)
			head->keep_alive = false;
		head->framing = FRAMING_NONE;
	} else if (head->framing == FRAMING_NONE) {
		head->framing = FRAMING_CLOSE;
		head->keep_alive = false;
	}
	return H1_FINE;
}

struct h1_fault
h1_response_parse(
    struct slice text, size_t line, enum method_id method, struct head *head)
{
	struct h1_fault fault;

	head->is_request = false;
	fault = parse_status_line(slice_sub(text, 0, line), head);
	if (fault.error == H1_OK)
		fault = h1_fields_parse(slice_from_idx(text, line + 2), head);
	if (fault.error == H1_OK)
		fault = check_repeats(head, FIELD_IS_ALONE);
	if (fault.error == H1_OK)
		fault = check_options(head);
	if (fault.error == H1_OK)
		fault = parse_framing(head);
	if (fault.error != H1_OK)
		return fault;
	if (head_has_token(head, FIELD_CONNECTION, SLICE("close")))
		head->keep_alive = false;
	else
		head->keep_alive = head->minor == 1 ||
		    head_has_token(head, FIELD_CONNECTION, SLICE("keep-alive"));
	head->upgrade = head->status == 101;
	return frame_response(head, method);
}
