/*
 * pins: naming, finding and removing what is pinned; and what else of the
 * file system tells about cgroups.
 *
 * Loads nothing.
 */
#include "guard/pins.h"

#include <sys/stat.h>
#include <sys/vfs.h>

#include <dirent.h>
#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/must.h"

static char words[PINS_PATH_MAX + 128];

static const char *const names[GUARD_MAPS] = {
	[GUARD_MAP_TAGS] = "tags",
	[GUARD_MAP_ACCOUNTS] = "accounts",
	[GUARD_MAP_RULES] = "rules",
	[GUARD_MAP_RULES_0] = "rules_0",
	[GUARD_MAP_RULES_1] = "rules_1",
	[GUARD_MAP_CLAUSES] = "clauses",
	[GUARD_MAP_STATE] = "state",
	[GUARD_MAP_EVENTS] = "events",
	[GUARD_MAP_COUNTS] = "counts",
	[GUARD_MAP_LOCALS] = "locals",
	[GUARD_MAP_BUCKETS] = "buckets",
};

const char *
guard_map_name(enum guard_map map)
{
	must(map < GUARD_MAPS);
	return names[map];
}

void
pins_path(char path[PINS_PATH_MAX], const char *dir, const char *kind,
    const char *name)
{
	snprintf(path, PINS_PATH_MAX, "%s/%s_%s", dir, kind, name);
}

static char *
dir_of_abi(const char *pins, enum guard_form form, int abi)
{
	return mem_printf(
	    "%s/%s-%d", pins, form == GUARD_FORM_HOST ? "host" : "proxy", abi);
}

static char *
dir_of(const char *pins, enum guard_form form)
{
	return dir_of_abi(pins, form, GUARD_ABI);
}

static bool
is_bpf_fs(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) == 0 &&
	    (unsigned long)fs.f_type == BPF_FS_MAGIC;
}

const char *
pins_open_dir(const char *pins, enum guard_form form, char **dir)
{
	char *path = dir_of(pins, form);

	if ((mkdir(pins, 0700) < 0 && errno != EEXIST) || !is_bpf_fs(pins)) {
		snprintf(words, sizeof(words),
		    "%.400s is not in a BPF file system (mount -t bpf)", pins);
		free(path);
		return words;
	}
	if (strlen(path) > PINS_PATH_MAX - 64 ||
	    (mkdir(path, 0700) < 0 && errno != EEXIST)) {
		snprintf(words, sizeof(words), "cannot make %.400s: %s", path,
		    strerror(errno));
		free(path);
		return words;
	}
	*dir = path;
	return NULL;
}

int
guard_open_pins(const char *pins, enum guard_form form, int fds[GUARD_MAPS])
{
	char *dir = dir_of(pins, form), path[PINS_PATH_MAX];
	int saved;

	for (int i = 0; i < GUARD_MAPS; i++) {
		pins_path(path, dir, "map", names[i]);
		fds[i] = bpf_obj_get(path);
		if (fds[i] >= 0)
			continue;
		saved = errno;
		while (i-- > 0)
			close(fds[i]);
		free(dir);
		errno = saved;
		return -1;
	}
	free(dir);
	return 0;
}

int
guard_open_pin(const char *pins, enum guard_form form, enum guard_map map)
{
	char *dir = dir_of(pins, form), path[PINS_PATH_MAX];

	pins_path(path, dir, "map", guard_map_name(map));
	free(dir);
	return bpf_obj_get(path);
}

static bool
is_link(const char *name)
{
	return strncmp(name, "link_", 5) == 0;
}

unsigned
guard_count_pins(const char *pins, enum guard_form form)
{
	char *dir = dir_of(pins, form);
	DIR *d = opendir(dir);
	struct dirent *entry;
	unsigned n = 0;

	free(dir);
	if (!d)
		return 0;
	while ((entry = readdir(d)) != NULL)
		n += is_link(entry->d_name);
	closedir(d);
	return n;
}

/* Whoever else holds the link open must not keep it at its cgroup. */
static int
remove_pin(const char *dir, const char *name)
{
	char path[PINS_PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/%.64s", dir, name);
	if (is_link(name)) {
		fd = bpf_obj_get(path);
		if (fd >= 0) {
			(void)bpf_link_detach(fd);
			close(fd);
		}
	}
	return unlink(path);
}

/* NULL, or why not. */
static const char *
remove_dir(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	const char *why = NULL;

	if (!d)
		return errno == ENOENT ? NULL : strerror(errno);
	while ((entry = readdir(d)) != NULL)
		if (entry->d_name[0] != '.' &&
		    remove_pin(dir, entry->d_name) < 0)
			why = strerror(errno);
	closedir(d);
	if (!why && rmdir(dir) < 0)
		why = strerror(errno);
	return why;
}

const char *
guard_remove(const char *pins, enum guard_form form)
{
	char *dir = dir_of(pins, form);
	const char *why = remove_dir(dir);

	(void)rmdir(pins); /* others may have theirs in it */
	free(dir);
	return why;
}

void
pins_remove_older(const char *pins, enum guard_form form)
{
	for (int abi = 1; abi < GUARD_ABI; abi++) {
		char *dir = dir_of_abi(pins, form, abi);
		const char *why = remove_dir(dir);

		if (why)
			log_error("an older filter stays in %s: %s", dir, why);
		free(dir);
	}
}

/* --- cgroups ----------------------------------------------------------------------- */

uint64_t
guard_cgroup_id(const char *cgroup)
{
	struct statfs fs;
	struct stat st;

	if (statfs(cgroup, &fs) < 0)
		return 0;
	if ((unsigned long)fs.f_type != CGROUP2_SUPER_MAGIC) {
		errno = EINVAL;
		return 0;
	}
	/* a directory's number is the cgroup's */
	return stat(cgroup, &st) < 0 ? 0 : (uint64_t)st.st_ino;
}

const char *
guard_cgroup_root(void)
{
	static const char *const places[] = { "/sys/fs/cgroup",
		"/sys/fs/cgroup/unified" };

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (guard_cgroup_id(places[i]) != 0)
			return places[i];
	return NULL;
}
