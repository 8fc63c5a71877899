/*
 * account_file: a timer and a stat(2).
 *
 * Runs in the supervisor.  The file's content is never read here: it holds
 * password hashes, which only the directory process may see.
 */
#include "cli/account_file.h"

#include <sys/stat.h>

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"

#define INTERVAL_S 2

/* What makes a file another one. All zero: not there. */
struct look {
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec changed;
};

struct account_file {
	struct event *timer; /* owned */
	account_file_fn *on_change;
	void *arg;  /* borrowed */
	char *path; /* owned; NULL: nothing to watch */
	struct look seen;
	bool missing; /* said already */
	bool by_name; /* its content may change */
};

static struct look
look_at(const char *path, bool by_name)
{
	struct look look;
	struct stat st;

	memset(&look, 0, sizeof(look)); /* compared as bytes */
	if (stat(path, &st) < 0)
		return look;
	look.dev = st.st_dev;
	look.ino = st.st_ino;
	if (by_name)
		return look;
	look.size = st.st_size;
	look.changed = st.st_ctim;
	return look;
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct account_file *file = arg;
	struct look now;

	if (!file->path)
		return;
	now = look_at(file->path, file->by_name);
	if (memcmp(&now, &file->seen, sizeof(now)) == 0)
		return;
	if (now.ino == 0) {
		if (!file->missing)
			log_warn(
			    "%s is gone: what was read last stays", file->path);
		file->missing = true;
		return;
	}
	file->seen = now;
	file->missing = false;
	file->on_change(file->arg);
}

struct account_file *
account_file_new(struct event_base *base, account_file_fn *on_change, void *arg)
{
	struct timeval every = { .tv_sec = INTERVAL_S };
	struct account_file *file = mem_zalloc(sizeof(*file));

	file->on_change = on_change;
	file->arg = arg;
	file->timer = event_new(base, -1, EV_PERSIST, on_tick, file);
	if (!file->timer || event_add(file->timer, &every) < 0)
		fatal("cannot make a timer");
	return file;
}

void
account_file_free(struct account_file *file)
{
	if (!file)
		return;
	event_free(file->timer);
	free(file->path);
	free(file);
}

void
account_file_watch(struct account_file *file, const char *path)
{
	free(file->path);
	file->path = path ? mem_dup(path) : NULL;
	file->missing = false;
	if (path)
		file->seen = look_at(path, file->by_name);
}

void
account_file_watch_name(struct account_file *file, const char *path)
{
	file->by_name = true;
	account_file_watch(file, path);
}
