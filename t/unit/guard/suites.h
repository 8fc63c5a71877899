/*
 * The suites of src/guard's unit tests.
 */
#ifndef T_GUARD_SUITES_H
#define T_GUARD_SUITES_H

#include <check.h>

Suite *suite_compile(void);
Suite *suite_namepins(void);
Suite *suite_spans(void);

#endif
