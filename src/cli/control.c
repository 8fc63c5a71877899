/*
 * control: accepting, reading one line, writing an answer of any length.
 *
 * Runs in the supervisor.  What the answer to a status is made of is
 * survey's; what a reload does is turnover's.
 */
#include "cli/control.h"

#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/buffer.h>

#include "base/log.h"
#include "base/mem.h"
#include "cli/survey.h"
#include "cli/turnover.h"

#define IDLE_S 30
#define BACKLOG 8

/* One connection, for one question. */
struct control_client {
	TAILQ_ENTRY(control_client) next;
	struct control *control;           /* borrowed: the owner */
	int fd;                            /* owned */
	struct event *readable, *writable; /* owned */
	struct evbuffer *out;              /* owned: the answer */
	struct survey *survey;             /* owned; NULL: none */
	char line[CONTROL_LINE_MAX];
	size_t n;
};

struct control {
	struct supervisor *supervisor;        /* borrowed */
	char *path;                           /* owned */
	int fd;                               /* owned */
	struct event *event;                  /* owned */
	TAILQ_HEAD(, control_client) clients; /* owned */
	unsigned count;
};

/* --- answering ------------------------------------------------------------ */

static void
client_free(struct control_client *client)
{
	struct control *control = client->control;

	TAILQ_REMOVE(&control->clients, client, next);
	control->count--;
	turnover_forget(control->supervisor->turnover, client);
	survey_free(client->survey);
	event_free(client->readable);
	event_free(client->writable);
	evbuffer_free(client->out);
	close(client->fd);
	free(client);
}

static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct control_client *client = arg;

	if (what & EV_TIMEOUT ||
	    (evbuffer_write(client->out, client->fd) < 0 && errno != EAGAIN &&
		errno != EINTR) ||
	    evbuffer_get_length(client->out) == 0)
		client_free(client);
}

/* The whole answer; the client is freed when it is written. */
static void
answer(struct control_client *client, bool ok, struct slice text)
{
	struct timeval limit = { .tv_sec = IDLE_S };

	evbuffer_add_printf(client->out, "%s\n", ok ? "ok" : "failed");
	evbuffer_add(client->out, text.p, text.n);
	event_add(client->writable, &limit);
}

static void
on_reloaded(bool ok, const char *words, void *arg)
{
	answer(arg, ok, slice_of(words));
}

static void
on_surveyed(struct slice lines, void *arg)
{
	answer(arg, true, lines);
}

/* --- asking ------------------------------------------------------------------- */

static void
survey(struct control_client *client, enum status_what what)
{
	client->survey = survey_new(
	    client->control->supervisor, what, on_surveyed, client);
}

static void
obey(struct control_client *client, struct slice line)
{
	struct supervisor *supervisor = client->control->supervisor;

	if (slice_eq_str(line, "reload"))
		turnover_start(supervisor->turnover, on_reloaded, client);
	else if (slice_eq_str(line, "status"))
		survey(client, STATUS_SUMMARY);
	else if (slice_eq_str(line, "connections"))
		survey(client, STATUS_CONNECTIONS);
	else if (slice_eq_str(line, "pinned"))
		survey(client, STATUS_PINNED);
	else
		answer(client, false, SLICE("unknown command\n"));
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct control_client *client = arg;
	size_t room = sizeof(client->line) - client->n;
	const char *end;
	ssize_t got = -1;

	if (!(what & EV_TIMEOUT))
		got = recv(fd, client->line + client->n, room, MSG_DONTWAIT);
	if (got < 0 && (errno == EAGAIN || errno == EINTR) &&
	    !(what & EV_TIMEOUT))
		return;
	if (got <= 0) {
		client_free(client);
		return;
	}
	client->n += (size_t)got;
	end = memchr(client->line, '\n', client->n);
	if (end) {
		event_del(client->readable);
		obey(client,
		    slice_from(client->line, (size_t)(end - client->line)));
	} else if (client->n == sizeof(client->line)) {
		client_free(client);
	}
}

/* The socket's mode keeps others out; this holds where it was changed. */
static bool
may_ask(int fd)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == 0 &&
	    (cred.uid == 0 || cred.uid == geteuid());
}

