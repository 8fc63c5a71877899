/*
 * suites: one a file of src/conf, put together by main.c; and what several of
 * them need.
 */
#ifndef UNIT_CONF_SUITES_H
#define UNIT_CONF_SUITES_H

#include <check.h>

#include "conf/conf.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

Suite *suite_bundle(void);
Suite *suite_conf(void);
Suite *suite_cover(void);
Suite *suite_defaults(void);
Suite *suite_diag(void);
Suite *suite_golden(void);
Suite *suite_lexer(void);
Suite *suite_nearest(void);
Suite *suite_stream(void);
Suite *suite_value(void);

/* text.c: a configuration from a string, as "t.conf" in a bundle that reads
 * no files. The caller frees the model and clears diags. */
struct conf *conf_of(const char *text, struct diags *diags);
/* The same, where there must be no finding at all. */
struct conf *conf_good(const char *text);
/* What conf_print or diags_print writes; the caller frees. */
char *text_of_conf(const struct conf *conf);
char *text_of_diags(const struct diags *diags);

#endif
