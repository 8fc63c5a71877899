/*
 * aging: a timer and a process; the exit status is of no interest, since the
 * verb says on standard error, which is ours, what went wrong.
 */
#include "cli/aging.h"

#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "cli/supervisor.h"

#define FIRST_S 3 /* when the roles are up and there is time */
#define EACH_S (60 * 60)
#define SELF "/proc/self/exe"

struct aging {
	struct supervisor *supervisor; /* borrowed */
	struct event *timer;           /* owned */
};

static void
start(const char *conf)
{
	char *argv[] = { mem_dup("sallyport"), mem_dup("filter"),
		mem_dup("rotate"), mem_dup("--due"), mem_dup("-f"),
		mem_dup(conf), NULL };
	pid_t pid;
	int error = posix_spawn(&pid, SELF, NULL, NULL, argv, environ);

	if (error)
		log_error("the filter can't be rotated: %s", strerror(error));
	for (size_t i = 0; argv[i]; i++)
		free(argv[i]);
}

static void
on_time(evutil_socket_t fd, short what, void *arg)
{
	struct aging *aging = arg;
	const struct conf *conf = aging->supervisor->config->conf;
	struct timeval each = { .tv_sec = EACH_S };

	event_add(aging->timer, &each);
	if (conf->filter_rotate_ms && !aging->supervisor->draining)
		start(aging->supervisor->path);
}

struct aging *
aging_new(struct supervisor *supervisor)
{
	struct aging *aging = mem_zalloc(sizeof(*aging));
	struct timeval first = { .tv_sec = FIRST_S };

	aging->supervisor = supervisor;
	aging->timer = evtimer_new(supervisor->base, on_time, aging);
	if (!aging->timer || event_add(aging->timer, &first) < 0)
		fatal("cannot make a timer");
	return aging;
}

void
aging_free(struct aging *aging)
{
	if (!aging)
		return;
	event_free(aging->timer);
	free(aging);
}
