/*
 * notify: telling whoever started us that we are ready.
 *
 * Three ways: a line on standard error, a line on a descriptor that was
 * named on the command line, and systemd's protocol (sd_notify(3)).
 */
#ifndef CLI_NOTIFY_H
#define CLI_NOTIFY_H

/* ready_fd: -1 for none; taken over. Reads NOTIFY_SOCKET and takes it out of
 * the environment, so that no child inherits it. */
struct notify {
	int ready_fd;
	char *socket; /* owned; NULL: not started by systemd */
};

void notify_init(struct notify *notify, int ready_fd);
void notify_clear(struct notify *notify);

/* where: "127.0.0.1:3128, [::1]:3128". */
void notify_ready(struct notify *notify, const char *where);
void notify_reloading(const struct notify *notify);
void notify_reloaded(const struct notify *notify);
void notify_stopping(const struct notify *notify);

#endif
