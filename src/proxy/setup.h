/*
 * setup: what the supervisor hands a worker, at the start and at reloads.
 */
#ifndef PROXY_SETUP_H
#define PROXY_SETUP_H

#include "ipc/chan.h"
#include "proxy/worker.h"

/* Parses the bundle and replaces worker->rules. NULL, or why it can't be:
 * words that stay valid until the next call; the old rules stay. */
const char *setup_rules(struct worker *worker, uint32_t generation,
    struct slice path, int bundle_fd);

/* Everything is there: the listeners that came so far begin to accept. */
void setup_listen_start(struct worker *worker);

/* Handlers of the messages that only a worker gets; arg is the worker. */
chan_fn setup_on_listen, setup_on_record, setup_on_leaf_key, setup_on_tickets,
    setup_on_key, setup_on_lookup_key, setup_on_filter;

#endif
