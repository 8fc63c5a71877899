/*
 * request: puts the parts of a request on the scan's list.
 *
 * Never decides what a value means.
 */
#include "credential/request.h"

#include "credential/coding.h"
#include "credential/escape.h"
#include "credential/span.h"
#include "credential/text.h"

#define HEADER_VALUE_MAX 8192 /* bytes of one looked into */
#define HEADERS_MAX 64        /* fields looked into */
#define SEGMENTS_MAX 64       /* pieces of a path */
#define CODINGS_MAX 4         /* content codings on top of each other */
#define COOKIES_MAX 64

/* Fields that carry no credential; a trailing '-' names a family. */
static const struct slice known_fields[] = {
	SLICE("accept"),
	SLICE("accept-"),
	SLICE("access-control-"),
	SLICE("cache-control"),
	SLICE("connection"),
	SLICE("content-"),
	SLICE("cookie"),
	SLICE("date"),
	SLICE("dnt"),
	SLICE("expect"),
	SLICE("forwarded"),
	SLICE("from"),
	SLICE("host"),
	SLICE("if-"),
	SLICE("keep-alive"),
	SLICE("max-forwards"),
	SLICE("origin"),
	SLICE("pragma"),
	SLICE("priority"),
	SLICE("proxy-"),
	SLICE("range"),
	SLICE("referer"),
	SLICE("sec-"),
	SLICE("te"),
	SLICE("trailer"),
	SLICE("transfer-encoding"),
	SLICE("upgrade"),
	SLICE("upgrade-insecure-requests"),
	SLICE("user-agent"),
	SLICE("via"),
	SLICE("x-forwarded-"),
	SLICE("x-requested-with"),
};

static bool
is_known(struct slice name)
{
	struct slice known;
	size_t i;

	for (i = 0; i < sizeof(known_fields) / sizeof(known_fields[0]); i++) {
		known = known_fields[i];
		if (name.n < known.n || (name.p[0] | 0x20) != known.p[0] ||
		    (name.n > known.n && known.p[known.n - 1] != '-'))
			continue;
		if (slice_caseeq(slice_sub(name, 0, known.n), known))
			return true;
	}
	return false;
}

/* "Basic dXNlcjpwYXNz" (RFC 7617); the scheme in any case. */
static bool
push_basic(struct scan *scan, struct slice value, uint32_t where)
{
	struct slice plain;
	size_t colon;

	value = text_trim(value);
	if (value.n < 7 || !slice_caseeq_str(slice_sub(value, 0, 6), "basic "))
		return false;
	plain = escape_base64(scan, text_trim(slice_from_idx(value, 6)));
	colon = slice_find(plain, ':');
	scan_root(scan, slice_sub(plain, 0, colon), where, SPAN_PART, RANK_PART,
	    CHARSET_COUNT);
	scan_root(scan, slice_from_idx(plain, colon + 1), where, SPAN_PART,
	    RANK_NAMED, CHARSET_COUNT);
	return true;
}

/* Session cookies are none of our business; a Basic header kept in one is. */
static void
push_cookies(struct scan *scan, struct slice rest)
{
	struct slice pair, value;
	unsigned count = 0;
	uint32_t where;
	size_t eq;

	while (count++ < COOKIES_MAX && slice_split(&rest, ';', &pair)) {
		pair = slice_trim(pair);
		eq = slice_find(pair, '=');
		value = slice_from_idx(pair, eq + 1);
		if (value.n < 7 ||
		    !slice_caseeq_str(slice_sub(value, 0, 5), "basic"))
			continue;
		value = escape_percent(scan, value, ESCAPE_PLUS);
		where = scan_step(
		    scan, WHERE_NONE, WHERE_COOKIE, slice_sub(pair, 0, eq), 0);
		push_basic(scan, value, where);
	}
}

bool
request_passes_field(struct slice name, struct slice value)
{
	/* a cookie may hold what stood in a Basic header */
	if (slice_caseeq_str(name, "cookie"))
		return slice_search(value, SLICE("asic")) == value.n;
	/* a browser's script names its protocols as it likes */
	if (slice_caseeq_str(name, "sec-websocket-protocol"))
		return false;
	return is_known(name);
}

/* Schemes whose value is no password in any simple disguise: looking into
 * their long tokens would only cost. */
