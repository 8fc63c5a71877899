/*
 * dns: a resolver for tests, on a UDP port of loopback, with a zone that is
 * a table.
 */
#ifndef TEST_NET_DNS_H
#define TEST_NET_DNS_H

#include "base/addr.h"
#include "bed.h"

struct dns_record {
	const char *name; /* lower case, no dot at the end */
	unsigned type;    /* DNS_TYPE_A, DNS_TYPE_AAAA, 5: CNAME */
	const char *value;
	unsigned delay_ms; /* before the answer */
};

/* What is in no table: NXDOMAIN. A name "silent…" gets no answer,
 * "broken…" SERVFAIL. */
struct dns {
	int fd; /* owned */
	struct addr addr;
	struct event *ready;
	const struct dns_record *zone;
	size_t nzone;
	unsigned asked; /* questions seen */
	struct bed *bed;
};

void dns_init(struct dns *dns, struct bed *bed, const struct dns_record *zone,
    size_t nzone);
void dns_clear(struct dns *dns);

#endif
