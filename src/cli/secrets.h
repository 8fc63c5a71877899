/*
 * secrets: the files with keys and passwords that a configuration names:
 * opened for the role that gets them, and looked at before.
 */
#ifndef CLI_SECRETS_H
#define CLI_SECRETS_H

#include "conf/model.h"

#define SECRETS_WHY_SIZE 512

/* To hand on: the caller closes it. -1 where it can't be opened, which is
 * logged. lax: one that others can read is warned of; else secrets_check has
 * refused it. */
int secrets_open(const char *path);
int secrets_open_lax(const char *path);

/* Can those without which nothing starts be opened, and are they kept from
 * others? NULL, or why not, written to `why`. */
const char *secrets_check(const struct conf *conf, char why[SECRETS_WHY_SIZE]);
/* How many of directories' passwords and of keytabs can't be used now, which
 * the proxy starts without; warns of those that others can read. */
unsigned secrets_look(const struct conf *conf);

#endif
