/*
 * sandbox: closing the door behind a role that has started.
 *
 * Runs once in every process but the supervisor.  What a role may call is a
 * table; there is no way to open it again, and nothing is decided here at
 * run time but what the kernel offers.
 */
#include "ipc/sandbox.h"

#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <seccomp.h>

#include "base/log.h"

/* --- landlock --------------------------------------------------------- */

/* The kernel's struct landlock_ruleset_attr as of its 6th version; an older
 * kernel takes it where what it doesn't know is zero. Declared here since
 * distributions' headers are older than the kernels that run. */
struct ruleset {
	uint64_t fs, net, scoped;
};

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_restrict_self 446
#endif
#define RULESET_VERSION 1u /* flag: tell the version */

/* By version: everything that it knows to forbid. */
static const struct ruleset rulesets[] = {
	{ 0x1fff, 0, 0 }, /* 1: read, write, execute, make, remove */
	{ 0x3fff, 0, 0 }, /* 2: link and rename across directories */
	{ 0x7fff, 0, 0 }, /* 3: truncate */
	{ 0x7fff, 3, 0 }, /* 4: bind and connect TCP */
	{ 0xffff, 3, 0 }, /* 5: ioctl on devices */
	{ 0xffff, 3, 3 }, /* 6: abstract sockets, signals */
};
#define RULESETS ((long)(sizeof(rulesets) / sizeof(*rulesets)))

/* No rule is added: what is handled and has no rule is denied. */
static void
landlock_enter(enum role role)
{
	long version = syscall(
	    SYS_landlock_create_ruleset, NULL, (size_t)0, RULESET_VERSION);
	struct ruleset all;
	int fd;

	if (version < 1) {
		log_info("this kernel has no landlock: files are kept away by"
			 " the list of system calls alone");
		return;
	}
	all = rulesets[(version < RULESETS ? version : RULESETS) - 1];
	if (role_info(role)->network)
		all.net = 0;
	fd = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0u);
	if (fd < 0 || syscall(SYS_landlock_restrict_self, fd, 0u) < 0)
		fatal("landlock: %m");
	close(fd);
}

/* --- system calls ----------------------------------------------------- */

#define SYS(name) SCMP_SYS(name)

static const int calls_for_all[] = {
	/* channels, the log, what is already open */
	SYS(read), SYS(readv), SYS(pread64), SYS(write), SYS(writev),
	SYS(recvmsg), SYS(sendmsg), SYS(recvfrom), SYS(sendto), SYS(close),
	SYS(close_range), SYS(lseek), SYS(fstat), SYS(fcntl), SYS(dup),
	SYS(dup3), SYS(shutdown), SYS(getsockopt), SYS(setsockopt),
	SYS(getsockname), SYS(getpeername), SYS(fdatasync),
	/* the event loop */
	SYS(epoll_wait), SYS(epoll_pwait), SYS(epoll_pwait2), SYS(epoll_ctl),
	SYS(epoll_create1), SYS(poll), SYS(ppoll), SYS(select), SYS(pselect6),
	SYS(eventfd2), SYS(pipe2), SYS(timerfd_create), SYS(timerfd_settime),
	/* memory */
	SYS(brk), SYS(munmap), SYS(mremap), SYS(madvise), SYS(mlock),
	SYS(mlock2), SYS(munlock), SYS(msync), SYS(memfd_create), SYS(pwrite64),
	SYS(ftruncate),
	/* time, randomness, who am I */
	SYS(clock_gettime), SYS(clock_getres), SYS(clock_nanosleep),
	SYS(nanosleep), SYS(gettimeofday), SYS(time), SYS(times),
	SYS(getrandom), SYS(getpid), SYS(getppid), SYS(gettid), SYS(getuid),
	SYS(geteuid), SYS(getgid), SYS(getegid), SYS(getrusage), SYS(getrlimit),
	SYS(sysinfo), SYS(uname), SYS(sched_getaffinity), SYS(sched_yield),
	SYS(getcpu), SYS(membarrier),
	/* locks, signals, the end */
	SYS(futex), SYS(set_robust_list), SYS(rseq), SYS(restart_syscall),
	SYS(rt_sigaction), SYS(rt_sigprocmask), SYS(rt_sigreturn),
	SYS(sigaltstack), SYS(exit), SYS(exit_group)
};

static const int calls_for_network[] = { SYS(connect), SYS(bind), SYS(accept4),
	SYS(accept), SYS(splice), SYS(sendfile), SYS(recvmmsg), SYS(sendmmsg) };

/* What libraries try and can do without. */
static const int calls_for_files[] = { SYS(open), SYS(openat), SYS(openat2),
	SYS(creat), SYS(unlink), SYS(unlinkat) };

/* Whether there is a file: there is none. Some give up at one that they may
 * not read, and do without one that is missing. */
static const int looks_at_files[] = { SYS(stat), SYS(lstat), SYS(statx),
	SYS(access), SYS(faccessat), SYS(faccessat2), SYS(readlink),
	SYS(readlinkat) };

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

static void
add(scmp_filter_ctx ctx, uint32_t action, int call)
{
	int ret = seccomp_rule_add(ctx, action, call, 0);

	if (ret < 0)
		fatal("seccomp: system call %d: error %d", call, -ret);
}

static void
add_all(scmp_filter_ctx ctx, uint32_t action, const int *calls, size_t n)
{
	for (size_t i = 0; i < n; i++)
		add(ctx, action, calls[i]);
}

