/*
 * pump: two streams joined until both are done.
 *
 * Bytes go both ways with backpressure; half-close is passed on; plain
 * sockets are joined in the kernel with splice(2).  A reset or error on one
 * side ends both.  The end is told once; the truth table of when is in
 * pump.c.
 */
#ifndef NET_PUMP_H
#define NET_PUMP_H

#include "net/io.h"

struct pump;

enum pump_end {
	PUMP_CLEAN,
	PUMP_ERROR,
	PUMP_IDLE,
	PUMP_CANCELLED
};
struct pump_stats {
	uint64_t to_b, to_a; /* bytes moved */
};

typedef void pump_fn(struct pump *pump, enum pump_end end, void *arg);

/* Takes over both ios (their callbacks, and frees them at the end). What
 * stands in their inputs is moved first. idle_ms: no byte either way. The
 * caller owns the pump and frees it from on_end or later. */
struct pump *pump_new(struct event_base *base, struct io *a, struct io *b,
    uint64_t idle_ms, pump_fn *on_end, void *arg);
void pump_free(struct pump *pump); /* closes both; no further call */
const struct pump_stats *pump_stats(const struct pump *pump);
/* Why it ended, in static words; NULL where clean. */
const char *pump_error(const struct pump *pump);

#endif
