/*
 * reach: the transition forms of addresses, and the ranges that are no place
 * on the internet.
 *
 * Runs in every process, and once more in the kernel (guard/bpf_ip.h).  It
 * never asks a router: what an address reaches is read from its bits.
 */
#include "base/reach.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* rows of a table, one a line */
/* clang-format off */
#define P4(a, b, c, d, bits)                                                   \
	{ { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d },            \
	    ADDR_V4_BITS + (bits) }
#define P6(a, b, c, d, e, f, bits)                                             \
	{ { a, b, c, d, e, f }, bits }

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

static bool
all_zero(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i])
			return false;
	return true;
}

static bool
any_has(const struct prefix *table, size_t count, const struct addr *addr)
{
	for (size_t i = 0; i < count; i++)
		if (prefix_has(&table[i], addr))
			return true;
	return false;
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
	*out = addr_from_v4(v4);
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

		if (!prefix_has(&form->prefix, &addr))
			continue;
		for (size_t j = 0; j < 4; j++)
			v4[j] = addr.ip[form->at + j] ^ form->flip;
		inside = addr_from_v4(v4);
		inside.port = addr.port;
		return inside;
	}
	if (prefix_has(&local_nat64, &addr) && nat64_unfold(addr.ip, &inside)) {
		inside.port = addr.port;
		return inside;
	}
	return addr;
}

struct addr
addr_holder(const struct addr *addr)
{
	struct addr inside = addr_unfold(*addr);
	struct addr holder = { 0 };
	size_t n = addr_is_v4(&inside) ? sizeof(holder.ip) : 8;

	memcpy(holder.ip, inside.ip, n);
	return holder;
}

bool
addr_is_special(const struct addr *addr)
{
	struct addr inside = addr_unfold(*addr);

	return any_has(special, COUNT(special), &inside);
}

bool
addr_is_loopback(const struct addr *addr)
{
	static const uint8_t six[16] = { [15] = 1 };
	struct addr inside = addr_unfold(*addr);

	if (addr_is_v4(&inside))
		return inside.ip[ADDR_V4_AT] == 127;
	return memcmp(inside.ip, six, sizeof(six)) == 0;
}

bool
addr_is_internal(const struct addr *addr)
{
	struct addr inside = addr_unfold(*addr);

	return any_has(special, COUNT(special), &inside) ||
	    any_has(internal, COUNT(internal), &inside);
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
