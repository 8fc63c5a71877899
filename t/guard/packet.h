/*
 * packet: IP packets made by hand, and one run of the packet program on them.
 */
#ifndef T_GUARD_PACKET_H
#define T_GUARD_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"

#define PACKET_MAX 256

struct packet {
	unsigned char b[PACKET_MAX];
	size_t n;
};

/* A UDP packet to addr and port; port 0: of a protocol without ports. An
 * Ethernet header stands before it, as a test run wants it. */
void packet_make(struct packet *packet, const struct addr *addr, uint16_t port);

/* Whether the program lets it pass, on a socket that has no tag. */
bool packet_passes(int prog, const struct packet *packet);

#endif
