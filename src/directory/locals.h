/*
 * locals: clients on this machine, whose account the supervisor can tell by
 * their socket.
 */
#ifndef DIRECTORY_LOCALS_H
#define DIRECTORY_LOCALS_H

#include "ipc/roleloop.h"

#define LOCALS_MAX 4096 /* that wait; the oldest leaves */

struct locals;

/* account: empty: it can't be told. client: without its port. */
typedef void locals_fn(uint64_t peer, uint64_t id, const struct addr *client,
    struct slice account, void *arg);

/* loop: borrowed. on_known may be called from within locals_ask. */
struct locals *locals_new(
    struct roleloop *loop, locals_fn *on_known, void *arg);
void locals_free(struct locals *locals);

/* peer: who is told in the end. */
void locals_ask(
    struct locals *locals, uint64_t peer, const struct msg_local_ask *ask);
void locals_done(struct locals *locals, const struct msg_who_done *done);

#endif
