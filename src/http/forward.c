/*
 * forward: one pass over the fields of a head that decides what the next hop
 * gets, and the few fields that are written anew behind it.  It never looks
 * at a body and never sends anything.
 */
#include "http/forward.h"

#include <string.h>

#include "base/must.h"

/* What is to stand in Connection, as bits. */
enum {
	SAY_CLOSE = 1,
	SAY_KEEP = 2,
	SAY_UPGRADE = 4,
	SAY_TE = 8
};

static bool
is_proxy_field(const struct field *field)
{
	return slice_caseeq_str(field->name, "proxy") ||
	    slice_caseeq_str(slice_sub(field->name, 0, 6), "proxy-");
}

/* Empties the names of fields that a Connection option names and that it may
 * name: see the header. The number of options is bounded by the reader. */
static void
mark_named(struct head *head)
{
	if (!head_get(head, FIELD_CONNECTION))
		return;
	for (size_t i = 0; i < head->nfields; i++) {
		struct field *field = &head->fields[i];

		if (field->id == FIELD_OTHER &&
		    head_has_token(head, FIELD_CONNECTION, field->name))
			field->name = SLICE_EMPTY;
	}
}

static bool
passes(const struct head *head, const struct field *field, bool keep_upgrade)
{
	if (field->name.n == 0)
		return false;
	if (field->id == FIELD_UPGRADE)
		return keep_upgrade;
	if (field_flags(field->id) & FIELD_IS_HOP)
		return false;
	return head->is_request ? !is_proxy_field(field)
				: field->id != FIELD_ALT_SVC;
}

static void
drop_fields(struct head *head, bool keep_upgrade)
{
	size_t kept = 0;

	mark_named(head);
	for (size_t i = 0; i < head->nfields; i++)
		if (passes(head, &head->fields[i], keep_upgrade))
			head->fields[kept++] = head->fields[i];
	head->nfields = kept;
}

static void
add_connection(struct head *head, unsigned say)
{
	static const struct slice texts[16] = {
		[SAY_CLOSE] = { "close", 5 },
		[SAY_KEEP] = { "keep-alive", 10 },
		[SAY_UPGRADE] = { "Upgrade", 7 },
		[SAY_TE] = { "TE", 2 },
		[SAY_CLOSE | SAY_TE] = { "close, TE", 9 },
		[SAY_KEEP | SAY_TE] = { "keep-alive, TE", 14 },
		[SAY_UPGRADE | SAY_TE] = { "Upgrade, TE", 11 },
		[SAY_CLOSE | SAY_UPGRADE] = { "close, Upgrade", 14 },
		[SAY_KEEP | SAY_UPGRADE] = { "keep-alive, Upgrade", 19 },
	};

	if (say == 0)
		return;
	must(say < 16 && texts[say].n > 0);
	head_add(head, FIELD_CONNECTION, texts[say]);
}

static unsigned
say_persistence(uint8_t minor, bool keep)
{
	if (minor == 1)
		return keep ? 0 : SAY_CLOSE;
	return keep ? SAY_KEEP : 0;
}

/* A line of its own: the list goes on over lines (RFC 9110 section 5.3). The
 * version is the one in which the message was received. */
static void
add_via(struct head *head, struct slice via)
{
	if (via.n == 0)
		return;
	if (head->minor == 0 && slice_starts(via, SLICE("1.1 ")))
		via = arena_printf(
		    head->arena, "1.0 %.*s", SLICE_ARG(slice_from_idx(via, 4)));
	head_add(head, FIELD_VIA, via);
}

/* Content-Length in plain digits: "007" is 7. */
static void
tidy_length(struct head *head)
{
	for (size_t i = 0; i < head->nfields; i++) {
		struct slice *value = &head->fields[i].value;

		if (head->fields[i].id != FIELD_CONTENT_LENGTH)
			continue;
		while (value->n > 1 && value->p[0] == '0')
			*value = slice_from_idx(*value, 1);
	}
}

static void
put_first(struct head *head, enum field_id id, struct slice value)
{
	struct field first;

	head_set(head, id, value);
	first = head->fields[head->nfields - 1];
	memmove(head->fields + 1, head->fields,
	    (head->nfields - 1) * sizeof(first));
	head->fields[0] = first;
}

/* Protocols that the proxy can't let run unseen through a tunnel. */
static bool
upgrade_is_safe(const struct head *head)
{
	for (size_t i = 0; i < head->nfields; i++) {
		struct slice rest = head->fields[i].value, part;

		if (head->fields[i].id != FIELD_UPGRADE)
			continue;
		while (slice_split(&rest, ',', &part)) {
			struct slice name = slice_trim(part);

			name = slice_sub(name, 0, slice_find(name, '/'));
			if (slice_caseeq_str(name, "h2c") ||
			    slice_caseeq_str(name, "h2") ||
			    slice_caseeq_str(name, "http") ||
			    slice_caseeq_str(name, "tls"))
				return false;
		}
	}
	return true;
}

