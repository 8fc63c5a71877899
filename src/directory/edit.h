/*
 * edit: changes one account in the text of an account file.
 *
 * Comments, order and all other lines stay as they are.
 */
#ifndef DIRECTORY_EDIT_H
#define DIRECTORY_EDIT_H

#include "base/secret.h"

/* Each fills *out, which the caller clears, with the new text; text has been
 * through accounts_parse() and line is a struct account's. */
void edit_add(
    struct slice text, struct slice name, const char *hash, struct secret *out);
void edit_replace(struct slice text, unsigned line, struct slice name,
    const char *hash, struct secret *out);
void edit_delete(struct slice text, unsigned line, struct secret *out);

#endif
