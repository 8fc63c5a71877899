/*
 * Brings sock.c in with its system calls counted, for the whole program.
 */
#include <sys/socket.h>

#include "calls.h"

static struct calls calls;

static ssize_t
counted_recv(int fd, void *p, size_t n, int flags)
{
	calls.recv++;
	return recv(fd, p, n, flags);
}

static ssize_t
counted_sendmsg(int fd, const struct msghdr *msg, int flags)
{
	calls.send++;
	return sendmsg(fd, msg, flags);
}

#define recv counted_recv
#define sendmsg counted_sendmsg
#include "net/sock.c"

struct calls *
calls_seen(void)
{
	return &calls;
}
