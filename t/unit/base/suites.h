/*
 * suites: one a file of src/base, put together by main.c.
 */
#ifndef UNIT_BASE_SUITES_H
#define UNIT_BASE_SUITES_H

#include <check.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

Suite *suite_addr(void);
Suite *suite_arena(void);
Suite *suite_clock(void);
Suite *suite_glob(void);
Suite *suite_json(void);
Suite *suite_keyed(void);
Suite *suite_log(void);
Suite *suite_map(void);
Suite *suite_mapping(void);
Suite *suite_mem(void);
Suite *suite_must(void);
Suite *suite_name(void);
Suite *suite_prefix(void);
Suite *suite_reach(void);
Suite *suite_secret(void);
Suite *suite_sink(void);
Suite *suite_slice(void);
Suite *suite_utf8(void);

#endif