static bool
is_token(struct slice scheme, struct slice rest)
{
	static const struct slice schemes[] = {
		SLICE("aws4-hmac-sha256"),
		SLICE("digest"),
		SLICE("hawk"),
		SLICE("negotiate"),
		SLICE("ntlm"),
		SLICE("oauth"),
	};
	size_t i;

	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (slice_caseeq(scheme, schemes[i]))
			return true;
	/* a JSON object in base64url: RFC 7519 */
	return slice_eq_str(slice_sub(rest, 0, 3), "eyJ") &&
	    slice_find(rest, '.') < rest.n;
}

/* What stands behind a scheme, or without one (RFC 9110 section 11.4). */
static void
push_authorization(struct scan *scan, struct slice value, uint32_t where)
{
	size_t space;
	struct slice rest;

	value = text_trim(value);
	space = slice_find(value, ' ');
	rest = space < value.n ? text_trim(slice_from_idx(value, space + 1))
			       : value;
	if (!is_token(slice_sub(value, 0, space), rest))
		scan_root(
		    scan, rest, where, SPAN_VALUE, RANK_VALUE, CHARSET_COUNT);
}

static void
push_fields(struct scan *scan, const struct request_view *request)
{
	const struct request_field *field;
	struct slice value;
	size_t i, used = 0;
	uint32_t where;

	for (i = 0; i < request->nfields; i++) {
		field = &request->fields[i];
		if (slice_caseeq_str(field->name, "cookie")) {
			push_cookies(scan, field->value);
			continue;
		}
		if (request_passes_field(field->name, field->value))
			continue;
		value = slice_sub(field->value, 0, HEADER_VALUE_MAX);
		if (value.n < field->value.n)
			scan_cut(scan, SCAN_CUT_SPANS);
		if (used++ == HEADERS_MAX) {
			scan_cut(scan, SCAN_CUT_SPANS);
			return;
		}
		where = scan_step(
		    scan, WHERE_NONE, WHERE_HEADER, field->name, 0);
		if (push_basic(scan, value, where))
			continue;
		if (slice_caseeq_str(field->name, "authorization"))
			push_authorization(scan, value, where);
		else
			scan_root(scan, value, where, SPAN_VALUE,
			    rank_of_name(field->name, RANK_VALUE),
			    CHARSET_COUNT);
	}
}

static void
push_piece(struct scan *scan, struct slice piece, uint32_t where,
    enum candidate_rank rank)
{
	size_t eq = slice_find(piece, '=');

	scan_root(scan, piece, where, SPAN_PART, RANK_PATH, CHARSET_COUNT);
	if (eq < piece.n)
		scan_root(scan, slice_from_idx(piece, eq + 1), where, SPAN_PART,
		    rank, CHARSET_COUNT);
}

/* "/login;user=jdoe;pw=secret/start" (RFC 3986 section 3.3): segments and
 * their parameters. */
static void
push_path(struct scan *scan, struct slice path)
{
	struct slice segment, rest, piece;
	unsigned count = 0;
	uint32_t where = scan_step(
	    scan, WHERE_NONE, WHERE_PATH, SLICE_EMPTY, 0);

	while (slice_split(&path, '/', &segment)) {
		rest = segment;
		while (slice_split(&rest, ';', &piece)) {
			if (count++ == SEGMENTS_MAX) {
				scan_cut(scan, SCAN_CUT_SPANS);
				return;
			}
			push_piece(scan, piece, where, RANK_PART);
		}
		/* a ';' may be a letter of a password, too */
		if (slice_find(segment, ';') < segment.n)
			push_piece(scan, segment, where, RANK_PATH);
	}
}

static void
push_userinfo(struct scan *scan, struct slice authority)
{
	struct slice info = slice_sub(
	    authority, 0, slice_rfind(authority, '@'));
	uint32_t where;
	size_t colon;

	if (info.n == authority.n)
		return;
	where = scan_step(scan, WHERE_NONE, WHERE_USERINFO, SLICE_EMPTY, 0);
	colon = slice_find(info, ':');
	scan_root(scan, slice_sub(info, 0, colon), where, SPAN_PART, RANK_PART,
	    CHARSET_COUNT);
	scan_root(scan, slice_from_idx(info, colon + 1), where, SPAN_PART,
	    RANK_NAMED, CHARSET_COUNT);
}

