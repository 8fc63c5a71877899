/*
 * io_linger: the end of an io that nobody owns any more.
 */
#ifndef NET_IO_LINGER_H
#define NET_IO_LINGER_H

#include "net/io.h"

/* As io_finish, then io_free by itself when all is written and the peer has
 * closed. linger_ms bounds the wait for the peer; a reader that is slow but
 * reads gets all of it first. The owner must not touch the io again, and may
 * be told when it is gone. */
void io_finish_and_free(
    struct io *io, unsigned linger_ms, void (*on_gone)(void *arg), void *arg);

#endif
