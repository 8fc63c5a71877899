/*
 * answers: what children say to the supervisor, and what becomes of it.
 */
#ifndef CLI_ANSWERS_H
#define CLI_ANSWERS_H

#include "ipc/chan.h"

struct child;

/* For channels whose arg is a struct child. */
const struct chan_ops *answers_ops(void);

/* The process has ended: hears what it still said, then frees its channel. */
void answers_last_words(struct child *child);

#endif
