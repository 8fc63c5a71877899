/*
 * forbidden: TCP connections that are open and that the rules in force
 * forbid; and how to close one.
 *
 * Which ones these are the kernel says itself, by the tags of the sockets
 * and the rules that judge packets (src/guard/bpf_open.h), for the network
 * namespace that asks.
 */
#ifndef GUARD_FORBIDDEN_H
#define GUARD_FORBIDDEN_H

#include "guard/kernel.h"

/* link: of guard_open_forbidden(); needs no privilege. 0, or -1 and errno. */
int forbidden_each(
    int link, void (*fn)(const struct guard_open *open, void *arg), void *arg);

/* For forbidden_close(): a descriptor, or -1 and errno. */
int forbidden_open_diag(void);
/* Its owner gets ECONNABORTED; its peer nothing, where the filter denies the
 * reset, too. Needs CAP_NET_ADMIN and a
 * kernel with INET_DIAG_DESTROY. 0, or -1 and errno: ENOENT where it has
 * ended by itself. */
int forbidden_close(int diag, const struct guard_open *open);

#endif
