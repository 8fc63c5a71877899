/*
 * loginlock: until the next boot nobody, root included, can change on whose
 * behalf a process runs that a login has said it for.
 */
#ifndef CLI_LOGINLOCK_H
#define CLI_LOGINLOCK_H

/* Needs CAP_AUDIT_CONTROL. NULL, or why not; static. */
const char *loginlock_set(void);

#endif
