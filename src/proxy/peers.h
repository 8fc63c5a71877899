/*
 * peers: a worker's channels to the signer, the directory process and the
 * alerter.  The one to the guard is proxy/tags.h's.
 */
#ifndef PROXY_PEERS_H
#define PROXY_PEERS_H

#include "ipc/role.h"
#include "proxy/worker.h"

/* fd: taken. Replaces an older channel to that role, whose questions
 * get no answer. */
void peers_take(struct worker *worker, enum role role, int fd);

#endif
