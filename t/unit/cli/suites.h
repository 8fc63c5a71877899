/*
 * suites: the test suites of cli, one a file, and what they share.
 */
#ifndef T_UNIT_CLI_SUITES_H
#define T_UNIT_CLI_SUITES_H

#include <check.h>

Suite *suite_account_file(void);
Suite *suite_ask(void);
Suite *suite_control(void);
Suite *suite_filter_gate(void);
Suite *suite_filter_lines(void);
Suite *suite_filter_store(void);
Suite *suite_identity(void);
Suite *suite_notify(void);
Suite *suite_records(void);
Suite *suite_replace(void);
Suite *suite_sockets(void);

/* A directory of this test's own, made on first use; remains of it are
 * removed by scratch_clear. */
const char *scratch(void);
/* "scratch/name"; valid until the fourth call after it. */
const char *scratch_path(const char *name);
void scratch_write(const char *name, const char *text);
void scratch_clear(void);

#endif
