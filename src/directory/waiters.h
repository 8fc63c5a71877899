/*
 * waiters: the workers' questions that one answer is for.
 *
 * Plain data, embedded in what is waited for, zeroed at first.
 */
#ifndef DIRECTORY_WAITERS_H
#define DIRECTORY_WAITERS_H

#include <stddef.h>
#include <stdint.h>

struct waiter {
	uint64_t peer, id; /* the worker, and what it calls its question */
};

struct waiters {
	struct waiter *v; /* owned */
	size_t n, cap;
};

/* -1: there are `most` already. */
int waiters_add(
    struct waiters *waiters, size_t most, uint64_t peer, uint64_t id);
/* That worker is gone. */
void waiters_forget(struct waiters *waiters, uint64_t peer);
void waiters_clear(struct waiters *waiters);

#endif
