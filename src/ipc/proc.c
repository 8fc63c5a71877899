/*
 * proc: starting a process of ours, and giving up what root could do.
 *
 * proc_spawn runs in the supervisor, proc_drop in every other process.  The
 * order of the drop matters and is in one place: what needs root comes
 * first, the user changes last, and nothing can be taken back.
 */
#include "ipc/proc.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "ipc/chan.h"

#define SELF "/proc/self/exe" /* the binary that runs, even if replaced */

/* --- in the supervisor ------------------------------------------------ */

/* Closes everything from `first` on, where the kernel has no close_range
 * one by one. */
static void
close_from(unsigned first)
{
	long max = sysconf(_SC_OPEN_MAX);

	if (syscall(SYS_close_range, first, ~0U, 0) == 0)
		return;
	for (long fd = first; fd < max; fd++)
		close((int)fd);
}

/* Between fork and exec: only what is safe there. */
_Noreturn static void
child_exec(enum role role, const char *index, int chan, pid_t parent)
{
	char *argv[] = { (char *)(uintptr_t) "sallyport",
		(char *)(uintptr_t) "_role",
		(char *)(uintptr_t)role_info(role)->name,
		(char *)(uintptr_t)index, NULL };
	sigset_t none;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent || null < 0)
		_exit(1);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	/* dup2 onto itself would leave close-on-exec set */
	if (chan == CHAN_FD)
		(void)fcntl(chan, F_SETFD, 0);
	else if (dup2(chan, CHAN_FD) < 0)
		_exit(1);
	if (dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
		_exit(1);
	close_from(CHAN_FD + 1);
	execv(SELF, argv);
	log_error("cannot start %s: %m", role_info(role)->name);
	_exit(1);
}

pid_t
proc_spawn(enum role role, unsigned index, int *chan_fd)
{
	char text[16];
	int fds[2];
	pid_t parent = getpid(), pid;
	int saved;

	snprintf(text, sizeof(text), "%u", index);
	chan_pair(fds);
	pid = fork();
	if (pid == 0)
		child_exec(role, text, fds[1], parent);
	saved = errno;
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		errno = saved;
		return -1;
	}
	*chan_fd = fds[0];
	return pid;
}

/* --- in the child ----------------------------------------------------- */

static void
limit_cores(void)
{
	struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_CORE, &none) < 0)
		fatal("cannot forbid core dumps: %m");
}

static void
raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		fatal("cannot read the limit of descriptors: %m");
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		fatal("cannot raise the limit of descriptors: %m");
}

/* Not readable by others of the same user: /proc/PID/mem, ptrace. The leak
 * checker of a sanitizer build has to attach, so it stays possible there. */
static void
hide_memory(void)
{
#ifndef WITH_SANITIZERS
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		fatal("cannot forbid dumps: %m");
#endif
}

/* Leaves cap (or none, where negative) and forgets the others for good. */
static void
keep_capability(int cap)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = { { 0 } };

	if (cap >= 0) {
		data[0].effective = 1u << cap;
		data[0].permitted = 1u << cap;
	}
	if (syscall(SYS_capset, &header, data) < 0)
		fatal("cannot drop capabilities: %m");
}

static void
change_user(const struct proc_user *user)
{
	if (prctl(PR_SET_KEEPCAPS, user->keep_mark, 0, 0, 0) < 0)
		fatal("cannot keep capabilities: %m");
	if (setgroups(0, NULL) < 0)
		fatal("cannot drop groups: %m");
	if (setresgid(user->gid, user->gid, user->gid) < 0)
		fatal("cannot change to group %u: %m", (unsigned)user->gid);
	if (setresuid(user->uid, user->uid, user->uid) < 0)
		fatal("cannot change to user %u: %m", (unsigned)user->uid);
	if (user->uid != 0 && setuid(0) == 0)
		fatal("root came back after it was dropped");
	keep_capability(user->keep_mark ? CAP_NET_RAW : -1);
}

void
proc_drop(enum role role, const struct proc_user *user)
{
	pid_t parent = getppid();

	(void)setsid(); /* Ctrl-C is for the supervisor */
	limit_cores();
	raise_descriptors();
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		fatal("cannot set no_new_privs: %m");
	if (user)
		change_user(user);
	hide_memory();
	/* a change of user forgets it */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		fatal("cannot tie to the supervisor: %m");
	if (getppid() != parent)
		fatal("the supervisor is gone");
	log_debug(
	    "%s runs as user %u", role_info(role)->name, (unsigned)getuid());
}
