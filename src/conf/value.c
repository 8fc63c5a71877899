/*
 * value: words to numbers, addresses, times and paths, and into the one form
 * in which policy/ compares them.
 */
#include "conf/value.h"

#include <string.h>

#include "base/prefix.h"
#include "base/reach.h"
#include "base/utf8.h"

#define DAY_MINUTES 1440

const char *const value_day_names[7] = { "mon", "tue", "wed", "thu", "fri",
	"sat", "sun" };

const char *
value_address(struct slice s, struct addr *out)
{
	struct host host;
	const char *wrong = host_parse(s, &host);

	if (wrong || !host.is_addr)
		return "not an IP address";
	*out = host.addr;
	return NULL;
}

const char *
value_network(struct slice s, struct prefix *out)
{
	struct addr addr;
	const char *wrong;

	if (slice_find(s, '/') < s.n)
		return prefix_parse(s, out);
	wrong = value_address(s, &addr);
	if (wrong)
		return wrong;
	/* a lone address is what it reaches, as it will be compared */
	addr = addr_unfold(addr);
	memcpy(out->ip, addr.ip, sizeof(out->ip));
	out->len = 128;
	return NULL;
}

const char *
value_dest(struct slice s, struct dest *out)
{
	struct name_pattern pattern;
	struct prefix prefix;
	const char *wrong;

	if (slice_eq_str(s, "*"))
		return "\"*\" is no destination: \"any\" is every one";
	if (slice_find(s, '/') < s.n || value_network(s, &prefix) == NULL) {
		wrong = value_network(s, &prefix);
		if (wrong)
			return wrong;
		out->kind = DEST_PREFIX;
		out->prefix = prefix;
		return NULL;
	}
	wrong = pattern_parse(s, &pattern);
	if (wrong)
		return wrong;
	out->kind = DEST_NAME;
	out->name = pattern;
	return NULL;
}

const char *
value_port(struct slice s, uint16_t *out)
{
	uint64_t number;

	if (slice_to_u64(s, 65535, &number) < 0 || number == 0)
		return "not a port: a number from 1 to 65535";
	*out = (uint16_t)number;
	return NULL;
}

const char *
value_ports(struct slice s, struct port_range *out)
{
	size_t dash = slice_find(s, '-');
	struct port_range range;
	const char *wrong = value_port(slice_sub(s, 0, dash), &range.from);

	range.to = range.from;
	if (!wrong && dash < s.n)
		wrong = value_port(slice_from_idx(s, dash + 1), &range.to);
	if (!wrong && range.to < range.from)
		wrong = "the range of ports ends before it starts";
	if (!wrong)
		*out = range;
	return wrong;
}

/* 0 for Monday, or -1. */
static int
day_of(struct slice s)
{
	for (int i = 0; i < 7; i++)
		if (slice_eq_str(s, value_day_names[i]))
			return i;
	return -1;
}

const char *
value_days(struct slice s, uint8_t *out)
{
	size_t dash = slice_find(s, '-');
	int from = day_of(slice_sub(s, 0, dash));
	int to = dash < s.n ? day_of(slice_from_idx(s, dash + 1)) : from;
	uint8_t bits = 0;

	if (from < 0 || to < 0)
		return "not a day: mon, tue, wed, thu, fri, sat or sun";
	for (int day = from;; day = (day + 1) % 7) {
		bits |= (uint8_t)(1u << day);
		if (day == to)
			break;
	}
	*out = bits;
	return NULL;
}

static const char *
clock_minutes(struct slice s, uint16_t *out)
{
	static const char wrong[] = "not a time of day: 00:00 to 24:00";
	uint64_t hours, minutes;

	if (s.n != 5 || s.p[2] != ':' ||
	    slice_to_u64(slice_sub(s, 0, 2), 24, &hours) < 0 ||
	    slice_to_u64(slice_sub(s, 3, 2), 59, &minutes) < 0 ||
	    hours * 60 + minutes > DAY_MINUTES)
		return wrong;
	*out = (uint16_t)(hours * 60 + minutes);
	return NULL;
}

const char *
value_hours(struct slice s, struct time_range *out)
{
	size_t dash = slice_find(s, '-');
	uint16_t from, to;
	const char *wrong = clock_minutes(slice_sub(s, 0, dash), &from);

	if (!wrong && dash == s.n)
		return "not a span of time: 08:00-18:00";
	if (!wrong)
		wrong = clock_minutes(slice_from_idx(s, dash + 1), &to);
	if (wrong)
		return wrong;
	if (from == to || from == DAY_MINUTES)
		return "the span of time is empty";
	out->from = from;
	out->to = to;
	return NULL;
}

static bool
is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9');
}

