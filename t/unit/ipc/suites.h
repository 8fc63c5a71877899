/*
 * suites: the test suites of ipc, one a file.
 */
#ifndef T_UNIT_IPC_SUITES_H
#define T_UNIT_IPC_SUITES_H

#include <check.h>

Suite *suite_chan(void);
Suite *suite_msg(void);
Suite *suite_peers(void);
Suite *suite_pending(void);
Suite *suite_proof(void);
Suite *suite_roleloop(void);
Suite *suite_sandbox(void);
Suite *suite_wire(void);

#endif
