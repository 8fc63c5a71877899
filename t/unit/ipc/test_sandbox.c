#include "ipc/sandbox.c" /* its statics, one lock at a time */

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ipc/proc.h"
#include "suites.h"

/* What a role tries behind its sandbox; each returns 0 or an errno. */

static int
try_open(void)
{
	return open("/etc/passwd", O_RDONLY) < 0 ? errno : 0;
}

static int
try_create(void)
{
	return open("/tmp/sallyport-test", O_CREAT | O_WRONLY, 0600) < 0 ? errno
									 : 0;
}

static int
try_exec(void)
{
	char *argv[] = { (char *)(uintptr_t) "true", NULL };

	execv("/bin/true", argv);
	return errno;
}

static int
try_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid < 0 ? errno : 0;
}

static int
try_tcp(void)
{
	return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) < 0 ? errno : 0;
}

static int
try_udp6(void)
{
	return socket(AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK, 0) < 0 ? errno : 0;
}

static int
try_raw(void)
{
	return socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) < 0 ? errno : 0;
}

static int
try_unix(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0) < 0 ? errno : 0;
}

static int
try_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? errno : 0;
}

static int
try_memory(void)
{
	size_t n = 64u << 20;
	char *p = malloc(n);

	memset(p, 1, n);
	p = realloc(p, 2 * n);
	free(p);
	return 0;
}

static int
try_write(void)
{
	return write(STDERR_FILENO, "", 0) < 0 ? errno : 0;
}

static void *
idle(void *arg)
{
	return arg;
}

static int
try_thread(void)
{
	pthread_t thread;
	int error = pthread_create(&thread, NULL, idle, NULL);

	return error ? error : pthread_join(thread, NULL);
}

static int
try_signal(void)
{
	return kill(getppid(), 0) < 0 ? errno : 0;
}

static int
try_root(void)
{
	return setuid(0) < 0 ? errno : 0;
}

/* one that isn't there */
static int
try_map(void)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_fd = (unsigned)-1;
	return syscall(SYS_bpf, BPF_MAP_LOOKUP_ELEM, &attr, sizeof(attr)) < 0
	    ? errno
	    : 0;
}

static int
try_new_map(void)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	return syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr)) < 0 ? errno
									 : 0;
}

#define KILLED (-1)

static const struct {
	const char *what;
	enum role role;
	int (*fn)(void);
	int want; /* errno, 0 or KILLED */
} cases[] = {
	{ "proxy writes", ROLE_PROXY, try_write, 0 },
	{ "proxy uses memory", ROLE_PROXY, try_memory, 0 },
	{ "proxy opens TCP", ROLE_PROXY, try_tcp, 0 },
	{ "proxy opens UDP", ROLE_PROXY, try_udp6, 0 },
	{ "proxy opens raw", ROLE_PROXY, try_raw, KILLED },
	{ "proxy opens unix", ROLE_PROXY, try_unix, EACCES },
	{ "proxy opens a file", ROLE_PROXY, try_open, EACCES },
	{ "proxy makes a file", ROLE_PROXY, try_create, EACCES },
	{ "proxy execs", ROLE_PROXY, try_exec, KILLED },
	{ "proxy forks", ROLE_PROXY, try_fork, KILLED },
	{ "proxy starts a thread", ROLE_PROXY, try_thread, KILLED },
	{ "proxy makes code", ROLE_PROXY, try_code, KILLED },
	{ "proxy signals", ROLE_PROXY, try_signal, KILLED },
	{ "proxy becomes root", ROLE_PROXY, try_root, KILLED },
	{ "signer writes", ROLE_SIGNER, try_write, 0 },
	{ "signer uses memory", ROLE_SIGNER, try_memory, 0 },
	{ "signer opens TCP", ROLE_SIGNER, try_tcp, KILLED },
	{ "signer opens unix", ROLE_SIGNER, try_unix, KILLED },
	{ "signer opens a file", ROLE_SIGNER, try_open, EACCES },
	{ "signer execs", ROLE_SIGNER, try_exec, KILLED },
	{ "directory starts a thread", ROLE_DIRECTORY, try_thread, 0 },
	{ "directory forks", ROLE_DIRECTORY, try_fork, KILLED },
	{ "directory opens a file", ROLE_DIRECTORY, try_open, EACCES },
	{ "directory opens TCP", ROLE_DIRECTORY, try_tcp, 0 },
	{ "directory opens unix", ROLE_DIRECTORY, try_unix, EACCES },
	{ "directory execs", ROLE_DIRECTORY, try_exec, KILLED },
	{ "directory reads a map", ROLE_DIRECTORY, try_map, KILLED },
	{ "guard reads a map", ROLE_GUARD, try_map, EBADF },
	{ "guard makes a map", ROLE_GUARD, try_new_map, KILLED },
	{ "guard opens TCP", ROLE_GUARD, try_tcp, KILLED },
	{ "guard opens a file", ROLE_GUARD, try_open, EACCES },
	{ "guard forks", ROLE_GUARD, try_fork, KILLED },
};

