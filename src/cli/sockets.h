/*
 * sockets: the listening sockets, one for each worker and listener.
 *
 * All sockets of a listener share its address (SO_REUSEPORT); the kernel
 * spreads connections over them.  The supervisor keeps each of them open
 * while a worker is restarted, so that connections wait instead of failing.
 * Port 0 is resolved by the first and kept by the others.
 */
#ifndef CLI_SOCKETS_H
#define CLI_SOCKETS_H

#include <stdbool.h>

#include "conf/model.h"

struct sockets;

struct sockets *sockets_new(unsigned workers);
void sockets_free(struct sockets *sockets); /* closes; NULL is fine */

/* Opens what conf lists and isn't open. NULL, or why not, in words (borrowed
 * until the next call); what it opened is then closed again. */
const char *sockets_open(struct sockets *sockets, const struct conf *conf);
/* Closes the listeners that conf doesn't list. */
void sockets_keep_only(struct sockets *sockets, const struct conf *conf);

size_t sockets_count(const struct sockets *sockets);
/* The listener's address as configured, and as bound (another port where it
 * was 0). Borrowed. */
const struct addr *sockets_addr(const struct sockets *sockets, size_t i);
const struct addr *sockets_bound(const struct sockets *sockets, size_t i);
/* Borrowed; -1 where it could not be opened again. */
int sockets_fd(const struct sockets *sockets, size_t i, unsigned worker);

/* A worker that stays away for long must not keep a share of the clients
 * waiting: closed, its share goes to the others. */
void sockets_close_worker(struct sockets *sockets, unsigned worker);
void sockets_reopen_worker(struct sockets *sockets, unsigned worker);

#endif
