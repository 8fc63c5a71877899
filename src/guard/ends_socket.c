/*
 * ends_socket: sock_diag(7), for exactly one socket.
 *
 * Of a connection that its program has closed already the kernel says that
 * user 0 owns it, without an inode: that is no owner.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "guard/ends.h"

struct question {
	struct nlmsghdr head;
	struct inet_diag_req_v2 body;
};

static void
put_end(const struct addr *addr, bool v4, __be32 ip[4], __be16 *port)
{
	if (v4)
		memcpy(ip, addr->ip + 12, 4);
	else
		memcpy(ip, addr->ip, 16);
	*port = htons(addr->port);
}

static struct question
question_of(const struct addr *client, const struct addr *local)
{
	bool v4 = addr_is_v4(client);
	struct question q = { .head = { .nlmsg_len = sizeof(q),
				  .nlmsg_type = SOCK_DIAG_BY_FAMILY,
				  .nlmsg_flags = NLM_F_REQUEST },
		.body = { .sdiag_family = v4 ? AF_INET : AF_INET6,
		    .sdiag_protocol = IPPROTO_TCP,
		    .idiag_states = ~0u,
		    .id.idiag_cookie = {
			INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE } } };

	put_end(client, v4, q.body.id.idiag_src, &q.body.id.idiag_sport);
	put_end(local, v4, q.body.id.idiag_dst, &q.body.id.idiag_dport);
	return q;
}

static bool
is_same_end(const struct question *q, const struct inet_diag_msg *m)
{
	return m->id.idiag_sport == q->body.id.idiag_sport &&
	    m->id.idiag_dport == q->body.id.idiag_dport;
}

int
ends_ask_socket(
    const struct addr *client, const struct addr *local, uint32_t *uid)
{
	struct question q = question_of(client, local);
	struct {
		struct nlmsghdr head;
		struct inet_diag_msg body;
		char rest[4096];
	} a;
	int fd = socket(
	    AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	ssize_t n = -1;

	memset(&a, 0, sizeof(a));
	if (fd >= 0 && addr_is_v4(client) == addr_is_v4(local) &&
	    send(fd, &q, sizeof(q), 0) == (ssize_t)sizeof(q))
		n = recv(fd, &a, sizeof(a), 0);
	if (fd >= 0)
		close(fd);
	if (n < (ssize_t)(sizeof(a.head) + sizeof(a.body)) ||
	    a.head.nlmsg_type != SOCK_DIAG_BY_FAMILY ||
	    !is_same_end(&q, &a.body) ||
	    a.body.idiag_state != TCP_ESTABLISHED || a.body.idiag_inode == 0)
		return -1;
	*uid = a.body.idiag_uid;
	return 0;
}
