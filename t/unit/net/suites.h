/* suites: what the files of this room export. */
#ifndef TEST_NET_SUITES_H
#define TEST_NET_SUITES_H

#include <check.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

Suite *suite_dial(void);
Suite *suite_facts(void);
Suite *suite_io(void);
Suite *suite_io_ends(void);
Suite *suite_io_linger(void);
Suite *suite_listen(void);
Suite *suite_lists(void);
Suite *suite_nested(void);
Suite *suite_pump(void);
Suite *suite_resolve(void);
Suite *suite_tls(void);

#endif
