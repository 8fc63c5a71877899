/*
 * suites: one a file of src/policy, put together by main.c; and what they
 * share.
 */
#ifndef UNIT_POLICY_SUITES_H
#define UNIT_POLICY_SUITES_H

#include <check.h>

#include "conf/conf.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

Suite *suite_credentials(void);
Suite *suite_destset(void);
Suite *suite_explain(void);
Suite *suite_origins(void);
Suite *suite_policy(void);
Suite *suite_table(void);
Suite *suite_whoset(void);

/* text.c: a configuration from a string, which must have no error; its lists
 * are "list.txt". The caller frees. */
struct conf *conf_of(const char *text);
struct host host_of(const char *text);
struct addr addr_of(const char *text);

#endif
