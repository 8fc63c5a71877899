/*
 * suites: what the tests of src/proxy share.
 */
#ifndef SUITES_H
#define SUITES_H

#include <check.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

Suite *suite_cas(void);
Suite *suite_census(void);
Suite *suite_lang(void);
Suite *suite_logins(void);
Suite *suite_origins(void);
Suite *suite_pac(void);
Suite *suite_page(void);
Suite *suite_phrases(void);
Suite *suite_spared(void);
Suite *suite_watch(void);
Suite *suite_way(void);

#endif
