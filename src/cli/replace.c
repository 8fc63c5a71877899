/*
 * replace: a lock, a new file beside the old one, a rename.
 *
 * Runs in `sallyport user`.  What it writes may be secret: it is never in a
 * file that others may read for a moment.
 */
#include "cli/replace.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

/* Whether the path still means the file that was opened: while we waited
 * for the lock, its holder has put another in its place. */
static bool
is_current(const struct replace *replace)
{
	struct stat ours, theirs;

	return fstat(replace->fd, &ours) == 0 &&
	    stat(replace->path, &theirs) == 0 && ours.st_ino == theirs.st_ino &&
	    ours.st_dev == theirs.st_dev;
}

int
replace_begin(struct replace *replace, const char *path, bool create)
{
	int flags = O_RDONLY | O_CLOEXEC | (create ? O_CREAT : 0);
	int fd = open(path, flags, 0600);

	if (fd < 0)
		return -1;
	close(fd);
	replace->path = realpath(path, NULL);
	while (replace->path) {
		replace->fd = open(replace->path, O_RDONLY | O_CLOEXEC);
		if (replace->fd < 0 || flock(replace->fd, LOCK_EX) < 0)
			break;
		if (is_current(replace))
			return 0;
		close(replace->fd);
	}
	free(replace->path);
	return -1;
}

int
replace_read(struct replace *replace, size_t max, struct secret *out)
{
	if (lseek(replace->fd, 0, SEEK_SET) < 0)
		return -1;
	return secret_read(out, replace->fd, max);
}

int
replace_fill(int fd, struct slice text)
{
	while (text.n) {
		ssize_t n = write(fd, text.p, text.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		text = slice_from_idx(text, (size_t)n);
	}
	return fsync(fd);
}

/* The mode comes last: a change of owner takes bits away. */
static int
dress(int fd, const struct stat *like)
{
	struct stat now;

	if (fstat(fd, &now) < 0)
		return -1;
	if ((now.st_uid != like->st_uid || now.st_gid != like->st_gid) &&
	    fchown(fd, like->st_uid, like->st_gid) < 0)
		return -1;
	return fchmod(fd, like->st_mode & 07777);
}

/* So that the new name survives a crash as well. */
static int
sync_directory(const char *path)
{
	char *copy = mem_dup(path);
	char *slash = strrchr(copy, '/');
	int fd, ret = -1;

	slash[slash == copy ? 1 : 0] = '\0'; /* realpath's: absolute */
	fd = open(copy, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		ret = fsync(fd);
		close(fd);
	}
	free(copy);
	return ret;
}

int
replace_write(struct replace *replace, struct slice text)
{
	char *temporary = mem_printf("%s.XXXXXX", replace->path);
	int fd = mkostemp(temporary, O_CLOEXEC);
	struct stat old;
	int ret = -1, saved;

	if (fd >= 0 && fstat(replace->fd, &old) == 0 && dress(fd, &old) == 0 &&
	    replace_fill(fd, text) == 0)
		ret = rename(temporary, replace->path);
	saved = errno;
	if (fd >= 0) {
		close(fd);
		if (ret < 0)
			unlink(temporary);
	}
	free(temporary);
	errno = saved;
	return ret < 0 ? -1 : sync_directory(replace->path);
}

void
replace_end(struct replace *replace)
{
	close(replace->fd); /* unlocks */
	free(replace->path);
}
