/*
 * secret_files: a watch (cli/account_file.h) for each.
 *
 * Runs in the supervisor, which never reads them.
 */
#include "cli/secret_files.h"

#include <stdlib.h>

#include "base/mem.h"
#include "cli/account_file.h"

struct secret_files {
	struct event_base *base; /* borrowed */
	void (*on_change)(void *arg);
	void *arg;               /* borrowed */
	struct account_file **v; /* owned */
	size_t n;
};

struct secret_files *
secret_files_new(
    struct event_base *base, void (*on_change)(void *arg), void *arg)
{
	struct secret_files *files = mem_zalloc(sizeof(*files));

	files->base = base;
	files->on_change = on_change;
	files->arg = arg;
	return files;
}

static void
drop_all(struct secret_files *files)
{
	for (size_t i = 0; i < files->n; i++)
		account_file_free(files->v[i]);
	free(files->v);
	files->v = NULL;
	files->n = 0;
}

void
secret_files_free(struct secret_files *files)
{
	if (!files)
		return;
	drop_all(files);
	free(files);
}

static void
add(struct secret_files *files, const char *path)
{
	if (!path)
		return;
	files->v = mem_resize(files->v, files->n + 1, sizeof(*files->v));
	files->v[files->n] = account_file_new(
	    files->base, files->on_change, files->arg);
	account_file_watch(files->v[files->n++], path);
}

void
secret_files_watch(struct secret_files *files, const struct conf *conf)
{
	drop_all(files);
	for (size_t i = 0; i < conf->directories.n; i++)
		add(files, conf->directories.v[i].password_file);
	add(files, conf->authenticate.keytab);
}
