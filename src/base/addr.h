/*
 * addr: an IP address with a port.
 *
 * All addresses are held as 16 bytes, IPv4 as ::ffff:a.b.c.d, so that there
 * is one comparison.  Ranges of them are base/prefix.h's, and what one really
 * reaches is base/reach.h's.
 */
#ifndef BASE_ADDR_H
#define BASE_ADDR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/slice.h"

#define ADDR_V4_AT 12 /* where the four bytes of an IPv4 address stand */
#define ADDR_V4_BITS 96

struct addr {
	uint8_t ip[16];
	uint16_t port;  /* host order; 0 where there is none */
	uint32_t scope; /* of a link-local IPv6 address, else 0 */
};

/* A textual address as URLs and rules have it: dotted quad, IPv6 with or
 * without brackets. Strict: no leading zeros, no short or hex or octal
 * forms. Returns 0 or -1. */
int addr_parse(struct slice s, struct addr *out);

/* As addr_parse, and every spelling that inet_aton(3) takes for an IPv4
 * address ("0x7f.1", "2130706433", "017700000001"), which is how clients may
 * spell an address that a rule must still recognise. */
int addr_parse_loose(struct slice s, struct addr *out);

struct addr addr_from_v4(const uint8_t v4[4]);
int addr_from_sockaddr(const struct sockaddr *sa, struct addr *out);
/* Returns the length to hand to bind or connect. */
socklen_t addr_to_sockaddr(
    const struct addr *addr, struct sockaddr_storage *out);

bool addr_is_v4(const struct addr *addr);
bool addr_eq(const struct addr *a, const struct addr *b); /* port too */
bool addr_same_ip(const struct addr *a, const struct addr *b);
/* 0.0.0.0 or ::. */
bool addr_is_unspecified(const struct addr *addr);

#define ADDR_TEXT_SIZE 64
/* "192.0.2.1", "2001:db8::1": RFC 5952, no port. Returns buf. */
char *addr_text(char buf[ADDR_TEXT_SIZE], const struct addr *addr);
/* "192.0.2.1:443", "[2001:db8::1]:443". */
char *addr_text_port(char buf[ADDR_TEXT_SIZE], const struct addr *addr);

#endif
