/*
 * pump: two streams joined until both are done.
 *
 * Bytes go both ways with backpressure; half-close is passed on; plain
 * sockets are joined in the kernel (net/splice.h).  A reset or error on one
 * side ends both, and so does a TLS stream that breaks off without
 * close_notify, once its bytes are through.  The end is told once; the truth
 * table of when is net/flow.h's.  SIGPIPE must be ignored in the process.
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

/* From the loop, once. */
typedef void pump_fn(struct pump *pump, enum pump_end end, void *arg);

/* Takes over both ios (their callbacks and pauses, and frees them at the
 * end). What stands in their inputs is moved first. idle_ms: no byte either
 * way; 0: no limit. The caller owns the pump and frees it from on_end or
 * later. */
struct pump *pump_new(struct event_base *base, struct io *a, struct io *b,
    uint64_t idle_ms, pump_fn *on_end, void *arg);
void pump_free(struct pump *pump); /* closes both, no further call; NULL is
                                    * fine */
/* Ends it from outside: both are closed, on_end is told PUMP_CANCELLED. */
void pump_cancel(struct pump *pump, const char *why);
const struct pump_stats *pump_stats(struct pump *pump);
/* clock_ms() of the last byte. */
uint64_t pump_last_ms(const struct pump *pump);
/* Why it ended, in static words; NULL where clean. */
const char *pump_error(const struct pump *pump);

#endif
