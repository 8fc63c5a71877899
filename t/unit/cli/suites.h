/*
 * The suites of this room, one a file.
 */
#ifndef T_UNIT_CLI_SUITES_H
#define T_UNIT_CLI_SUITES_H

#include <check.h>

Suite *suite_ask(void);
Suite *suite_replace(void);

#endif
