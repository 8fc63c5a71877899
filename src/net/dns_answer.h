/*
 * dns_answer: the addresses in a DNS message (RFC 1035 section 4.1).
 */
#ifndef NET_DNS_ANSWER_H
#define NET_DNS_ANSWER_H

#include "base/addr.h"
#include "base/slice.h"

#define DNS_TYPE_A 1
#define DNS_TYPE_AAAA 28

/* Appends the addresses of that type in the answer section to out[*n], up to
 * max. The message is one a resolver has already cleaned of what was not
 * asked. Returns 0, or -1 where it is malformed (*n as far as it was good). */
int dns_answer_addrs(struct slice message, unsigned type, struct addr *out,
    size_t max, size_t *n);

#endif
