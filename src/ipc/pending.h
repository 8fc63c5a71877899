/*
 * pending: questions under way, by id, with deadlines.
 *
 * An asker registers a callback and gets an id to put in the message; the
 * answer is looked up by that id.  An answer that comes after its deadline
 * or its cancellation finds nothing and is dropped: no pointer ever crosses
 * a process.
 */
#ifndef IPC_PENDING_H
#define IPC_PENDING_H

#include <stdint.h>

#include <event2/event.h>

#include "ipc/msg.h"
#include "ipc/role.h"

struct pending;

/* body NULL: the deadline passed, or the peer is gone. */
typedef void pending_fn(const union msg_body *body, void *arg);

struct pending *pending_new(struct event_base *base, size_t max);
void pending_free(struct pending *pending); /* without calling anybody */

/* 0 where max are under way. Ids are never reused. peer: who is asked. */
uint64_t pending_add(struct pending *pending, enum role peer,
    uint64_t timeout_ms, pending_fn *on_answer, void *arg);
void pending_answer(
    struct pending *pending, uint64_t id, const union msg_body *body);
void pending_cancel(struct pending *pending, uint64_t id); /* 0 is fine */
/* The peer is gone. The callbacks of what it was asked may do anything but
 * free the pending. */
void pending_fail(struct pending *pending, enum role peer);
size_t pending_count(const struct pending *pending);

#endif
