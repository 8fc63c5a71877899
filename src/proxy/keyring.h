/*
 * keyring: private keys that the configuration names, and their passphrases,
 * as the supervisor hands them over: by the path that the configuration has.
 * In locked memory.
 */
#ifndef PROXY_KEYRING_H
#define PROXY_KEYRING_H

#include "base/slice.h"

#define KEYRING_FILE_MAX (64u << 10) /* of one key */
#define KEYRING_MAX 256              /* keys */

struct keyring;

struct keyring *keyring_new(void);
void keyring_free(struct keyring *keyring); /* NULL is fine */

/* Reads fd to its end and closes it; again: in place of the old one. NULL,
 * or what is wrong in static words. */
const char *keyring_put(struct keyring *keyring, struct slice path, int fd);
/* Borrowed until the next put; empty: not there. */
struct slice keyring_get(const struct keyring *keyring, const char *path);

#endif
