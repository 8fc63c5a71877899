/*
 * enforce: the kernel's part of a proxy: a cgroup for the workers and the
 * guard's programs at it.
 *
 * Belongs to the supervisor, which has the privileges to load, and gives them
 * up when that is done; what is left to do while the proxy runs, the guard
 * process does with descriptors.
 */
#ifndef CLI_ENFORCE_H
#define CLI_ENFORCE_H

#include <stdbool.h>
#include <sys/types.h>

#include <event2/event.h>

#include "base/secret.h"
#include "conf/model.h"

struct enforce;
struct child;

/* NULL where the configuration asks for nothing (*why NULL), or where it
 * can't be had: then *why is set if that is a reason not to start (borrowed
 * until the next call). The caller owns it. */
struct enforce *enforce_start(
    struct event_base *base, const struct conf *conf, const char **why);
/* The guard has other rules now. NULL is fine. */
void enforce_changed(struct enforce *enforce);
/* Lifts the filter and removes the cgroup: no worker may run any more. NULL
 * is fine. */
void enforce_stop(struct enforce *enforce);

/* The worker is filtered from now on. NULL enforce: nothing to do. */
bool enforce_enter(struct enforce *enforce, pid_t worker);
/* A socket of the proxy itself, and what is accepted from it. */
void enforce_own(struct enforce *enforce, int fd);
/* What the guard process needs before its configuration. */
void enforce_give(
    struct enforce *enforce, const struct conf *conf, struct child *child);
/* Key of ipc/proof.h. */
struct slice enforce_key(const struct enforce *enforce);

#endif
