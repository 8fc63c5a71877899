/*
 * suites: one a file of src/alerter, put together by main.c.
 */
#ifndef UNIT_ALERTER_SUITES_H
#define UNIT_ALERTER_SUITES_H

#include <check.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

Suite *suite_runner(void);
Suite *suite_spool(void);

#endif
