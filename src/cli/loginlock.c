/*
 * loginlock: asks the kernel's audit for loginuid-immutable, locked.
 *
 * Runs in `sallyport guard run`, before anything is attached.
 */
#include "cli/loginlock.h"

#include <sys/socket.h>

#include <linux/audit.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* As auditctl --loginuid-immutable does it. */
const char *
loginlock_set(void)
{
	static char why[80];
	struct {
		struct nlmsghdr head;
		struct audit_features features;
	} ask = { .head = { .nlmsg_len = sizeof(ask),
		      .nlmsg_type = AUDIT_SET_FEATURE,
		      .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
		.features = { .vers = AUDIT_FEATURE_VERSION,
		    .mask = AUDIT_FEATURE_TO_MASK(
			AUDIT_FEATURE_LOGINUID_IMMUTABLE),
		    .features = AUDIT_FEATURE_TO_MASK(
			AUDIT_FEATURE_LOGINUID_IMMUTABLE),
		    .lock = AUDIT_FEATURE_TO_MASK(
			AUDIT_FEATURE_LOGINUID_IMMUTABLE) } };
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
		char rest[256];
	} answer;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);
	ssize_t n = -1;

	if (fd >= 0 && send(fd, &ask, sizeof(ask), 0) == sizeof(ask))
		n = recv(fd, &answer, sizeof(answer), 0);
	if (fd >= 0)
		close(fd);
	if (n < (ssize_t)(sizeof(answer.head) + sizeof(answer.error)) ||
	    answer.head.nlmsg_type != NLMSG_ERROR)
		return "the kernel has no audit";
	if (answer.error.error == 0)
		return NULL;
	snprintf(why, sizeof(why), "logins can't be locked: %s",
	    strerror(-answer.error.error));
	return why;
}
