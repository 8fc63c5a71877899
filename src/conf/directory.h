/*
 * directory: the numbers of a `directory` statement, as tables; and its
 * canonical text and its checks, for print.c and check.c.
 */
#ifndef CONF_DIRECTORY_H
#define CONF_DIRECTORY_H

#include <stdio.h>

#include "conf/defaults.h"
#include "conf/reading.h"

struct settings directory_times(void);   /* of struct directory_times */
struct settings directory_numbers(void); /* of struct directory_limits */

void directory_print(const struct conf *conf, FILE *out);
/* Its canonical text alone; conf: the model it is in. */
void directory_print_one(
    const struct conf *conf, const struct ldap_directory *directory, FILE *out);
/* Of that, whose accounts they are; and with it, who is asked. Neither times
 * nor limits: a login that was right stays so under others. */
void directory_print_whose(const struct ldap_directory *directory, FILE *out);
void directory_print_decides(
    const struct conf *conf, const struct ldap_directory *directory, FILE *out);
void directory_check(struct reading *reading);

#endif
