/*
 * sock: sockets and what they say, for tests.
 */
#ifndef T_GUARD_SOCK_H
#define T_GUARD_SOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"

struct addr place(const char *text, uint16_t port);
/* Of the family of addr; -1 and errno. */
int sock_new(const struct addr *addr, int type, int protocol);
/* 0, or the error; a connect under way is none. */
int sock_send_to(int fd, const struct addr *addr);
int sock_connect(int fd, const struct addr *addr);
/* Whether a byte from one end comes out of the other in a moment. */
bool sock_arrives(int from, int to);

#define NOBODY UINT32_MAX

/* Runs fn in a process of that login (NOBODY: none) and user, which must not
 * fail to become so; returns what fn does, 0 to 255. */
int as_user(uint32_t login, uint32_t uid, int (*fn)(void *arg), void *arg);
/* The same in two steps. */
void become(uint32_t login, uint32_t uid);

#endif
