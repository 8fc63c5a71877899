/*
 * prefix: reading, writing and asking prefixes of addresses.
 *
 * Runs in every process.  It takes addresses as they stand: what one reaches
 * in the end is base/reach.h's.
 */
#include "base/prefix.h"

#include <stdio.h>
#include <string.h>

static bool
bits_equal(const uint8_t a[16], const uint8_t b[16], unsigned bits)
{
	unsigned whole = bits / 8;
	unsigned rest = bits % 8;

	if (memcmp(a, b, whole) != 0)
		return false;
	return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
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
	*out = (uint8_t)(len + (is_v4 ? ADDR_V4_BITS : 0));
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
	if (prefix->len < ADDR_V4_BITS && addr_is_v4(addr))
		return false;
	return bits_equal(prefix->ip, addr->ip, prefix->len);
}

bool
prefix_covers(const struct prefix *outer, const struct prefix *inner)
{
	struct addr first = { 0 };

	memcpy(first.ip, inner->ip, sizeof(first.ip));
	return outer->len <= inner->len && prefix_has(outer, &first);
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
	if (addr_is_v4(&addr) && len >= ADDR_V4_BITS)
		len -= ADDR_V4_BITS;
	snprintf(buf + n, ADDR_TEXT_SIZE - n, "/%u", len);
	return buf;
}
