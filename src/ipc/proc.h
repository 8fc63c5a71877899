/*
 * proc: a role's process, from fork to its privileges dropped.
 *
 * The supervisor spawns; the child drops, first thing (roleloop does it);
 * the last lock is ipc/sandbox.h's.
 */
#ifndef IPC_PROC_H
#define IPC_PROC_H

#include <stdbool.h>
#include <sys/types.h>

#include "ipc/role.h"

/* fork+exec of this same binary as `sallyport _role NAME INDEX`, its end of
 * a channel at CHAN_FD, standard error kept, everything else closed; it gets
 * SIGKILL when the supervisor ends. Returns the pid, or -1 with errno;
 * *chan_fd is the supervisor's end. */
pid_t proc_spawn(enum role role, unsigned index, int *chan_fd);

struct proc_user {
	uid_t uid;
	gid_t gid;
	bool keep_mark; /* keep CAP_NET_RAW, which SO_MARK asks for */
};

/* In the child: own session, no core dumps, not dumpable, all descriptors
 * that the hard limit grants, no_new_privs, then no groups, the user's group
 * and the user. user NULL: stay who we are. Fatal where a step is refused. */
void proc_drop(enum role role, const struct proc_user *user);

#endif
