/*
 * accounts: a timer and a stat(2).
 *
 * Runs in the supervisor.  The file's content is never read here: it holds
 * password hashes, which only the directory process may see.
 */
#include "cli/accounts.h"

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

struct accounts {
	struct event *timer; /* owned */
	accounts_fn *on_change;
	void *arg;  /* borrowed */
	char *path; /* owned; NULL: nothing to watch */
	struct look seen;
	bool missing; /* said already */
};

static struct look
look_at(const char *path)
{
	struct look look;
	struct stat st;

	memset(&look, 0, sizeof(look)); /* compared as bytes */
	if (stat(path, &st) < 0)
		return look;
	look.dev = st.st_dev;
	look.ino = st.st_ino;
	look.size = st.st_size;
	look.changed = st.st_ctim;
	return look;
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct accounts *accounts = arg;
	struct look now;

	if (!accounts->path)
		return;
	now = look_at(accounts->path);
	if (memcmp(&now, &accounts->seen, sizeof(now)) == 0)
		return;
	if (now.ino == 0) {
		if (!accounts->missing)
			log_warn("%s is gone: the accounts read last stay",
			    accounts->path);
		accounts->missing = true;
		return;
	}
	accounts->seen = now;
	accounts->missing = false;
	accounts->on_change(accounts->arg);
}

struct accounts *
accounts_new(struct event_base *base, accounts_fn *on_change, void *arg)
{
	struct timeval every = { .tv_sec = INTERVAL_S };
	struct accounts *accounts = mem_zalloc(sizeof(*accounts));

	accounts->on_change = on_change;
	accounts->arg = arg;
	accounts->timer = event_new(base, -1, EV_PERSIST, on_tick, accounts);
	if (!accounts->timer || event_add(accounts->timer, &every) < 0)
		fatal("cannot make a timer");
	return accounts;
}

void
accounts_free(struct accounts *accounts)
{
	if (!accounts)
		return;
	event_free(accounts->timer);
	free(accounts->path);
	free(accounts);
}

void
accounts_watch(struct accounts *accounts, const char *path)
{
	free(accounts->path);
	accounts->path = path ? mem_dup(path) : NULL;
	accounts->missing = false;
	if (path)
		accounts->seen = look_at(path);
}
