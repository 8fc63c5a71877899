/*
 * runner: a small process that runs the alert command.
 *
 * The alerter may not execute anything once its sandbox has closed.  So it
 * makes this process before: it has given up its privileges, too, holds
 * nothing but one socket, and runs one program, the one it was made for,
 * with JSON on its standard input.
 */
#ifndef ALERTER_RUNNER_H
#define ALERTER_RUNNER_H

#include <stdbool.h>

#include <event2/event.h>

#include "base/slice.h"

#define RUNNER_SECONDS 30 /* a command that takes longer is ended */

struct runner;

/* ok: it exited with 0. From the loop. */
typedef void runner_fn(bool ok, const char *why, void *arg);

/* Before the sandbox. NULL with errno. */
struct runner *runner_start(struct event_base *base, const char *command,
    runner_fn *on_done, void *arg);
/* The process ends with its socket. NULL is fine. */
void runner_free(struct runner *runner);
/* One at a time. -1: it is gone. */
int runner_run(struct runner *runner, struct slice json);

#endif
