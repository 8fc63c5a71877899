/*
 * replace: changes a file as a whole, while nobody else does.
 *
 * A reader sees the old text or the new, never a part. The new file has
 * the old one's owner, group and mode. Two programs that go through here
 * wait for one another.
 */
#ifndef CLI_REPLACE_H
#define CLI_REPLACE_H

#include <stdbool.h>

#include "base/secret.h"

struct replace {
	char *path; /* owned; links followed */
	int fd;     /* owned: the file as it is, locked */
};

/* Opens and locks it; where it isn't there and create is set, makes it,
 * empty, for its owner alone. 0, or -1 with errno. */
int replace_begin(struct replace *replace, const char *path, bool create);
/* What stands in it. 0, or -1 with errno (EFBIG above max). */
int replace_read(struct replace *replace, size_t max, struct secret *out);
/* 0, or -1 with errno: the old text stands. */
int replace_write(struct replace *replace, struct slice text);
void replace_end(struct replace *replace);

/* For a new file as well: writes all of text to fd, and to the disk; -1 with
 * errno. */
int replace_fill(int fd, struct slice text);

#endif
