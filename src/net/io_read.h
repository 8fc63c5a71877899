/*
 * io_read: the reading half of an io's drive loop.
 */
#ifndef NET_IO_READ_H
#define NET_IO_READ_H

#include "net/io_state.h"

#define IO_CHUNK_MIN (4u << 10) /* room to read into at first */

/* One step of reading, and telling of it; false where there is no more to
 * do. */
bool io_read(struct io *io);

#endif
