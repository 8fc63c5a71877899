/*
 * run: the main() of a room's unit tests, but for which suites there are.
 */
#ifndef UNIT_RUN_H
#define UNIT_RUN_H

#include <stddef.h>

#include <check.h>

typedef Suite *suite_fn(void);

/* Returns the exit status of the program. */
int suites_run(suite_fn *const suites[], size_t n);

#endif
