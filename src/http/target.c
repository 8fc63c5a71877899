/*
 * target: takes request targets and Host fields apart.  Each form has its
 * own few lines; whatever fits none of them is refused with the reason.
 */
#include "http/target.h"

#include <string.h>

#include "base/must.h"
#include "http/path.h"

#define PORT_DIGITS_MAX 5

struct scheme_row {
	struct slice text;
	uint16_t port;
};

static const struct scheme_row schemes[] = {
	[SCHEME_NONE] = { { "", 0 }, 0 },
	[SCHEME_HTTP] = { { "http", 4 }, 80 },
	[SCHEME_HTTPS] = { { "https", 5 }, 443 },
	[SCHEME_WS] = { { "ws", 2 }, 80 },
	[SCHEME_WSS] = { { "wss", 3 }, 443 },
};

#define SCHEMES (sizeof(schemes) / sizeof(*schemes))

uint16_t
scheme_port(enum scheme scheme)
{
	must(scheme < SCHEMES);
	return schemes[scheme].port;
}

struct slice
scheme_text(enum scheme scheme)
{
	must(scheme < SCHEMES);
	return schemes[scheme].text;
}

static bool
is_host_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

/* Cuts "host" and ":port" apart; *port keeps its colon, if any. */
static const char *
split_authority(struct slice s, struct slice *host, struct slice *port)
{
	size_t n = 0;

	if (s.n > 0 && s.p[0] == '[') {
		n = slice_find(s, ']');
		if (n == s.n)
			return "address without its closing bracket";
		n++;
	} else {
		while (n < s.n && is_host_byte(s.p[n]))
			n++;
	}
	if (n < s.n && s.p[n] == '@')
		return "user information in the authority";
	if (n < s.n && s.p[n] != ':')
		return "odd character in the host";
	*host = slice_sub(s, 0, n);
	*port = slice_from_idx(s, n);
	return NULL;
}

const char *
authority_parse(
    struct slice s, uint16_t default_port, struct host *host, uint16_t *port)
{
	struct slice name, digits;
	uint64_t number = default_port;
	struct host found;
	const char *words;

	/* "user:pass@host" would else be a host with an odd port. */
	if (slice_find(s, '@') < s.n)
		return "user information in the authority";
	words = split_authority(s, &name, &digits);
	if (words)
		return words;
	digits = slice_from_idx(digits, 1);
	if (digits.n > PORT_DIGITS_MAX ||
	    (digits.n > 0 && slice_to_u64(digits, 65535, &number) < 0) ||
	    (digits.n > 0 && number == 0))
		return "odd port";
	words = host_parse(name, &found);
	if (words)
		return words;
	*host = found;
	*port = number;
	return NULL;
}

struct slice
authority_text(struct arena *arena, const struct host *host, uint16_t port,
    uint16_t default_port)
{
	bool six = host->is_addr && !addr_is_v4(&host->addr);
	const char *open = six ? "[" : "", *close = six ? "]" : "";

	if (port == 0 || port == default_port) {
		if (!six)
			return arena_dup(arena, host_slice(host));
		return arena_printf(arena, "[%s]", host->name);
	}
	return arena_printf(
	    arena, "%s%s%s:%u", open, host->name, close, (unsigned)port);
}

/* Visible ASCII but '#': the rest never stands in a target. */
static const char *
check_bytes(struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((uint8_t)s.p[i] <= ' ' || (uint8_t)s.p[i] >= 0x7f)
			return "space, control or non-ASCII byte in the target";
		if (s.p[i] == '#')
			return "fragment in the target";
	}
	return NULL;
}

static void
set_path(struct target *target, struct slice path_query, struct arena *arena)
{
	struct slice path = path_query;

	path.n = slice_find(path_query, '?');
	target->path_query = path_query;
	target->path = path_strict(path, arena);
	target->path_loose = path_loose(path, arena);
}

static void
set_asterisk(struct target *target)
{
	target->path_query = SLICE("*");
	target->path = SLICE("*");
	target->path_loose = SLICE("*");
}

/* Takes "http://" and the like from the front; SCHEME_NONE where none of
 * ours stands there. */
static enum scheme
take_scheme(struct slice *s)
{
	size_t colon = slice_find(*s, ':');
	struct slice rest = slice_from_idx(*s, colon);

	if (!slice_starts(rest, SLICE("://")))
		return SCHEME_NONE;
	for (unsigned i = SCHEME_HTTP; i < SCHEMES; i++) {
		if (slice_caseeq(slice_sub(*s, 0, colon), schemes[i].text)) {
			*s = slice_from_idx(rest, 3);
			return i;
		}
	}
	return SCHEME_NONE;
}

static const char *
parse_absolute(
    struct slice s, bool is_options, struct arena *arena, struct target *target)
{
	struct slice rest = s, query;
	const char *words;
	size_t n = 0;

	target->form = TARGET_ABSOLUTE;
	target->scheme = take_scheme(&rest);
	if (target->scheme == SCHEME_NONE)
		return "neither a path nor a URL of a known scheme";
	/* A backslash ends the authority for some parsers and not for
	 * others; it is no host character, so that it is refused below. */
	while (n < rest.n && rest.p[n] != '/' && rest.p[n] != '?')
		n++;
	words = authority_parse(slice_sub(rest, 0, n),
	    scheme_port(target->scheme), &target->host, &target->port);
	if (words)
		return words;
	query = slice_from_idx(rest, n);
	if (query.n == 0 && is_options)
		set_asterisk(target);
	else if (query.n == 0)
		set_path(target, SLICE("/"), arena);
	else if (query.p[0] == '?')
		set_path(target, arena_printf(arena, "/%.*s", SLICE_ARG(query)),
		    arena);
	else
		set_path(target, query, arena);
	return NULL;
}

static const char *
parse_connect(struct slice s, struct target *target)
{
	const char *words;

	target->form = TARGET_AUTHORITY;
	words = authority_parse(s, 0, &target->host, &target->port);
	if (!words && target->port == 0)
		words = "CONNECT without a port";
	return words;
}

const char *
target_parse(struct slice s, bool is_connect, bool is_options,
    struct arena *arena, struct target *out)
{
	struct target target;
	const char *words;

	memset(&target, 0, sizeof(target));
	words = s.n == 0 ? "empty target" : check_bytes(s);
	if (words)
		return words;
	if (is_connect) {
		words = parse_connect(s, &target);
	} else if (s.p[0] == '/') {
		target.form = TARGET_ORIGIN;
		set_path(&target, s, arena);
	} else if (slice_eq_str(s, "*")) {
		target.form = TARGET_ASTERISK;
		set_asterisk(&target);
		words = is_options ? NULL : "asterisk without OPTIONS";
	} else {
		words = parse_absolute(s, is_options, arena, &target);
	}
	if (!words)
		*out = target;
	return words;
}
