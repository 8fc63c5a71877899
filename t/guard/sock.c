/*
 * sock: small steps with sockets, and other people's processes.
 */
#include "sock.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/must.h"

struct addr
place(const char *text, uint16_t port)
{
	struct addr addr = { .port = 0 };

	must(addr_parse(slice_of(text), &addr) == 0);
	addr.port = port;
	return addr;
}

int
sock_new(const struct addr *addr, int type, int protocol)
{
	return socket(addr_is_v4(addr) ? AF_INET : AF_INET6, type, protocol);
}

int
sock_send_to(int fd, const struct addr *addr)
{
	struct sockaddr_storage ss;
	socklen_t len = addr_to_sockaddr(addr, &ss);

	return sendto(fd, "\10\0\367\377\0\0\0\0", 8, 0, (struct sockaddr *)&ss,
		   len) < 0
	    ? errno
	    : 0;
}

int
sock_connect(int fd, const struct addr *addr)
{
	struct sockaddr_storage ss;
	socklen_t len = addr_to_sockaddr(addr, &ss);

	if (connect(fd, (struct sockaddr *)&ss, len) == 0 ||
	    errno == EINPROGRESS)
		return 0;
	return errno;
}

bool
sock_arrives(int from, int to)
{
	struct timeval moment = { .tv_usec = 150000 };
	char byte;

	setsockopt(to, SOL_SOCKET, SO_RCVTIMEO, &moment, sizeof(moment));
	must(send(from, "x", 1, MSG_NOSIGNAL) == 1);
	return recv(to, &byte, 1, 0) == 1;
}

/* Nothing of Check here: the process is not a test's. */
void
become(uint32_t login, uint32_t uid)
{
	char text[16];
	int fd, n;

	if (login != NOBODY) {
		fd = open("/proc/self/loginuid", O_WRONLY);
		n = snprintf(text, sizeof(text), "%u", login);
		if (fd < 0 || write(fd, text, (size_t)n) != n)
			_exit(253);
		close(fd);
	}
	if (uid != 0 &&
	    (setgroups(0, NULL) < 0 || setresgid(uid, uid, uid) < 0 ||
		setresuid(uid, uid, uid) < 0))
		_exit(254);
	/* a change of user takes the files below /proc/self away */
	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0)
		_exit(255);
}

int
as_user(uint32_t login, uint32_t uid, int (*fn)(void *arg), void *arg)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		become(login, uid);
		_exit(fn(arg));
	}
	must(pid > 0);
	must(waitpid(pid, &status, 0) == pid);
	must(WIFEXITED(status));
	must(WEXITSTATUS(status) < 250);
	return WEXITSTATUS(status);
}