enum framing
forward_request(struct head *head, const struct host *host, uint16_t port,
    uint16_t default_port, const struct forward_opts *opts)
{
	unsigned say = say_persistence(opts->next_minor, opts->next_keep_alive);
	bool trailers = head_has_token(head, FIELD_TE, SLICE("trailers"));

	must(head->is_request);
	head->upgrade = head->upgrade && opts->pass_upgrade &&
	    opts->next_minor == 1 && upgrade_is_safe(head);
	drop_fields(head, head->upgrade);
	put_first(head, FIELD_HOST,
	    authority_text(head->arena, host, port, default_port));
	tidy_length(head);
	/* A 1.0 client's is to be ignored, a 1.0 origin knows nothing of it:
	 * RFC 9110 section 10.1.1. */
	if (head->minor == 0 || opts->next_minor == 0)
		head_remove(head, FIELD_EXPECT);
	if (head->framing == FRAMING_CHUNKED && opts->next_minor == 1)
		head_add(head, FIELD_TRANSFER_ENCODING, SLICE("chunked"));
	else
		head_remove(head, FIELD_TRAILER);
	/* A connection that changes its protocol isn't closed behind this
	 * message, nor kept. */
	if (head->upgrade)
		say = SAY_UPGRADE;
	if (trailers && opts->next_minor == 1) {
		head_add(head, FIELD_TE, SLICE("trailers"));
		say |= SAY_TE;
	}
	add_via(head, opts->via);
	add_connection(head, say);
	head->minor = opts->next_minor;
	if (slice_eq_str(head->target.path_query, "*"))
		head->target.form = TARGET_ASTERISK;
	else if (head->target.form == TARGET_ABSOLUTE)
		head->target.form = TARGET_ORIGIN;
	return head->framing;
}

/* How the body goes on to a client of that version. */
static enum framing
reframe(enum framing framing, uint8_t minor)
{
	if (framing == FRAMING_NONE || framing == FRAMING_LENGTH)
		return framing;
	return minor == 1 ? FRAMING_CHUNKED : FRAMING_CLOSE;
}

enum framing
forward_response(
    struct head *head, enum method_id method, const struct forward_opts *opts)
{
	bool upgrades = opts->pass_upgrade &&
	    (head->status == 101 || head->status == 426);
	bool interim = head->status < 200;
	enum framing framing = reframe(head->framing, opts->next_minor);
	bool keep = opts->next_keep_alive && framing != FRAMING_CLOSE;
	unsigned say = say_persistence(opts->next_minor, keep);

	must(!head->is_request);
	drop_fields(head, upgrades);
	/* RFC 9110 section 8.6: never in these, whatever the origin said. */
	if (interim || head->status == 204)
		head_remove(head, FIELD_CONTENT_LENGTH);
	tidy_length(head);
	if (framing == FRAMING_CHUNKED)
		head_add(head, FIELD_TRANSFER_ENCODING, SLICE("chunked"));
	else
		head_remove(head, FIELD_TRAILER);
	if (!interim && opts->date.n > 0 && !head_get(head, FIELD_DATE))
		head_add(head, FIELD_DATE, opts->date);
	add_via(head, opts->via);
	if (upgrades)
		say |= SAY_UPGRADE;
	/* 1xx say nothing of the connection, 101 but that it changes. */
	if (head->status == 101)
		say &= SAY_UPGRADE;
	if (!interim || head->status == 101)
		add_connection(head, say);
	head->minor = 1;
	return framing;
}

int
forward_max_forwards(struct head *head)
{
	const struct field *field = head_get(head, FIELD_MAX_FORWARDS);
	uint64_t hops;

	if (head->method != METHOD_TRACE && head->method != METHOD_OPTIONS)
		return -1;
	if (!field || slice_to_u64(field->value, UINT32_MAX, &hops) < 0)
		return -1;
	if (hops == 0)
		return 0;
	head_set(head, FIELD_MAX_FORWARDS,
	    arena_printf(head->arena, "%u", (unsigned)(hops - 1)));
	return 1;
}

/* "1.1 name", "HTTP/1.1 name (comment)": is it the name's? */
static bool
via_is(struct slice element, struct slice pseudonym)
{
	struct slice s = slice_trim(element);

	s = slice_trim(slice_from_idx(s, slice_find(s, ' ')));
	s = slice_sub(s, 0, slice_find(s, ' '));
	return slice_caseeq(s, pseudonym);
}

bool
forward_loops(const struct head *head, struct slice pseudonym)
{
	size_t space = slice_rfind(pseudonym, ' ');

	if (space < pseudonym.n)
		pseudonym = slice_from_idx(pseudonym, space + 1);
	for (size_t i = 0; i < head->nfields; i++) {
		struct slice rest = head->fields[i].value, part;

		if (head->fields[i].id != FIELD_VIA)
			continue;
		while (slice_split(&rest, ',', &part))
			if (via_is(part, pseudonym))
				return true;
	}
	return false;
}
