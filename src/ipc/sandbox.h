/*
 * sandbox: the last lock, after everything is open.
 *
 * Landlock: no file at all, and no TCP where the role has no network; where
 * the kernel knows it, no signals and no abstract sockets to the outside.
 * Then a list of system calls by role (seccomp): opening a file gets EACCES
 * (libraries try at odd moments and live without), a call that is not on the
 * list ends the process, which the supervisor says and the kernel logs.
 */
#ifndef IPC_SANDBOX_H
#define IPC_SANDBOX_H

#include "ipc/role.h"

/* Once, and no_new_privs must be set. Where the kernel lacks a part, that is
 * said at info; fatal where it refuses. A build with sanitizers leaves the
 * system calls alone, and says so: the sanitizers need more of them. */
void sandbox_enter(enum role role);

#endif
