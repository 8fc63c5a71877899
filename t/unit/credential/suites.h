/*
 * suites: one a file of src/credential, put together by main.c.
 */
#ifndef UNIT_CREDENTIAL_SUITES_H
#define UNIT_CREDENTIAL_SUITES_H

#include <check.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

Suite *suite_charset(void);
Suite *suite_coding(void);
Suite *suite_escape(void);
Suite *suite_filter(void);
Suite *suite_filter_file(void);
Suite *suite_filter_size(void);
Suite *suite_layer(void);
Suite *suite_names(void);
Suite *suite_nfc(void);
Suite *suite_nest(void);
Suite *suite_request(void);
Suite *suite_scan(void);
Suite *suite_sealed(void);
Suite *suite_seen(void);
Suite *suite_text(void);
Suite *suite_token(void);
Suite *suite_suspicion(void);
Suite *suite_where(void);
Suite *suite_wipe(void);
Suite *suite_ws(void);

#endif
