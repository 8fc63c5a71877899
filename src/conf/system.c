/*
 * system: asks the name service; a file of its own, as <grp.h> and the model
 * both have a struct group.
 */
#include "conf/system.h"

#include <stddef.h>

#include <grp.h>

bool
system_has_group(const char *name)
{
	return getgrnam(name) != NULL;
}