static void
push_target(struct scan *scan, struct slice target)
{
	size_t scheme = slice_search(slice_sub(target, 0, 16), SLICE("://"));
	size_t end;

	if (scheme + 3 <= target.n && scheme < 13) {
		target = slice_from_idx(target, scheme + 3);
		end = slice_find(target, '/');
		if (slice_find(target, '?') < end)
			end = slice_find(target, '?');
		push_userinfo(scan, slice_sub(target, 0, end));
		target = slice_from_idx(target, end);
	}
	end = slice_find(target, '?');
	push_path(scan, slice_sub(target, 0, end));
	scan_root(scan, slice_from_idx(target, end + 1),
	    scan_step(scan, WHERE_NONE, WHERE_QUERY, SLICE_EMPTY, 0),
	    SPAN_VALUE, RANK_VALUE, CHARSET_COUNT);
}

static struct slice
field_value(const struct request_view *request, const char *name)
{
	size_t i;

	for (i = 0; i < request->nfields; i++) {
		if (slice_caseeq_str(request->fields[i].name, name))
			return request->fields[i].value;
	}
	return SLICE_EMPTY;
}

static enum charset
declared_charset(struct slice type)
{
	struct slice piece;

	while (slice_split(&type, ';', &piece)) {
		piece = slice_trim(piece);
		if (piece.n > 8 &&
		    slice_caseeq_str(slice_sub(piece, 0, 8), "charset=")) {
			piece = slice_from_idx(piece, 8);
			if (piece.n > 2 && piece.p[0] == '"')
				piece = slice_sub(piece, 1, piece.n - 2);
			return charset_of_name(piece);
		}
	}
	return CHARSET_COUNT;
}

/* The last coding applied is the last named and the first undone (RFC 9110
 * section 8.4). Falls back to what was reached. */
static struct slice
undo_codings(
    struct scan *scan, struct slice codings, struct slice body, bool cut)
{
	enum coding coding;
	struct slice name, plain;
	unsigned count = 0;
	size_t comma;
	bool whole;

	while (codings.n > 0 && count++ < CODINGS_MAX) {
		comma = slice_rfind(codings, ',');
		name = slice_trim(comma == codings.n
			? codings
			: slice_from_idx(codings, comma + 1));
		codings.n = comma == codings.n ? 0 : comma;
		if (name.n == 0 || slice_caseeq_str(name, "identity"))
			continue;
		coding = coding_of_name(name);
		plain = SLICE_EMPTY;
		whole = false;
		if (coding != CODING_COUNT)
			plain = coding_decode(scan, coding, body, &whole);
		if (!whole && !cut)
			scan_cut(scan, SCAN_CUT_BROKEN);
		if (plain.n == 0)
			return body;
		body = plain;
	}
	return body;
}

static void
push_body(struct scan *scan, const struct request_view *request)
{
	size_t most = scan_limits(scan)->body;
	struct slice body = slice_sub(request->body, 0, most), plain;
	bool cut = request->body_cut || request->body.n > most;
	uint32_t where = scan_step(
	    scan, WHERE_NONE, WHERE_BODY, SLICE_EMPTY, 0);

	if (cut)
		scan_cut(scan, SCAN_CUT_BODY);
	plain = undo_codings(
	    scan, field_value(request, "content-encoding"), body, cut);
	/* what does not decode may stand there as it is: behind the end of a
	 * stream, say, that a server reads and another passes over */
	if (plain.p != body.p && (scan_cuts(scan) & SCAN_CUT_BROKEN))
		scan_root(
		    scan, body, where, SPAN_BODY, RANK_VALUE, CHARSET_COUNT);
	scan_root(scan, plain, where, SPAN_BODY, RANK_VALUE,
	    declared_charset(field_value(request, "content-type")));
}

void
request_scan(struct scan *scan, const struct request_view *request)
{
	scan_clear(scan);
	push_target(scan, request->target);
	push_fields(scan, request);
	push_body(scan, request);
	scan_run(scan);
}

void
request_scan_path(struct scan *scan, struct slice target)
{
	scan_clear(scan);
	push_path(scan, slice_sub(target, 0, slice_find(target, '?')));
	scan_run(scan);
}

void
request_scan_message(struct scan *scan, struct slice message)
{
	size_t most = scan_limits(scan)->body;

	scan_clear(scan);
	if (message.n > most)
		scan_cut(scan, SCAN_CUT_BODY);
	scan_root(scan, slice_sub(message, 0, most),
	    scan_step(scan, WHERE_NONE, WHERE_MESSAGE, SLICE_EMPTY, 0),
	    SPAN_BODY, RANK_VALUE, CHARSET_COUNT);
	scan_run(scan);
}
