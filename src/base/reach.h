/*
 * reach: what an address really reaches, and whether that is a place on the
 * internet.
 *
 * addr_unfold() takes an address to what is inside of it: mapped (RFC 4291
 * 2.5.5.2), compatible, translated (RFC 2765), NAT64 (RFC 6052 64:ff9b::/96
 * and RFC 8215 64:ff9b:1::/48), 6to4 (RFC 3056) and Teredo (RFC 4380) forms
 * become the IPv4 address inside.  Where the RFC 8215 prefix hides it in a
 * way that can be read twice, an internal reading is preferred; what can't be
 * read stays folded and is special.  Rules only ever see unfolded addresses.
 */
#ifndef BASE_REACH_H
#define BASE_REACH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/addr.h"
#include "base/prefix.h"

struct addr addr_unfold(struct addr addr);
/* Whose it is, to count somebody by: unfolded, and of IPv6 the first address
 * of its /64, since who has one has all of those. Without port and scope. */
struct addr addr_holder(const struct addr *addr);

/* Loopback, link-local, unspecified (0.0.0.0/8), multicast, broadcast, and
 * anything of class E: never a place on the internet. All of these unfold
 * first. */
bool addr_is_special(const struct addr *addr);
bool addr_is_loopback(const struct addr *addr);
/* addr_is_special, or private by RFC 1918, 4193 (fc00::/7), 6598, or a
 * documentation or benchmarking range of RFC 6890. */
bool addr_is_internal(const struct addr *addr);
/* The ranges behind special and internal, for who has to compile them; the
 * second without those of the first. */
const struct prefix *addr_special_prefixes(size_t *n);
const struct prefix *addr_internal_prefixes(size_t *n);

#endif
