/*
 * directory_values: single values of a `directory` statement. A value that
 * can't be is reported, and the statement goes on; false: there is none.
 */
#ifndef CONF_DIRECTORY_VALUES_H
#define CONF_DIRECTORY_VALUES_H

#include "conf/parse.h"

/* what: for the report, "a DN". *out: the arena's. */
bool directory_text(struct parser *parser, const char *what, const char **out);
bool directory_dn(struct parser *parser, const char **out);
bool directory_attribute(struct parser *parser, const char **out);

/* NULL, or what is wrong with it. */
const char *directory_attribute_check(struct slice text);
const char *directory_dn_check(struct slice text);
const char *directory_url(struct slice text, struct ldap_url *url);

#endif
