/*
 * splice: two sockets joined in the kernel, both ways, with splice(2).
 *
 * What is under way in one direction is at most a pipe's content (64 KB by
 * default).  Where no pipe is to be had (out of descriptors), the same
 * amount goes through memory.  SIGPIPE must be ignored in the process:
 * splice(2) can't be told not to raise it.
 */
#ifndef NET_SPLICE_H
#define NET_SPLICE_H

#include <stdint.h>

#include <event2/buffer.h>
#include <event2/event.h>

struct splice;

/* Both ways have ended (error NULL), or the pair broke: static words. From
 * the loop, once; the splice may be freed in it. */
typedef void splice_fn(const char *error, void *arg);

struct splice_stats {
	uint64_t to_b, to_a; /* bytes handed on */
	uint64_t last_ms;    /* clock_ms() of the last progress */
};

/* Takes over both fds (connected, non-blocking) and both buffers, which are
 * sent first. */
struct splice *splice_new(struct event_base *base, int a, int b,
    struct evbuffer *to_a, struct evbuffer *to_b, splice_fn *on_end, void *arg);
void splice_free(struct splice *pair); /* closes both; NULL is fine */
const struct splice_stats *splice_stats(const struct splice *pair);

#endif
