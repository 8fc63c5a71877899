/*
 * prefix: all addresses that begin with the same bits, as "10.0.0.0/8".
 *
 * Plain data, and IPv4 as in base/addr.h: 10.0.0.0/8 is ::ffff:10.0.0.0/104.
 */
#ifndef BASE_PREFIX_H
#define BASE_PREFIX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/slice.h"

struct prefix {
	uint8_t ip[16];
	uint8_t len; /* 0..128; IPv4 /8 is 104 */
};

/* "10.0.0.0/8", "fc00::/7", or a lone address. Bits behind the length must
 * be zero. Returns NULL, or what is wrong in words. */
const char *prefix_parse(struct slice s, struct prefix *out);
/* A prefix shorter than ::ffff:0:0/96 holds no IPv4 address: ::/0 is all of
 * IPv6, 0.0.0.0/0 all of IPv4. */
bool prefix_has(const struct prefix *prefix, const struct addr *addr);
bool prefix_covers(const struct prefix *outer, const struct prefix *inner);
char *prefix_text(char buf[ADDR_TEXT_SIZE], const struct prefix *prefix);

#endif