#ifndef WITH_SANITIZERS
/* valgrind makes code and opens files in the process it watches */
static bool
under_valgrind(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload && strstr(preload, "vgpreload");
}

START_TEST(a_role_may_do_its_work_and_no_more)
{
	int status = 0;
	pid_t pid;

	if (under_valgrind())
		return;
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		sandbox_enter(cases[_i].role);
		_exit(cases[_i].fn());
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	if (cases[_i].want == KILLED)
		ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS,
		    "%s: status %#x", cases[_i].what, (unsigned)status);
	else
		ck_assert_msg(
		    WIFEXITED(status) && WEXITSTATUS(status) == cases[_i].want,
		    "%s: status %#x", cases[_i].what, (unsigned)status);
}
END_TEST
#endif

/* Each lock holds without the other. TCP is landlock's from version 4 on. */
static int
try_bind(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	return bind(fd, (struct sockaddr *)&any, sizeof(any)) < 0 ? errno : 0;
}

static const struct {
	enum role role;
	int (*fn)(void);
	int want;
	long version; /* of landlock that can do it */
} locked[] = {
	{ ROLE_PROXY, try_open, EACCES, 1 },
	{ ROLE_SIGNER, try_create, EACCES, 1 },
	{ ROLE_SIGNER, try_bind, EACCES, 4 },
	{ ROLE_PROXY, try_bind, 0, 4 },
	{ ROLE_PROXY, try_signal, EPERM, 6 },
};

START_TEST(landlock_alone_keeps_files_away)
{
	long version = syscall(
	    SYS_landlock_create_ruleset, NULL, (size_t)0, RULESET_VERSION);
	int status = 0;
	pid_t pid;

	if (version < locked[_i].version)
		return;
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		landlock_enter(locked[_i].role);
		_exit(locked[_i].fn());
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(
	    WIFEXITED(status) && WEXITSTATUS(status) == locked[_i].want,
	    "case %d: status %#x", _i, (unsigned)status);
}
END_TEST

/* What is left after proc_drop: only root can test all of it. */
static int
check_dropped(void)
{
	if (getuid() != 65534 || geteuid() != 65534 || getgid() != 65534)
		return 1;
	if (getgroups(0, NULL) != 0)
		return 2;
	if (setuid(0) == 0)
		return 3;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return 4;
	if (getsid(0) != getpid())
		return 5;
	return 0;
}

static int
check_mark(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), mark = 7;

	return setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark)) < 0
	    ? errno
	    : 0;
}

static const struct {
	bool keep_mark;
	int (*fn)(void);
	int want;
} drops[] = {
	{ false, check_dropped, 0 },
	{ true, check_dropped, 0 },
	{ false, check_mark, EPERM },
	{ true, check_mark, 0 },
};

START_TEST(root_is_dropped_for_good)
{
	struct proc_user user = {
		.uid = 65534,
		.gid = 65534,
		.keep_mark = drops[_i].keep_mark,
	};
	int status = 0;
	pid_t pid;

	if (getuid() != 0)
		return;
	pid = fork();
	if (pid == 0) {
		proc_drop(ROLE_PROXY, &user);
		_exit(drops[_i].fn());
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(
	    WIFEXITED(status) && WEXITSTATUS(status) == drops[_i].want,
	    "case %d: status %#x", _i, (unsigned)status);
}
END_TEST

Suite *
suite_sandbox(void)
{
	Suite *suite = suite_create("sandbox");
	TCase *tcase = tcase_create("sandbox");

#ifndef WITH_SANITIZERS
	tcase_add_loop_test(tcase, a_role_may_do_its_work_and_no_more, 0,
	    sizeof(cases) / sizeof(*cases));
#else
	(void)cases;
#endif
	tcase_add_loop_test(tcase, landlock_alone_keeps_files_away, 0,
	    sizeof(locked) / sizeof(*locked));
	tcase_add_loop_test(
	    tcase, root_is_dropped_for_good, 0, sizeof(drops) / sizeof(*drops));
	suite_add_tcase(suite, tcase);
	return suite;
}
