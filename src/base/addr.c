/*
 * addr: reading, writing and comparing addresses and prefixes of them.
 *
 * Runs in every process.  It never asks a resolver: names are base/name.h's
 * and net/resolve's.  What it doesn't recognise is no address, never a
 * guess.
 */
#include "base/addr.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define V4_AT 12 /* where the four bytes of an IPv4 address stand */
#define V4_BITS 96

/* inet_pton wants a string; no spelling of an address is this long */
#define TEXT_MAX INET6_ADDRSTRLEN

/* rows of a table, one a line */
/* clang-format off */
#define P4(a, b, c, d, bits)                                                   \
	{ { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d },            \
	    V4_BITS + (bits) }
#define P6(a, b, c, d, e, f, bits)                                             \
	{ { a, b, c, d, e, f }, bits }

static const struct prefix mapped = P4(0, 0, 0, 0, 0);

/* Translators of 64:ff9b:1::/48 are set up with a longer prefix of their own
 * choice (RFC 8215), so where the IPv4 address stands isn't known. */
static const struct prefix local_nat64 = P6(0, 0x64, 0xff, 0x9b, 0, 1, 48);

static const struct prefix special[] = {
	P4(0, 0, 0, 0, 8),
	P4(127, 0, 0, 0, 8),
	P4(169, 254, 0, 0, 16),
	P4(224, 0, 0, 0, 4),
	P4(240, 0, 0, 0, 4), /* class E, and broadcast with it */
	P6(0, 0, 0, 0, 0, 0, 127), /* unspecified and loopback */
	P6(0xfe, 0x80, 0, 0, 0, 0, 10),
	P6(0xff, 0, 0, 0, 0, 0, 8),
	P6(0, 0x64, 0xff, 0x9b, 0, 1, 48), /* one that couldn't be unfolded */
};

static const struct prefix internal[] = {
	P4(10, 0, 0, 0, 8),
	P4(100, 64, 0, 0, 10),
	P4(172, 16, 0, 0, 12),
	P4(192, 0, 0, 0, 24),
	P4(192, 0, 2, 0, 24),
	P4(192, 168, 0, 0, 16),
	P4(198, 18, 0, 0, 15),
	P4(198, 51, 100, 0, 24),
	P4(203, 0, 113, 0, 24),
	P6(0x01, 0, 0, 0, 0, 0, 64), /* discard only */
	P6(0x20, 0x01, 0x00, 0x02, 0, 0, 48), /* benchmarking */
	P6(0x20, 0x01, 0x00, 0x10, 0, 0, 28), /* ORCHID */
	P6(0x20, 0x01, 0x0d, 0xb8, 0, 0, 32), /* documentation */
	P6(0x3f, 0xff, 0, 0, 0, 0, 20), /* documentation, RFC 9637 */
	P6(0xfc, 0, 0, 0, 0, 0, 7),
	P6(0xfe, 0xc0, 0, 0, 0, 0, 10), /* site-local, RFC 3879 */
};

/* clang-format on */

/* The transition forms that have one place for the IPv4 address. */
struct form {
	struct prefix prefix;
	uint8_t at;
	uint8_t flip; /* Teredo writes the client's address inverted */
};

static const struct form forms[] = {
	{ P6(0, 0, 0, 0, 0, 0, 96), 12, 0 },
	{ { { [8] = 0xff, [9] = 0xff }, 96 }, 12, 0 },
	{ P6(0, 0x64, 0xff, 0x9b, 0, 0, 96), 12, 0 },
	{ P6(0x20, 0x02, 0, 0, 0, 0, 16), 2, 0 },
	{ P6(0x20, 0x01, 0, 0, 0, 0, 32), 12, 0xff },
};

/* RFC 6052 section 2.2: byte 8 is zero and skipped, the suffix is zero. */
static const uint8_t nat64_layouts[][4] = {
	{ 6, 7, 9, 10 },
	{ 7, 9, 10, 11 },
	{ 9, 10, 11, 12 },
	{ 12, 13, 14, 15 },
};

