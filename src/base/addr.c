/*
 * addr: reading, writing and comparing addresses.
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

/* inet_pton wants a string; no spelling of an address is this long */
#define TEXT_MAX INET6_ADDRSTRLEN

static const uint8_t mapped[ADDR_V4_AT] = { [10] = 0xff, [11] = 0xff };

struct addr
addr_from_v4(const uint8_t v4[4])
{
	struct addr addr = { 0 };

	memcpy(addr.ip, mapped, ADDR_V4_AT);
	memcpy(addr.ip + ADDR_V4_AT, v4, 4);
	return addr;
}

static int
parse_v4(const char *text, struct addr *out)
{
	uint8_t v4[4];

	/* takes four decimal numbers without leading zeros, nothing else */
	if (inet_pton(AF_INET, text, v4) != 1)
		return -1;
	*out = addr_from_v4(v4);
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
		int digit = slice_hex_digit(s.p[i]);

		if (digit < 0 || digit >= base)
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
	*out = addr_from_v4((const uint8_t[4]){ (uint8_t)(value >> 24),
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
		*out = addr_from_v4(v4);
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
		memcpy(&in.sin_addr, addr->ip + ADDR_V4_AT, 4);
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
	return memcmp(addr->ip, mapped, sizeof(mapped)) == 0;
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

bool
addr_is_unspecified(const struct addr *addr)
{
	static const uint8_t none[16];
	size_t from = addr_is_v4(addr) ? ADDR_V4_AT : 0;

	return memcmp(addr->ip + from, none, sizeof(none) - from) == 0;
}

char *
addr_text(char buf[ADDR_TEXT_SIZE], const struct addr *addr)
{
	if (addr_is_v4(addr))
		inet_ntop(AF_INET, addr->ip + ADDR_V4_AT, buf, ADDR_TEXT_SIZE);
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
