/*
 * system: what the system itself knows of accounts and groups.
 */
#ifndef CONF_SYSTEM_H
#define CONF_SYSTEM_H

#include <stdbool.h>

bool system_has_group(const char *name);

#endif
