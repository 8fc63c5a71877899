/*
 * sample: one message of every kind, with every field set, made from the
 * catalogue so that a new message is tested without a line of code.
 */
#ifndef T_UNIT_IPC_SAMPLE_H
#define T_UNIT_IPC_SAMPLE_H

#include <stdbool.h>

#include "ipc/msg.h"

/* Fields differ from each other; strings borrow from static memory. */
void sample_fill(enum msg_kind kind, union msg_body *body);
bool sample_equal(
    enum msg_kind kind, const union msg_body *a, const union msg_body *b);

#endif
