/*
 * control: the socket through which the verbs reload and status speak to a
 * running proxy.
 *
 * A stream of lines.  The client says one: "reload", "status" or
 * "connections".  The answer's first line is "ok" or "failed"; what follows
 * is text (reload) or, for the other two, the lines of cli/survey.h; then the
 * supervisor closes.  Only root and the user that the proxy was started
 * by are served.
 */
#ifndef CLI_CONTROL_H
#define CLI_CONTROL_H

#include "cli/children.h"
#include "cli/supervisor.h"
#include "ipc/msg.h"

#define CONTROL_LINE_MAX 64 /* bytes of what a client says */
#define CONTROL_CLIENTS_MAX 8

struct control;

/* Binds at path. NULL and *why (borrowed until the next call) where that
 * can't be; a stale socket is replaced, one that is answered is not. */
struct control *control_open(
    struct supervisor *supervisor, const char *path, const char **why);
void control_close(struct control *control); /* NULL is fine */

/* A child's answer to what a client asked. */
void control_part(struct control *control, const struct child *child,
    const struct msg_status_part *part);

#endif
