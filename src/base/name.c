/*
 * name: bringing a host to the form in which it is looked up and compared.
 *
 * Runs in every process.  It never resolves.  A name that ends in a number
 * is an address or refused: some client or library would take it for one.
 */
#include "base/name.h"

#include <string.h>

#include <idn2.h>

#include "base/log.h"
#include "base/utf8.h"

#define LABEL_MAX 63
/* in bytes of UTF-8, before it is mapped and becomes shorter */
#define UNICODE_MAX 1024

static bool
is_ascii(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

static char
lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f');
}

static bool
is_name_char(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
}

static bool
all_are(struct slice s, bool (*is)(char))
{
	for (size_t i = 0; i < s.n; i++)
		if (!is(s.p[i]))
			return false;
	return true;
}

/* Whether the last label is what the numbers of an IPv4 address look like. */
static bool
ends_in_number(struct slice name)
{
	size_t dot = slice_rfind(name, '.');
	struct slice last = slice_from_idx(name, dot == name.n ? 0 : dot + 1);

	if (last.n == 0)
		return false;
	if (slice_starts(last, SLICE("0x")))
		return all_are(slice_from_idx(last, 2), is_hex);
	return all_are(last, is_digit);
}

static const char *
check_labels(struct slice name)
{
	struct slice label;

	while (slice_split(&name, '.', &label)) {
		if (label.n == 0)
			return "host name has an empty label";
		if (label.n > LABEL_MAX)
			return "host name has a label of more than 63 bytes";
		if (!all_are(label, is_name_char))
			return "host name has a character that is not allowed";
	}
	return NULL;
}

static void
set_addr(struct host *host, const struct addr *addr)
{
	char text[ADDR_TEXT_SIZE];

	*host = (struct host){ .is_addr = true, .addr = *addr };
	addr_text(text, addr);
	host->len = strlen(text);
	memcpy(host->name, text, host->len + 1);
}

/* Copies in lower case, without the one dot at the end that means the root. */
static const char *
copy_lower(struct slice s, struct host *host)
{
	if (s.n && s.p[s.n - 1] == '.')
		s.n--;
	if (s.n == 0)
		return "host name is empty";
	if (s.n > NAME_MAX_LEN)
		return "host name is longer than 253 bytes";
	for (size_t i = 0; i < s.n; i++)
		host->name[i] = lower(s.p[i]);
	host->name[s.n] = '\0';
	host->len = s.n;
	return NULL;
}

static const char *
parse_ascii(struct slice s, struct host *out)
{
	struct host host = { 0 };
	const char *wrong = copy_lower(s, &host);
	struct addr addr;

	if (wrong)
		return wrong;
	if (ends_in_number(host_slice(&host))) {
		if (addr_parse_loose(host_slice(&host), &addr) < 0)
			return "host name ends in a number but is no address";
		set_addr(out, &addr);
		return NULL;
	}
	wrong = check_labels(host_slice(&host));
	if (!wrong)
		*out = host;
	return wrong;
}

static const char *
parse_unicode(struct slice s, struct host *out)
{
	uint8_t text[UNICODE_MAX + 1];
	uint8_t *ascii = NULL;
	const char *wrong;
	int rc;

	if (s.n > UNICODE_MAX)
		return "host name is longer than 253 bytes";
	if (!utf8_valid(s) || slice_find(s, '\0') < s.n)
		return "host name is not UTF-8";
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	rc = idn2_lookup_u8(
	    text, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
	if (rc == IDN2_MALLOC)
		fatal("out of memory (a host name)");
	if (rc != IDN2_OK)
		return "host name is not a valid international name";
	wrong = parse_ascii(slice_of((char *)ascii), out);
	idn2_free(ascii);
	return wrong;
}

const char *
host_parse(struct slice s, struct host *out)
{
	struct addr addr;

	if (s.n == 0)
		return "host name is empty";
	if (slice_find(s, ':') < s.n || s.p[0] == '[') {
		if (addr_parse(s, &addr) < 0)
			return "not an IPv6 address";
		set_addr(out, &addr);
		return NULL;
	}
	return is_ascii(s) ? parse_ascii(s, out) : parse_unicode(s, out);
}

struct slice
host_slice(const struct host *host)
{
	return slice_from(host->name, host->len);
}

bool
host_eq(const struct host *a, const struct host *b)
{
	if (a->is_addr != b->is_addr)
		return false;
	if (a->is_addr)
		return addr_same_ip(&a->addr, &b->addr);
	return slice_eq(host_slice(a), host_slice(b));
}

const char *
pattern_parse(struct slice s, struct name_pattern *out)
{
	struct name_pattern pattern = { 0 };
	struct host host;
	const char *wrong;

	pattern.wildcard = slice_starts(s, SLICE("*."));
	if (pattern.wildcard)
		s = slice_from_idx(s, 2);
	if (slice_find(s, '*') < s.n)
		return "\"*\" can only stand as \"*.\" before a name";
	wrong = host_parse(s, &host);
	if (wrong)
		return wrong;
	if (host.is_addr)
		return "an address where a name is wanted";
	memcpy(pattern.name, host.name, host.len + 1);
	pattern.len = host.len;
	*out = pattern;
	return NULL;
}

bool
pattern_matches(const struct name_pattern *pattern, struct slice name)
{
	struct slice mine = slice_from(pattern->name, pattern->len);

	if (!pattern->wildcard)
		return slice_eq(name, mine);
	return name.n > mine.n + 1 && slice_ends(name, mine) &&
	    name.p[name.n - mine.n - 1] == '.';
}

const char *
cert_name_parse(struct slice s, struct host *out)
{
	struct host host = { 0 }, rest;
	const char *wrong;

	if (!slice_starts(s, SLICE("*.")))
		return host_parse(s, out);
	wrong = host_parse(slice_from_idx(s, 2), &rest);
	if (wrong)
		return wrong;
	if (rest.is_addr || slice_find(host_slice(&rest), '.') == rest.len)
		return "\"*.\" stands before a name of two labels or more";
	if (rest.len + 2 > NAME_MAX_LEN)
		return "host name is longer than 253 bytes";
	host.name[0] = '*';
	host.name[1] = '.';
	memcpy(host.name + 2, rest.name, rest.len + 1);
	host.len = rest.len + 2;
	*out = host;
	return NULL;
}

bool
cert_name_covers(const struct host *name, const struct host *host)
{
	struct slice own = host_slice(name), asked = host_slice(host);
	size_t dot = slice_find(asked, '.');

	if (name->is_addr || host->is_addr || own.n == 0 || own.p[0] != '*')
		return host_eq(name, host);
	return dot > 0 && dot < asked.n &&
	    slice_eq(slice_from_idx(asked, dot), slice_from_idx(own, 1));
}
