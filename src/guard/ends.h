/*
 * ends: whose program is at the other end of a connection on this machine.
 *
 * Two sources.  Where `sallyport guard run` filters the host, the kernel
 * wrote down who logged in when the connection was made; else the socket
 * that is there now is asked for its owner, which knows nothing of sudo and
 * is believed only while the socket is open and has an owner.
 */
#ifndef GUARD_ENDS_H
#define GUARD_ENDS_H

#include <stdint.h>

#include "base/addr.h"

/* The user of the program whose end is `client` and whose peer is `local`.
 * 0, or -1: not known for certain, or not a connection of this machine. */
int ends_user(
    const struct addr *client, const struct addr *local, uint32_t *uid);

/* The second source alone. */
int ends_ask_socket(
    const struct addr *client, const struct addr *local, uint32_t *uid);

/* The first, from a map's descriptor (GUARD_MAP_LOCALS): the account that
 * logged in or, where none has, the one that the program runs as. */
int ends_ask_map(int map, const struct addr *client, const struct addr *local,
    uint32_t *uid);

#endif
