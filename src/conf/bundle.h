/*
 * bundle: the configuration's files as bytes, read once, shared by all roles.
 *
 * In the supervisor a bundle reads the file system and keeps what it read;
 * bundle_seal() puts all of it in a sealed memfd for the other roles, where
 * bundle_from_fd() finds the same files by the same names.  Private keys,
 * account files and other secrets never enter a bundle.
 */
#ifndef CONF_BUNDLE_H
#define CONF_BUNDLE_H

#include <stdbool.h>

#include "base/slice.h"

struct bundle;

struct bundle *bundle_new(void); /* reads files; the caller owns it */
/* Maps what bundle_seal made; takes the descriptor. NULL and errno. */
struct bundle *bundle_from_fd(int fd);
/* Holds what bundle_put gives it and reads nothing. */
struct bundle *bundle_new_memory(void);
void bundle_free(struct bundle *bundle);

/* Whether a path that it doesn't hold yet is looked for on the disk. */
bool bundle_reads_files(const struct bundle *bundle);
/* Copies content under path, in place of what stood there. */
void bundle_put(struct bundle *bundle, const char *path, struct slice content);

/* The content of `path`, borrowed from the bundle. 0, or -1 with errno
 * (EFBIG beyond BUNDLE_FILE_MAX, EINVAL where it is no regular file, ENOENT
 * where a bundle that reads nothing doesn't hold it). The same path is read
 * once. */
int bundle_get(struct bundle *bundle, const char *path, struct slice *out);

/* A sealed memfd with every file read so far; the caller closes it.
 * -1 with errno. */
int bundle_seal(const struct bundle *bundle);

#define BUNDLE_FILE_MAX (64u << 20)

#endif