static void
on_accept(evutil_socket_t fd, short what, void *arg)
{
	struct control *control = arg;
	struct event_base *base = control->supervisor->base;
	struct timeval limit = { .tv_sec = IDLE_S };
	struct control_client *client;
	int got = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (got < 0)
		return;
	if (control->count >= CONTROL_CLIENTS_MAX || !may_ask(got)) {
		close(got);
		return;
	}
	client = mem_zalloc(sizeof(*client));
	client->control = control;
	client->fd = got;
	client->out = evbuffer_new();
	client->readable = event_new(
	    base, got, EV_READ | EV_PERSIST, on_readable, client);
	client->writable = event_new(
	    base, got, EV_WRITE | EV_PERSIST, on_writable, client);
	if (!client->out || !client->readable || !client->writable)
		fatal("out of memory (a control connection)");
	event_add(client->readable, &limit);
	TAILQ_INSERT_TAIL(&control->clients, client, next);
	control->count++;
}

void
control_part(struct control *control, const struct child *child,
    const struct msg_status_part *part)
{
	struct control_client *client;

	TAILQ_FOREACH(client, &control->clients, next)
	if (client->survey)
		survey_part(client->survey, child, part);
}

/* --- the socket -------------------------------------------------------------------- */

static bool
somebody_answers(const struct sockaddr_un *at)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool yes = fd >= 0 &&
	    connect(fd, (const struct sockaddr *)at, sizeof(*at)) == 0;

	if (fd >= 0)
		close(fd);
	return yes;
}

/* The default place is ours to make: /run is empty after a boot. Bind says
 * what is wrong. */
static void
make_directory(void)
{
	char path[] = RUNDIR;

	for (char *p = path + 1; *p; p++)
		if (*p == '/') {
			*p = '\0';
			(void)mkdir(path, 0755);
			*p = '/';
		}
	(void)mkdir(path, 0755);
}

/* A listening socket that only we and root may connect to; -1 with errno. */
static int
socket_open(const struct sockaddr_un *at)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mode_t old = umask(0177);
	int ret = fd < 0 ? -1
			 : bind(fd, (const struct sockaddr *)at, sizeof(*at));
	int saved = errno;

	umask(old);
	if (ret == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	if (ret == 0)
		saved = errno;
	if (fd >= 0)
		close(fd);
	errno = saved;
	return -1;
}

struct control *
control_open(struct supervisor *supervisor, const char *path, const char **why)
{
	static char words[320];
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct control *control;
	int fd;

	*why = words;
	if (strlen(path) >= sizeof(at.sun_path)) {
		snprintf(words, sizeof(words),
		    "the control socket's path is too long: %.100s…", path);
		return NULL;
	}
	memcpy(at.sun_path, path, strlen(path));
	if (strcmp(path, SUPERVISOR_CONTROL_DEFAULT) == 0)
		make_directory();
	if (somebody_answers(&at)) {
		snprintf(words, sizeof(words),
		    "another proxy answers on the control socket %s", path);
		return NULL;
	}
	(void)unlink(path); /* left over from one that was killed */
	fd = socket_open(&at);
	if (fd < 0) {
		snprintf(words, sizeof(words),
		    "cannot open the control socket %s: %s", path,
		    strerror(errno));
		return NULL;
	}
	control = mem_zalloc(sizeof(*control));
	control->supervisor = supervisor;
	control->path = mem_dup(path);
	control->fd = fd;
	TAILQ_INIT(&control->clients);
	control->event = event_new(
	    supervisor->base, fd, EV_READ | EV_PERSIST, on_accept, control);
	if (!control->event || event_add(control->event, NULL) < 0)
		fatal("cannot watch the control socket");
	return control;
}

void
control_close(struct control *control)
{
	if (!control)
		return;
	while (!TAILQ_EMPTY(&control->clients))
		client_free(TAILQ_FIRST(&control->clients));
	event_free(control->event);
	close(control->fd);
	(void)unlink(control->path);
	free(control->path);
	free(control);
}