static struct addr
from_v4(const uint8_t v4[4])
{
	struct addr addr = { 0 };

	memcpy(addr.ip, mapped.ip, V4_AT);
	memcpy(addr.ip + V4_AT, v4, 4);
	return addr;
}

static bool
bits_equal(const uint8_t a[16], const uint8_t b[16], unsigned bits)
{
	unsigned whole = bits / 8;
	unsigned rest = bits % 8;

	if (memcmp(a, b, whole) != 0)
		return false;
	return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

static bool
all_zero(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i])
			return false;
	return true;
}

/* An administrator's ::/0 means IPv6: a prefix shorter than the mapped one
 * doesn't hold the IPv4 addresses, though the bits would. */
static bool
holds(const struct prefix *prefix, const uint8_t ip[16])
{
	if (prefix->len < V4_BITS && bits_equal(ip, mapped.ip, V4_BITS))
		return false;
	return bits_equal(prefix->ip, ip, prefix->len);
}

static bool
any_holds(const struct prefix *table, size_t count, const uint8_t ip[16])
{
	for (size_t i = 0; i < count; i++)
		if (holds(&table[i], ip))
			return true;
	return false;
}

static int
parse_v4(const char *text, struct addr *out)
{
	uint8_t v4[4];

	/* takes four decimal numbers without leading zeros, nothing else */
	if (inet_pton(AF_INET, text, v4) != 1)
		return -1;
	*out = from_v4(v4);
	return 0;
}

static int
parse_v6(const char *text, struct addr *out)
{
	struct addr addr = { 0 };

	if (inet_pton(AF_INET6, text, addr.ip) != 1)
		return -1;
	*out = addr;
	return 0;
}

int
addr_parse(struct slice s, struct addr *out)
{
	char text[TEXT_MAX];
	bool bracketed = s.n >= 2 && s.p[0] == '[' && s.p[s.n - 1] == ']';

	if (bracketed)
		s = slice_sub(s, 1, s.n - 2);
	if (s.n == 0 || s.n >= sizeof(text) || memchr(s.p, '\0', s.n))
		return -1;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	if (bracketed || strchr(text, ':'))
		return parse_v6(text, out);
	return parse_v4(text, out);
}

static int
digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 99;
}

/* One number as C writes them: 10, 012, 0xa. */
static int
parse_number(struct slice s, uint32_t *out)
{
	uint64_t value = 0;
	int base = 10;

	if (s.n > 1 && s.p[0] == '0') {
		bool hex = s.p[1] == 'x' || s.p[1] == 'X';

		base = hex ? 16 : 8;
		s = slice_from_idx(s, hex ? 2 : 1);
	}
	if (s.n == 0)
		return -1;
	for (size_t i = 0; i < s.n; i++) {
		int digit = digit_value(s.p[i]);

		if (digit >= base)
			return -1;
		value = value * (uint64_t)base + (uint64_t)digit;
		if (value > UINT32_MAX)
			return -1;
	}
	*out = (uint32_t)value;
	return 0;
}

/* One to four numbers; the last one fills all the bytes that are left. */
static int
parse_aton(struct slice s, struct addr *out)
{
	uint64_t value = 0;
	struct slice part;
	unsigned left = 4;

	while (slice_split(&s, '.', &part)) {
		uint32_t number;
		unsigned bytes;

		if (left == 0 || parse_number(part, &number) < 0)
			return -1;
		bytes = s.p ? 1 : left;
		if (((uint64_t)number >> (8 * bytes)) != 0)
			return -1;
		value = value << (8 * bytes) | number;
		left -= bytes;
	}
	if (left != 0)
		return -1;
	*out = from_v4((const uint8_t[4]){ (uint8_t)(value >> 24),
	    (uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value });
	return 0;
}

int
addr_parse_loose(struct slice s, struct addr *out)
{
	if (addr_parse(s, out) == 0)
		return 0;
	return parse_aton(s, out);
}

int
addr_from_sockaddr(const struct sockaddr *sa, struct addr *out)
{
	if (sa->sa_family == AF_INET) {
		struct sockaddr_in in;
		uint8_t v4[4];

		memcpy(&in, sa, sizeof(in));
		memcpy(v4, &in.sin_addr, sizeof(v4));
		*out = from_v4(v4);
		out->port = ntohs(in.sin_port);
		return 0;
	}
	if (sa->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, sa, sizeof(in6));
		memcpy(out->ip, &in6.sin6_addr, sizeof(out->ip));
		out->port = ntohs(in6.sin6_port);
		out->scope = in6.sin6_scope_id;
		return 0;
	}
	return -1;
}

