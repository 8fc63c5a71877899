/*
 * contexts: the TLS contexts and certificates of one generation of the
 * configuration: towards origins, and for listeners that speak TLS.
 */
#ifndef PROXY_CONTEXTS_H
#define PROXY_CONTEXTS_H

#include "proxy/worker.h"

/* Fills origin_ctx, legacy_ctx, own and listen_ctx of rules, whose bundle and
 * conf are there. NULL, or what is wrong in static words; contexts_clear is
 * due either way. */
const char *contexts_load(struct rules *rules, const struct worker *worker);
void contexts_clear(struct rules *rules);

/* There are new ticket keys: listeners get fresh contexts with them. */
void contexts_renew(struct worker *worker);

#endif
