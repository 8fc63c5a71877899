/*
 * io_stage: an io with a scripted peer at its other end, plain, as a TLS
 * server and as a TLS client; what all tests of net/io stand on.
 */
#ifndef TEST_NET_IO_STAGE_H
#define TEST_NET_IO_STAGE_H

#include <stdbool.h>

#include "bed.h"

#define NOPENERS 3

typedef void open_fn(struct seen *, struct peer *);

extern struct bed stage_bed;
extern bool stage_tcp; /* TCP on loopback, not a pair of unix sockets */
extern open_fn *const stage_openers[NOPENERS];

/* The fixture. */
void stage_setup(void);
void stage_teardown(void);

/* By the opener of that number, with the handshake done. */
void stage_open(int which, struct seen *seen, struct peer *peer);
void stage_clear(struct seen *seen, struct peer *peer);

/* The peer sends, or our side does: n bytes of the pattern. */
void stage_say(struct peer *peer, size_t from, size_t n);
void stage_queue(struct seen *seen, size_t from, size_t n);
/* The peer has sent all; with TLS it says so. */
void stage_finish_peer(struct peer *peer);
void stage_reset_peer(struct peer *peer);
void stage_wait_for(struct seen *seen, enum io_event event, unsigned ms);

#endif