socklen_t
addr_to_sockaddr(const struct addr *addr, struct sockaddr_storage *out)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };

	memset(out, 0, sizeof(*out));
	if (addr_is_v4(addr)) {
		in.sin_port = htons(addr->port);
		memcpy(&in.sin_addr, addr->ip + V4_AT, 4);
		memcpy(out, &in, sizeof(in));
		return sizeof(in);
	}
	in6.sin6_port = htons(addr->port);
	in6.sin6_scope_id = addr->scope;
	memcpy(&in6.sin6_addr, addr->ip, sizeof(addr->ip));
	memcpy(out, &in6, sizeof(in6));
	return sizeof(in6);
}

bool
addr_is_v4(const struct addr *addr)
{
	return bits_equal(addr->ip, mapped.ip, V4_BITS);
}

bool
addr_eq(const struct addr *a, const struct addr *b)
{
	return addr_same_ip(a, b) && a->port == b->port && a->scope == b->scope;
}

bool
addr_same_ip(const struct addr *a, const struct addr *b)
{
	return memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
}

/* Reads ip by one layout; false where it can't have been written by it. */
static bool
nat64_read(const uint8_t ip[16], const uint8_t layout[4], struct addr *out)
{
	uint8_t v4[4];
	size_t suffix = (size_t)layout[3] + 1;

	for (size_t i = 0; i < 4; i++)
		v4[i] = ip[layout[i]];
	if (ip[8] != 0 || !all_zero(ip + suffix, 16 - suffix) || v4[0] == 0)
		return false;
	/* translators don't look at the suffix, so what stands before a /96
	 * must not be an address by a shorter layout */
	if (layout[0] == 12 && !all_zero(ip + 8, 4))
		return false;
	*out = from_v4(v4);
	return true;
}

/* Of several readings the one that is most likely to be refused. */
static bool
nat64_unfold(const uint8_t ip[16], struct addr *out)
{
	bool found = false;

	for (size_t i = 0; i < COUNT(nat64_layouts); i++) {
		struct addr reading;

		if (!nat64_read(ip, nat64_layouts[i], &reading))
			continue;
		if (!found || addr_is_internal(&reading))
			*out = reading;
		found = true;
	}
	return found;
}

/* :: and ::1 look like the compatible form, and are what they are */
static bool
is_plain_v6(const uint8_t ip[16])
{
	return all_zero(ip, 15) && ip[15] <= 1;
}

struct addr
addr_unfold(struct addr addr)
{
	struct addr inside;

	if (addr_is_v4(&addr) || is_plain_v6(addr.ip))
		return addr;
	for (size_t i = 0; i < COUNT(forms); i++) {
		const struct form *form = &forms[i];
		uint8_t v4[4];

		if (!holds(&form->prefix, addr.ip))
			continue;
		for (size_t j = 0; j < 4; j++)
			v4[j] = addr.ip[form->at + j] ^ form->flip;
		inside = from_v4(v4);
		inside.port = addr.port;
		return inside;
	}
	if (holds(&local_nat64, addr.ip) && nat64_unfold(addr.ip, &inside)) {
		inside.port = addr.port;
		return inside;
	}
	return addr;
}

bool
addr_is_special(const struct addr *addr)
{
	struct addr inside = addr_unfold(*addr);

	return any_holds(special, COUNT(special), inside.ip);
}

bool
addr_is_loopback(const struct addr *addr)
{
	static const uint8_t six[16] = { [15] = 1 };
	struct addr inside = addr_unfold(*addr);

	if (addr_is_v4(&inside))
		return inside.ip[V4_AT] == 127;
	return memcmp(inside.ip, six, sizeof(six)) == 0;
}

