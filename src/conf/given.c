/*
 * given: maps a bundle and parses it, the same way in every role.
 */
#include "conf/given.h"

#include <stdlib.h>

#include "base/mem.h"

const char *
given_take(struct given *given, int fd, struct slice path)
{
	struct diags diags = { .v = NULL };
	char *name;

	*given = (struct given){ .bundle = bundle_from_fd(fd) };
	if (!given->bundle)
		return "the bundle can't be mapped";
	name = slice_dup(path);
	given->conf = conf_load(given->bundle, name, &diags);
	free(name);
	diags_clear(&diags);
	if (given->conf)
		return NULL;
	given_clear(given);
	return "the configuration does not parse here";
}

void
given_clear(struct given *given)
{
	conf_free(given->conf);
	bundle_free(given->bundle);
	*given = (struct given){ .conf = NULL };
}
