/*
 * h1_fields: llhttp names the pieces, and this file holds it to account:
 * every byte of the section must belong to a name, a colon, blank space, a
 * value or a CRLF, in that order.  So whatever llhttp lets pass in one of its
 * versions or modes (a lone CR, folded lines, space before a colon) is found
 * here by what is left over.
 */
#include "http/h1_fields.h"

#include <string.h>

#include <llhttp.h>

struct walk {
	struct head *head;
	const char *at;  /* all before it is accounted for */
	const char *end; /* of the section */
	struct slice name, value;
	bool open; /* a name was seen, and not yet the end of its line */
	struct h1_fault fault;
};

static const char *
skip_blank(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p;
}

/* The line of the pending field ends where `next` starts. */
static struct h1_fault
close_line(struct walk *walk, const char *next)
{
	const char *p = walk->name.p + walk->name.n;
	struct slice value = slice_trim(walk->value);

	if (walk->name.p != walk->at)
		return H1_FAULT(H1_AMBIGUOUS, "stray bytes between fields");
	if (p < walk->end && (*p == ' ' || *p == '\t'))
		return H1_FAULT(H1_AMBIGUOUS, "space before a colon");
	if (!token_ok(walk->name) || p == walk->end || *p != ':')
		return H1_FAULT(H1_BAD_SYNTAX, "bad field name");
	p = skip_blank(p + 1, walk->end);
	if (value.n > 0 && value.p != p)
		return H1_FAULT(H1_AMBIGUOUS, "stray bytes before a value");
	if (!field_value_ok(value))
		return H1_FAULT(H1_AMBIGUOUS, "control byte in a value");
	p = skip_blank(p + value.n, walk->end);
	if (next - p != 2 || p[0] != '\r' || p[1] != '\n')
		return H1_FAULT(H1_AMBIGUOUS, "bare CR, LF or folded line");
	head_add_other(walk->head, walk->name, value);
	walk->open = false;
	walk->at = next;
	return H1_FINE;
}

static int
on_header_field(llhttp_t *parser, const char *p, size_t n)
{
	struct walk *walk = parser->data;

	if (walk->open) {
		walk->fault = close_line(walk, p);
		if (walk->fault.error != H1_OK)
			return HPE_USER;
	}
	walk->name = slice_from(p, n);
	walk->value = SLICE_EMPTY;
	walk->open = true;
	return 0;
}

static int
on_header_value(llhttp_t *parser, const char *p, size_t n)
{
	struct walk *walk = parser->data;

	if (n == 0)
		return 0;
	if (walk->value.n > 0) {
		walk->fault = H1_FAULT(H1_AMBIGUOUS, "folded line");
		return HPE_USER;
	}
	walk->value = slice_from(p, n);
	return 0;
}

static int
on_headers_complete(llhttp_t *parser)
{
	return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
	.on_header_field = on_header_field,
	.on_header_value = on_header_value,
	.on_headers_complete = on_headers_complete,
};

/* Does the line that p is in have a space in front, or before its colon? */
static bool
is_spaced(const struct walk *walk, const char *p)
{
	while (p > walk->at && p[-1] != '\n')
		p--;
	while (p < walk->end && token_ok(slice_from(p, 1)))
		p++;
	return p < walk->end && (*p == ' ' || *p == '\t');
}

/* llhttp refused: say it in our words, by the byte it stopped at. */
static struct h1_fault
refusal(const struct walk *walk, llhttp_t *parser, llhttp_errno_t error)
{
	const char *p = llhttp_get_error_pos(parser);

	if (error == HPE_UNEXPECTED_CONTENT_LENGTH)
		return H1_FAULT(H1_AMBIGUOUS,
		    "content-length with transfer-encoding, or twice");
	if (error == HPE_INVALID_CONTENT_LENGTH)
		return H1_FAULT(H1_AMBIGUOUS, "odd content-length");
	if (error == HPE_INVALID_TRANSFER_ENCODING)
		return H1_FAULT(H1_UNKNOWN_CODING, "odd transfer-encoding");
	if (p == NULL || p < walk->at || p >= walk->end)
		return H1_FAULT(H1_BAD_SYNTAX, "bad field line");
	if (is_spaced(walk, p))
		return H1_FAULT(H1_AMBIGUOUS, "odd space in a field line");
	if (*p == '\r' || *p == '\n' || (p > walk->at && p[-1] == '\r'))
		return H1_FAULT(H1_AMBIGUOUS, "bare CR or LF");
	return H1_FAULT(H1_BAD_SYNTAX, "bad byte in a field line");
}

struct h1_fault
h1_fields_parse(struct slice section, struct head *head)
{
	static const char start[] = "GET / HTTP/1.1\r\n";
	struct walk walk = {
		.head = head, .at = section.p, .end = section.p + section.n
	};
	llhttp_errno_t error;
	llhttp_t parser;

	/* Start lines are read in http/h1_head.c, since llhttp knows but
	 * its own list of methods; so it gets one to its liking. */
	llhttp_init(&parser, HTTP_REQUEST, &settings);
	parser.data = &walk;
	error = llhttp_execute(&parser, start, sizeof(start) - 1);
	if (error == HPE_OK)
		error = llhttp_execute(&parser, section.p, section.n);
	if (walk.fault.error != H1_OK)
		return walk.fault;
	if (error != HPE_PAUSED)
		return refusal(&walk, &parser, error);
	if (walk.open) {
		walk.fault = close_line(&walk, walk.end - 2);
		if (walk.fault.error != H1_OK)
			return walk.fault;
	}
	if (walk.end - walk.at != 2)
		return H1_FAULT(H1_AMBIGUOUS, "header ends too early");
	return H1_FINE;
}