bool
addr_is_unspecified(const struct addr *addr)
{
	static const uint8_t none[16];
	size_t from = addr_is_v4(addr) ? V4_AT : 0;

	return memcmp(addr->ip + from, none, sizeof(none) - from) == 0;
}

bool
addr_is_internal(const struct addr *addr)
{
	struct addr inside = addr_unfold(*addr);

	return any_holds(special, COUNT(special), inside.ip) ||
	    any_holds(internal, COUNT(internal), inside.ip);
}

const struct prefix *
addr_special_prefixes(size_t *n)
{
	*n = COUNT(special);
	return special;
}

const struct prefix *
addr_internal_prefixes(size_t *n)
{
	*n = COUNT(internal);
	return internal;
}

char *
addr_text(char buf[ADDR_TEXT_SIZE], const struct addr *addr)
{
	if (addr_is_v4(addr))
		inet_ntop(AF_INET, addr->ip + V4_AT, buf, ADDR_TEXT_SIZE);
	else
		inet_ntop(AF_INET6, addr->ip, buf, ADDR_TEXT_SIZE);
	return buf;
}

char *
addr_text_port(char buf[ADDR_TEXT_SIZE], const struct addr *addr)
{
	char text[ADDR_TEXT_SIZE];

	addr_text(text, addr);
	if (addr_is_v4(addr))
		snprintf(buf, ADDR_TEXT_SIZE, "%.15s:%u", text, addr->port);
	else
		snprintf(buf, ADDR_TEXT_SIZE, "[%.45s]:%u", text, addr->port);
	return buf;
}

static const char *
parse_len(struct slice s, bool is_v4, uint8_t *out)
{
	uint64_t len;

	if (slice_to_u64(s, UINT64_MAX, &len) < 0)
		return "the prefix length is not a number";
	if (s.n > 1 && s.p[0] == '0')
		return "the prefix length has a leading zero";
	if (len > (is_v4 ? 32 : 128))
		return is_v4 ? "the prefix length is above 32"
			     : "the prefix length is above 128";
	*out = (uint8_t)(len + (is_v4 ? V4_BITS : 0));
	return NULL;
}

static bool
bits_behind(const struct prefix *prefix)
{
	for (unsigned bit = prefix->len; bit < 128; bit++)
		if (prefix->ip[bit / 8] & (0x80 >> bit % 8))
			return true;
	return false;
}

const char *
prefix_parse(struct slice s, struct prefix *out)
{
	struct prefix prefix = { .len = 128 };
	size_t slash = slice_find(s, '/');
	struct slice ip = slice_sub(s, 0, slash);
	struct addr addr;
	const char *wrong;

	if (addr_parse(ip, &addr) < 0)
		return "not an IP address";
	memcpy(prefix.ip, addr.ip, sizeof(prefix.ip));
	if (slash < s.n) {
		wrong = parse_len(slice_from_idx(s, slash + 1),
		    slice_find(ip, ':') == ip.n, &prefix.len);
		if (wrong)
			return wrong;
	}
	if (bits_behind(&prefix))
		return "the address has bits behind the prefix length";
	*out = prefix;
	return NULL;
}

bool
prefix_has(const struct prefix *prefix, const struct addr *addr)
{
	return holds(prefix, addr->ip);
}

bool
prefix_covers(const struct prefix *outer, const struct prefix *inner)
{
	return outer->len <= inner->len && holds(outer, inner->ip);
}

char *
prefix_text(char buf[ADDR_TEXT_SIZE], const struct prefix *prefix)
{
	struct addr addr = { 0 };
	unsigned len = prefix->len;
	size_t n;

	memcpy(addr.ip, prefix->ip, sizeof(addr.ip));
	addr_text(buf, &addr);
	if (len == 128)
		return buf;
	n = strlen(buf);
	if (addr_is_v4(&addr) && len >= V4_BITS)
		len -= V4_BITS;
	snprintf(buf + n, ADDR_TEXT_SIZE - n, "/%u", len);
	return buf;
}
