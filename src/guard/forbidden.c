/*
 * forbidden: reads the iterator, and talks to sock_diag(7).
 *
 * Runs in the helper of `sallyport guard run`, which does nothing else.
 */
#include "guard/forbidden.h"

#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

int
forbidden_each(
    int link, void (*fn)(const struct guard_open *open, void *arg), void *arg)
{
	struct guard_open some[64];
	int fd = bpf_iter_create(link), saved;
	size_t have = 0, done;
	ssize_t n;

	if (fd < 0)
		return -1;
	while ((n = read(fd, (char *)some + have, sizeof(some) - have)) > 0 ||
	    (n < 0 && (errno == EAGAIN || errno == EINTR))) {
		have += n > 0 ? (size_t)n : 0;
		done = have / sizeof(*some);
		for (size_t i = 0; i < done; i++)
			fn(&some[i], arg);
		have -= done * sizeof(*some);
		memmove(some, some + done, have);
	}
	saved = errno;
	close(fd);
	errno = saved;
	return n == 0 ? 0 : -1;
}

int
forbidden_open_diag(void)
{
	return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
}

struct destroy {
	struct nlmsghdr head;
	struct inet_diag_req_v2 req;
};

/* IPv4 addresses stand in the first word there, and mapped ones are asked for
 * as they are. */
static void
put_address(__be32 out[4], const __u8 ip[16], __u16 family)
{
	if (family == AF_INET)
		memcpy(out, ip + 12, 4);
	else
		memcpy(out, ip, 16);
}

static void
fill(struct destroy *ask, const struct guard_open *open)
{
	struct inet_diag_sockid *id = &ask->req.id;

	memset(ask, 0, sizeof(*ask));
	ask->head.nlmsg_len = sizeof(*ask);
	ask->head.nlmsg_type = SOCK_DESTROY;
	ask->head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	ask->req.sdiag_family = (__u8)open->family;
	ask->req.sdiag_protocol = IPPROTO_TCP;
	ask->req.idiag_states = ~0u;
	id->idiag_sport = htons(open->from_port);
	id->idiag_dport = htons(open->to_port);
	put_address(id->idiag_src, open->from, open->family);
	put_address(id->idiag_dst, open->to, open->family);
	id->idiag_if = open->device;
	id->idiag_cookie[0] = (__u32)open->cookie;
	id->idiag_cookie[1] = (__u32)(open->cookie >> 32);
}

int
forbidden_close(int diag, const struct guard_open *open)
{
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
		char rest[512];
	} answer;
	struct destroy ask;
	ssize_t n;

	fill(&ask, open);
	if (send(diag, &ask, sizeof(ask), 0) != (ssize_t)sizeof(ask))
		return -1;
	n = recv(diag, &answer, sizeof(answer), 0);
	if (n < 0)
		return -1;
	if ((size_t)n < sizeof(answer.head) + sizeof(answer.error) ||
	    answer.head.nlmsg_type != NLMSG_ERROR) {
		errno = EPROTO;
		return -1;
	}
	errno = -answer.error.error;
	return answer.error.error == 0 ? 0 : -1;
}