static char
upper(char c)
{
	return (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
}

const char *
value_method(struct arena *arena, struct slice s, struct slice *out)
{
	char *p = arena_str(arena, s);

	if (s.n == 0)
		return "the method is empty";
	for (size_t i = 0; i < s.n; i++) {
		if (!is_alnum(p[i]) && !strchr("!#$%&'*+-.^_`|~", p[i]))
			return "a method has letters only";
		p[i] = upper(p[i]);
	}
	*out = slice_from(p, s.n);
	return NULL;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = upper(c);
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Bytes that stand for themselves in a path (RFC 3986 section 3.3). */
static bool
is_path_char(unsigned char c)
{
	return c < 0x80 && c &&
	    (is_alnum((char)c) || strchr("-._~!$&'()*+,;=:@/[]|", c));
}

static void
append_escaped(char *p, size_t *n, unsigned char c)
{
	static const char digits[] = "0123456789ABCDEF";

	if (is_alnum((char)c) || (c && strchr("-._~", c))) {
		p[(*n)++] = (char)c;
		return;
	}
	p[(*n)++] = '%';
	p[(*n)++] = digits[c >> 4];
	p[(*n)++] = digits[c & 15];
}

/* Escapes of unreserved characters are resolved, other ones put in upper
 * case, and what can't stand in a URL is escaped. */
static const char *
normalise(struct slice s, char *p, size_t *n)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '%') {
			int high = i + 2 < s.n ? hex_value(s.p[i + 1]) : -1;
			int low = i + 2 < s.n ? hex_value(s.p[i + 2]) : -1;

			if (high < 0 || low < 0)
				return "\"%\" without two hexadecimal digits";
			append_escaped(p, n, (unsigned char)(high * 16 + low));
			i += 2;
		} else if (c == '?') {
			return "a path ends before \"?\"";
		} else if (is_path_char(c)) {
			p[(*n)++] = (char)c;
		} else {
			append_escaped(p, n, c);
		}
	}
	return NULL;
}

static bool
has_dot_segment(struct slice path)
{
	struct slice segment;

	while (slice_split(&path, '/', &segment))
		if (slice_eq_str(segment, ".") || slice_eq_str(segment, ".."))
			return true;
	return false;
}

const char *
value_path(struct arena *arena, struct slice s, struct slice *out)
{
	char *p = arena_alloc(arena, 3 * s.n + 1);
	const char *wrong;
	size_t n = 0;

	if (s.n == 0 || s.p[0] != '/')
		return "a path starts with \"/\"";
	wrong = normalise(s, p, &n);
	if (wrong)
		return wrong;
	if (has_dot_segment(slice_from(p, n)))
		return "a path without \".\" and \"..\" is wanted";
	if (n > 1 && p[n - 1] == '/')
		n--;
	*out = slice_from(p, n);
	return NULL;
}

const char *
value_account(struct arena *arena, struct slice s, struct slice *out)
{
	struct slice rest = s;
	uint32_t c;
	char *p;

	if (s.n == 0)
		return "the name is empty";
	if (s.n > VALUE_NAME_MAX)
		return "the name is longer than 255 bytes";
	while (rest.n) {
		size_t n = utf8_decode(rest, &c);

		if (n == 0 || utf8_is_control(c))
			return "the name has a control character";
		rest = slice_from_idx(rest, n);
	}
	p = arena_str(arena, s);
	for (size_t i = 0; i < s.n; i++)
		if (p[i] >= 'A' && p[i] <= 'Z')
			p[i] = (char)(p[i] - 'A' + 'a');
	*out = slice_from(p, s.n);
	return NULL;
}

const char *
value_url(struct slice s)
{
	struct slice rest = s;
	struct host host;
	size_t end, colon, bracket;
	const char *wrong;

	if (s.n > VALUE_URL_MAX)
		return "the URL is longer than 2000 bytes";
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' || s.p[i] == '"' ||
		    s.p[i] == '<' || s.p[i] == '>')
			return "a character that a URL has in %-form only";
	if (slice_starts(s, SLICE("https://")))
		rest = slice_from_idx(s, 8);
	else if (slice_starts(s, SLICE("http://")))
		rest = slice_from_idx(s, 7);
	else
		return "not a URL that starts with https:// or http://";
	end = slice_find(rest, '/');
	rest = slice_sub(rest, 0, end);
	if (slice_find(rest, '@') < rest.n)
		return "a URL with a user name or password in it";
	colon = slice_rfind(rest, ':');
	bracket = slice_rfind(rest, ']');
	if (colon < rest.n && (bracket == rest.n || colon > bracket)) {
		uint16_t port;

		wrong = value_port(slice_from_idx(rest, colon + 1), &port);
		if (wrong)
			return wrong;
		rest = slice_sub(rest, 0, colon);
	}
	return host_parse(rest, &host);
}
