/*
 * waiters: a list that grows to a bound.
 *
 * Used by the directory process.  It tells nobody anything: whoever has the
 * answer does.
 */
#include "directory/waiters.h"

#include <stdlib.h>

#include "base/mem.h"

int
waiters_add(struct waiters *waiters, size_t most, uint64_t peer, uint64_t id)
{
	if (waiters->n >= most)
		return -1;
	waiters->v = mem_grow(
	    waiters->v, waiters->n, &waiters->cap, sizeof(*waiters->v));
	waiters->v[waiters->n++] = (struct waiter){ peer, id };
	return 0;
}

void
waiters_forget(struct waiters *waiters, uint64_t peer)
{
	size_t kept = 0;

	for (size_t i = 0; i < waiters->n; i++)
		if (waiters->v[i].peer != peer)
			waiters->v[kept++] = waiters->v[i];
	waiters->n = kept;
}

void
waiters_clear(struct waiters *waiters)
{
	free(waiters->v);
	*waiters = (struct waiters){ 0 };
}
