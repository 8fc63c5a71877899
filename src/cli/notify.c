/*
 * notify: a line, a descriptor, a datagram.
 *
 * Runs in the supervisor.  Nothing here can fail in a way that matters:
 * whoever doesn't listen doesn't hear.
 */
#include "cli/notify.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

void
notify_init(struct notify *notify, int ready_fd)
{
	const char *path = getenv("NOTIFY_SOCKET");

	notify->ready_fd = ready_fd;
	notify->socket = path && *path ? mem_dup(path) : NULL;
	unsetenv("NOTIFY_SOCKET");
}

void
notify_clear(struct notify *notify)
{
	if (notify->ready_fd >= 0)
		close(notify->ready_fd);
	notify->ready_fd = -1;
	free(notify->socket);
	notify->socket = NULL;
}

/* One datagram of lines. A path that starts with '@' is an abstract one. */
static void
tell_systemd(const struct notify *notify, const char *lines)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t n = notify->socket ? strlen(notify->socket) : 0;
	int fd;

	if (n == 0 || n >= sizeof(to.sun_path))
		return;
	memcpy(to.sun_path, notify->socket, n);
	if (to.sun_path[0] == '@')
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 ||
	    sendto(fd, lines, strlen(lines), MSG_NOSIGNAL,
		(const struct sockaddr *)&to,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)) < 0)
		log_warn("cannot notify the service manager: %m");
	if (fd >= 0)
		close(fd);
}

void
notify_ready(struct notify *notify, const char *where)
{
	dprintf(STDERR_FILENO, "ready: listening on %s\n", where);
	if (notify->ready_fd >= 0) {
		if (write(notify->ready_fd, "ready\n", 6) != 6)
			log_warn("nobody reads the ready descriptor: %m");
		close(notify->ready_fd);
		notify->ready_fd = -1;
	}
	tell_systemd(notify, "READY=1\n");
}

void
notify_reloading(const struct notify *notify)
{
	char lines[80];

	snprintf(lines, sizeof(lines),
	    "RELOADING=1\nMONOTONIC_USEC=%" PRIu64 "\n", clock_us());
	tell_systemd(notify, lines);
}

void
notify_reloaded(const struct notify *notify)
{
	tell_systemd(notify, "READY=1\n");
}

void
notify_stopping(const struct notify *notify)
{
	tell_systemd(notify, "STOPPING=1\n");
}
