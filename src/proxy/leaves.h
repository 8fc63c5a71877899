/*
 * leaves: the certificates this worker has shown lately, and its questions
 * to the signer for others.
 */
#ifndef PROXY_LEAVES_H
#define PROXY_LEAVES_H

#include "base/arena.h"
#include "base/name.h"
#include "ipc/pending.h"
#include "net/facts.h"
#include "net/tls.h"
#include "proxy/worker.h"

struct leaves;

struct leaves *leaves_new(size_t max);
void leaves_free(struct leaves *leaves);
void leaves_forget(struct leaves *leaves); /* the authority has changed */

/* What tells leaves apart: the origin's facts, and the host where they don't
 * cover it; the host alone where nothing is known (facts NULL). */
struct slice leaves_key(
    struct arena *arena, const struct host *host, const struct facts *facts);

/* Borrowed until the next call; NULL: not there, or about to expire. */
struct tls_leaf *leaves_get(struct leaves *leaves, struct slice key);

/* Asks the signer for the host and what the origin's certificate has (NULL:
 * nothing is known). 0: it can't be asked now. */
uint64_t leaves_ask(struct worker *worker, const struct host *host,
    const struct facts *facts, pending_fn *on_answer, void *arg);
/* Keeps the signer's answer and returns it borrowed; NULL: unusable. */
struct tls_leaf *leaves_keep(
    struct leaves *leaves, struct slice key, struct slice chain_der);

#endif
