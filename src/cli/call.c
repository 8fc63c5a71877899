/*
 * call: connecting, asking, reading until the end.
 *
 * Runs in the verbs, never in the proxy; it blocks, with a time limit.
 */
#include "cli/call.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/config.h"
#include "cli/survey.h"

#define WAIT_S 60 /* longer than the slowest reload */
#define ANSWER_MAX (SURVEY_MAX + 4096u)

char *
call_path(const char *socket, const char *conf_path)
{
	struct diags diags = { .v = NULL };
	struct config *config;
	char *path = NULL;

	if (socket)
		return mem_dup(socket);
	config = config_load(conf_path, &diags);
	if (config)
		path = mem_dup(config->conf->control_path);
	else /* warnings alone are for `check` */
		diags_print(&diags, stderr);
	diags_clear(&diags);
	config_free(config);
	return path;
}

/* A connected socket, or -1 with errno. */
static int
dial(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct timeval limit = { .tv_sec = WAIT_S };
	int fd;

	if (strlen(path) >= sizeof(to.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(to.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) ==
		0 &&
	    connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* All until the end, with a NUL; NULL with errno. */
static char *
read_all(int fd)
{
	size_t n = 0, cap = 0;
	char *text = NULL;
	ssize_t got;

	do {
		if (n + 4096 > cap) {
			cap = cap ? 2 * cap : 8192;
			text = mem_resize(text, cap, 1);
		}
		got = recv(fd, text + n, cap - n - 1, 0);
		if (got > 0)
			n += (size_t)got;
	} while ((got > 0 && n < ANSWER_MAX) || (got < 0 && errno == EINTR));
	if (got < 0) {
		free(text);
		return NULL;
	}
	text[n] = '\0';
	return text;
}

/* The first line says how it went. */
static const char *
understand(struct call *call)
{
	struct slice rest = slice_of(call->text), first;

	if (!slice_split(&rest, '\n', &first))
		return "the proxy said nothing";
	call->ok = slice_eq_str(first, "ok");
	if (!call->ok && !slice_eq_str(first, "failed"))
		return "what answers is no proxy of this version";
	call->body = rest;
	return NULL;
}

const char *
call_ask(const char *path, const char *what, struct call *call)
{
	static char why[320];
	int fd = dial(path);

	*call = (struct call){ .ok = false };
	if (fd < 0) {
		snprintf(why, sizeof(why), "no proxy answers on %.200s: %s",
		    path, strerror(errno));
		return why;
	}
	if (dprintf(fd, "%s\n", what) > 0)
		call->text = read_all(fd);
	close(fd);
	if (!call->text)
		return "the proxy did not answer in time";
	return understand(call);
}

void
call_clear(struct call *call)
{
	free(call->text);
	*call = (struct call){ .ok = false };
}
