/*
 * addr: an IP address with a port, and prefixes of addresses.
 *
 * All addresses are held as 16 bytes, IPv4 as ::ffff:a.b.c.d, so that there
 * is one comparison.  addr_unfold() takes an address to what it really
 * reaches: mapped (RFC 4291 2.5.5.2), compatible, translated (RFC 2765),
 * NAT64 (RFC 6052 64:ff9b::/96 and RFC 8215 64:ff9b:1::/48), 6to4 (RFC 3056)
 * and Teredo (RFC 4380) forms become the IPv4 address inside.  Where the
 * RFC 8215 prefix hides it in a way that can be read twice, an internal
 * reading is preferred; what can't be read stays folded and is special.
 * Rules only ever see unfolded addresses.
 */
#ifndef BASE_ADDR_H
#define BASE_ADDR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/slice.h"

struct addr {
	uint8_t ip[16];
	uint16_t port;  /* host order; 0 where there is none */
	uint32_t scope; /* of a link-local IPv6 address, else 0 */
};

struct prefix {
	uint8_t ip[16];
	uint8_t len; /* 0..128; IPv4 /8 is 104 */
};

/* A textual address as URLs and rules have it: dotted quad, IPv6 with or
 * without brackets. Strict: no leading zeros, no short or hex or octal
 * forms. Returns 0 or -1. */
int addr_parse(struct slice s, struct addr *out);

/* As addr_parse, and every spelling that inet_aton(3) takes for an IPv4
 * address ("0x7f.1", "2130706433", "017700000001"), which is how clients may
 * spell an address that a rule must still recognise. */
int addr_parse_loose(struct slice s, struct addr *out);

int addr_from_sockaddr(const struct sockaddr *sa, struct addr *out);
/* Returns the length to hand to bind or connect. */
socklen_t addr_to_sockaddr(
    const struct addr *addr, struct sockaddr_storage *out);

bool addr_is_v4(const struct addr *addr);
bool addr_eq(const struct addr *a, const struct addr *b); /* port too */
bool addr_same_ip(const struct addr *a, const struct addr *b);
struct addr addr_unfold(struct addr addr);

#define ADDR_TEXT_SIZE 64
/* "192.0.2.1", "2001:db8::1": RFC 5952, no port. Returns buf. */
char *addr_text(char buf[ADDR_TEXT_SIZE], const struct addr *addr);
/* "192.0.2.1:443", "[2001:db8::1]:443". */
char *addr_text_port(char buf[ADDR_TEXT_SIZE], const struct addr *addr);

/* "10.0.0.0/8", "fc00::/7", or a lone address. Bits behind the length must
 * be zero. Returns NULL, or what is wrong in words. */
const char *prefix_parse(struct slice s, struct prefix *out);
/* A prefix shorter than ::ffff:0:0/96 holds no IPv4 address: ::/0 is all of
 * IPv6, 0.0.0.0/0 all of IPv4. */
bool prefix_has(const struct prefix *prefix, const struct addr *addr);
bool prefix_covers(const struct prefix *outer, const struct prefix *inner);
char *prefix_text(char buf[ADDR_TEXT_SIZE], const struct prefix *prefix);

/* Loopback, link-local, unspecified (0.0.0.0/8), multicast, broadcast, and
 * anything of class E: never a place on the internet. Both unfold first. */
bool addr_is_special(const struct addr *addr);
bool addr_is_loopback(const struct addr *addr);
bool addr_is_unspecified(const struct addr *addr);
/* addr_is_special, or private by RFC 1918, 4193 (fc00::/7), 6598, or a
 * documentation or benchmarking range of RFC 6890. */
bool addr_is_internal(const struct addr *addr);
/* The ranges behind these two, for who has to compile them; the second
 * without those of the first. */
const struct prefix *addr_special_prefixes(size_t *n);
const struct prefix *addr_internal_prefixes(size_t *n);

#endif