static void
add_if(scmp_filter_ctx ctx, uint32_t action, int call, struct scmp_arg_cmp arg)
{
	int ret = seccomp_rule_add(ctx, action, call, 1, arg);

	if (ret < 0)
		fatal("seccomp: system call %d: error %d", call, -ret);
}

/* Calls of which only some arguments are harmless. */
static void
add_with_arguments(scmp_filter_ctx ctx)
{
	static const unsigned long ioctls[] = { FIONREAD, FIONBIO, TCGETS };

	for (size_t i = 0; i < COUNT(ioctls); i++)
		add_if(ctx, SCMP_ACT_ALLOW, SYS(ioctl),
		    SCMP_A1(SCMP_CMP_EQ, ioctls[i]));
	/* memory never becomes code */
	add_if(ctx, SCMP_ACT_ALLOW, SYS(mmap),
	    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	add_if(ctx, SCMP_ACT_ALLOW, SYS(mprotect),
	    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	/* fstat of newer C libraries; by name it is a file's business */
	add_if(ctx, SCMP_ACT_ALLOW, SYS(newfstatat),
	    SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH));
	add_if(ctx, SCMP_ACT_ERRNO(ENOENT), SYS(newfstatat),
	    SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, 0));
	/* abort() */
	add_if(ctx, SCMP_ACT_ALLOW, SYS(tgkill),
	    SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
	add_if(
	    ctx, SCMP_ACT_ALLOW, SYS(prctl), SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME));
	/* reading a limit, not setting one */
	add_if(ctx, SCMP_ACT_ALLOW, SYS(prlimit64), SCMP_A2(SCMP_CMP_EQ, 0));
}

static void
add_socket(scmp_filter_ctx ctx, int family, int type)
{
	int ret = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SYS(socket), 2,
	    SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)family),
	    SCMP_A1(SCMP_CMP_MASKED_EQ, 0xf, (scmp_datum_t)type));

	if (ret < 0)
		fatal("seccomp: socket: error %d", -ret);
}

/* TCP and UDP; never raw, which the capability for SO_MARK would permit. */
static void
add_network(scmp_filter_ctx ctx)
{
	add_all(
	    ctx, SCMP_ACT_ALLOW, calls_for_network, COUNT(calls_for_network));
	add_socket(ctx, AF_INET, SOCK_STREAM);
	add_socket(ctx, AF_INET, SOCK_DGRAM);
	add_socket(ctx, AF_INET6, SOCK_STREAM);
	add_socket(ctx, AF_INET6, SOCK_DGRAM);
	/* a library asking the name service cache, or netlink */
	add_if(ctx, SCMP_ACT_ERRNO(EACCES), SYS(socket),
	    SCMP_A0(SCMP_CMP_EQ, AF_UNIX));
	add_if(ctx, SCMP_ACT_ERRNO(EACCES), SYS(socket),
	    SCMP_A0(SCMP_CMP_GT, AF_INET6));
}

/* A thread, never a process. clone3 hides its flags in memory: without it
 * the C library takes clone. */
static void
add_threads(scmp_filter_ctx ctx)
{
	add(ctx, SCMP_ACT_ERRNO(ENOSYS), SYS(clone3));
	add_if(ctx, SCMP_ACT_ALLOW, SYS(clone),
	    SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
}

/* What a map's descriptor is good for; nothing that makes or attaches. */
static void
add_maps(scmp_filter_ctx ctx)
{
	static const unsigned commands[] = { BPF_MAP_LOOKUP_ELEM,
		BPF_MAP_UPDATE_ELEM, BPF_MAP_DELETE_ELEM, BPF_MAP_GET_NEXT_KEY,
		BPF_MAP_LOOKUP_AND_DELETE_ELEM, BPF_OBJ_GET_INFO_BY_FD };

	for (size_t i = 0; i < COUNT(commands); i++)
		add_if(ctx, SCMP_ACT_ALLOW, SYS(bpf),
		    SCMP_A0(SCMP_CMP_EQ, commands[i]));
}

static void
seccomp_enter(enum role role)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int ret;

	if (!ctx)
		fatal("seccomp: out of memory");
	add_all(ctx, SCMP_ACT_ALLOW, calls_for_all, COUNT(calls_for_all));
	add_all(ctx, SCMP_ACT_ERRNO(EACCES), calls_for_files,
	    COUNT(calls_for_files));
	add_all(
	    ctx, SCMP_ACT_ERRNO(ENOENT), looks_at_files, COUNT(looks_at_files));
	add_with_arguments(ctx);
	if (role_info(role)->network)
		add_network(ctx);
	if (role_info(role)->threads)
		add_threads(ctx);
	if (role_info(role)->maps)
		add_maps(ctx);
	(void)seccomp_attr_set(ctx, SCMP_FLTATR_CTL_LOG, 1);
	/* a binary tree: the list is long and the hot path short */
	(void)seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	ret = seccomp_load(ctx);
	seccomp_release(ctx);
	if (ret == -EINVAL || ret == -ENOSYS)
		log_info("this kernel has no seccomp: system calls are not"
			 " limited");
	else if (ret < 0)
		fatal("seccomp: error %d", -ret);
}

void
sandbox_enter(enum role role)
{
#ifdef WITH_SANITIZERS
	(void)landlock_enter;
	(void)seccomp_enter;
	log_info("built with sanitizers: %s runs without its sandbox",
	    role_info(role)->name);
#else
	landlock_enter(role);
	seccomp_enter(role);
#endif
}
