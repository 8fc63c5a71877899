/*
 * caps: capabilities that a process has needed and needs no more.
 */
#ifndef CLI_CAPS_H
#define CLI_CAPS_H

#include <stddef.h>

/* Of linux/capability.h. Gone for good from this process and what it
 * executes; where it never had one, that is fine. fatal() where they can't
 * be given up. */
void caps_drop(const int *caps, size_t n);
/* All but one, or all where keep is -1; with no_new_privs. */
void caps_keep(int keep);

/* What loading programs into the kernel takes. */
void caps_drop_loading(void);

#endif
