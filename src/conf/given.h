/*
 * given: a configuration as a role gets it from the supervisor: the bundle
 * of files and the model that borrows from it, kept and freed together.
 */
#ifndef CONF_GIVEN_H
#define CONF_GIVEN_H

#include "conf/conf.h"

struct given {
	struct bundle *bundle; /* owned, as is conf */
	struct conf *conf;
};

/* Takes fd, a sealed bundle, and loads `path` out of it. Returns NULL, or why
 * there is none: static words; the given is then empty. What conf_load finds
 * isn't repeated: the supervisor has said it all. */
const char *given_take(struct given *given, int fd, struct slice path);
/* Of an empty one too. */
void given_clear(struct given *given);

#endif
