/*
 * proc: a role's process, from fork to the last privilege dropped.
 */
#ifndef IPC_PROC_H
#define IPC_PROC_H

#include <sys/types.h>

#include "ipc/role.h"

/* fork+exec of this same binary as `role`, its end of a channel at CHAN_FD,
 * standard error kept, everything else closed. Returns the pid, or -1 with
 * errno; *chan_fd is the supervisor's end. */
pid_t proc_spawn(enum role role, unsigned index, int *chan_fd);

/* First thing in the child: own session, no core dumps, not dumpable,
 * no_new_privs, rlimits, then groups and user dropped to run_user (NULL:
 * stay, where not root). Fatal where a step is refused. */
void proc_drop(enum role role, const char *run_user);

/* The last lock, after everything is open: landlock (no file at all) and a
 * seccomp list by role. Soft where the kernel lacks it (said at info);
 * fatal where it refuses. */
void proc_sandbox(enum role role);

#endif
