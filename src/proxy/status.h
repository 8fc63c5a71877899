/*
 * status: what a worker tells `sallyport status`.
 */
#ifndef PROXY_STATUS_H
#define PROXY_STATUS_H

#include "ipc/roleloop.h"
#include "proxy/worker.h"

/* Answers status_ask `id`: one object with the counters, or one a
 * connection. */
void status_answer(struct worker *worker, struct roleloop *loop, uint64_t id,
    enum status_what what);

#endif
